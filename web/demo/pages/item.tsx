import { useEffect, useMemo, useState } from 'hono/jsx/dom'
import { colourNamed } from '../../art/colour.ts'
import { Picture } from '../../art/picture.tsx'
import { addLine } from '../app/cart.ts'
import { type Choice, firstChoice, inStock, leafCategory, rootCategory, type Sold } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'
import { paths } from '../app/route.ts'
import { readSource } from '../app/source.ts'
import { colourOf } from '../app/variant-colour.ts'
import { Price } from '../parts/price.tsx'
import { Shelf } from '../parts/shelf.tsx'
import { Understood } from '../parts/understood.tsx'

/** Stock at which a shop says how much is left. */
const FEW = 8

export function ItemPage({ id }: { id: string }) {
  const { shop, byId, say, market } = useShop()
  const sold = byId.get(id)
  return (
    <>
      {sold ? (
        <Details key={`${id}-${market.market}`} sold={sold} />
      ) : (
        <section class="nothing">
          <p>{say('notHere', { market: market.market })}</p>
          <a class="button" href={paths.home(shop.shop)}>
            {say('back')}
          </a>
        </section>
      )}
      <Shelf key={`shelf-${id}`} ask={{ placement: 'product', item_ids: [id] }} />
    </>
  )
}

function Details({ sold }: { sold: Sold }) {
  const { shop, say, track, cart, setCart } = useShop()
  const { item } = sold
  const [choiceId, setChoice] = useState(() => firstChoice(sold).id)
  const [added, setAdded] = useState(false)
  const choice = sold.choices.find((one) => one.id === choiceId) ?? firstChoice(sold)
  const from = useMemo(() => readSource(shop.shop, item.id), [item.id])
  const credit = from ? { recommendation_id: from.recommendationId, position: from.position } : {}
  useEffect(() => track([{ type: 'view', item_id: item.id, ...credit }]), [item.id])

  const add = () => {
    setCart(addLine(cart, shop.shop, item.id, choice.id))
    track([
      {
        type: 'add_to_cart',
        item_id: item.id,
        quantity: 1,
        ...(choice.id !== item.id && { variant_id: choice.id }),
        ...credit,
      },
    ])
    setAdded(true)
  }
  const path = item.categories?.[0]
  return (
    <article class="item">
      <Picture subject={item} colour={colourOf(choice, sold)} />
      <div class="about">
        {path ? (
          <p class="crumbs">
            <a href={paths.home(shop.shop, rootCategory(path))}>{rootCategory(path)}</a>
            <a href={paths.home(shop.shop, leafCategory(path))}>{leafCategory(path)}</a>
          </p>
        ) : null}
        <h1>{sold.title}</h1>
        {item.brand ? <p class="note">{say('by', { brand: item.brand })}</p> : null}
        <Price amount={choice.price} listAmount={choice.listPrice} />
        <p class="description">{sold.description}</p>
        {sold.choices.length > 1 ? (
          <fieldset class="choices">
            <legend>{say('choose')}</legend>
            {sold.choices.map((one) => (
              <label key={one.id} class={inStock(one) ? '' : 'gone'}>
                <input
                  type="radio"
                  name="choice"
                  value={one.id}
                  checked={one.id === choice.id}
                  onChange={() => setChoice(one.id)}
                />
                <span>
                  {colourNamed(one.title) ? <i style={`--dot:${colourNamed(one.title)}`} /> : null}
                  {one.title}
                </span>
              </label>
            ))}
          </fieldset>
        ) : null}
        <div class="buy">
          <button type="button" class="button" disabled={!inStock(choice)} onClick={add}>
            {inStock(choice) ? say('addToCart') : say('soldOut')}
          </button>
          <p class="note" role="status">
            {added ? <a href={paths.cart(shop.shop)}>{say('added')} →</a> : stockNote(choice, say)}
          </p>
        </div>
        <Understood sold={sold} />
        <Attributes sold={sold} />
      </div>
    </article>
  )
}

function stockNote({ stock }: Choice, say: ReturnType<typeof useShop>['say']): string {
  if (stock === 0) return say('soldOut')
  return stock !== null && stock <= FEW ? say('fewLeft', { n: stock }) : say('available')
}

function Attributes({ sold: { item } }: { sold: Sold }) {
  const { say, market } = useShop()
  const units = new Intl.NumberFormat(market.locale)
  const shown = (value: unknown): string => {
    if (typeof value === 'boolean') return say(value ? 'yes' : 'no')
    return typeof value === 'number' ? units.format(value) : String(value)
  }
  return (
    <section aria-label={say('details')}>
      <dl class="facts">
        {Object.entries(item.attributes ?? {}).map(([name, value]) => (
          <div key={name}>
            <dt>{name.replace(/_ml$/, ' (ml)').replaceAll('_', ' ')}</dt>
            <dd>{[value].flat().map(shown).join(', ')}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
