import { useState } from 'hono/jsx/dom'
import { Picture } from '../../art/picture.tsx'
import { type CartLine, setQuantity } from '../app/cart.ts'
import type { Choice, Sold } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'
import { paths } from '../app/route.ts'
import { colourOf } from '../app/variant-colour.ts'
import { Shelf } from '../parts/shelf.tsx'

interface Row {
  line: CartLine
  sold: Sold
  choice: Choice
}

export function CartPage() {
  const { shop, market, say, byId, cart, setCart, track, price } = useShop()
  const [bought, setBought] = useState(false)
  const rows = cart.flatMap((line): Row[] => {
    const sold = byId.get(line.itemId)
    const choice = sold?.choices.find((one) => one.id === line.choiceId)
    return sold && choice ? [{ line, sold, choice }] : []
  })
  const total = rows.reduce((sum, { line, choice }) => sum + choice.price * line.quantity, 0)
  const ids = [...new Set(rows.map(({ sold }) => sold.item.id))]

  const buy = () => {
    const order_id = `o-${crypto.randomUUID()}`
    track(
      rows.map(({ line, choice, sold }) => ({
        ...{ type: 'purchase' as const, item_id: sold.item.id, order_id, currency: market.currency },
        ...{ quantity: line.quantity, price: choice.price },
        ...(line.source && { recommendation_id: line.source.recommendationId }),
      })),
    )
    setCart([])
    setBought(true)
  }
  return (
    <>
      <section class="basket">
        <h1 class="plain">{say('cart')}</h1>
        {rows.length === 0 ? (
          <div class="nothing">
            <p role="status">{bought ? say('bought') : say('emptyCart')}</p>
            <a class="button" href={paths.home(shop.shop)}>
              {say('continue')}
            </a>
          </div>
        ) : (
          <div class="order">
            <ul class="lines">
              {rows.map(({ line, sold, choice }) => (
                <li key={choice.id}>
                  <a href={paths.item(shop.shop, sold.item.id)} aria-label={sold.title}>
                    <Picture subject={sold.item} colour={colourOf(choice, sold)} />
                  </a>
                  <div>
                    <a href={paths.item(shop.shop, sold.item.id)}>{sold.title}</a>
                    {choice.title === sold.title ? null : <p class="note">{choice.title}</p>}
                    <fieldset class="quantity" aria-label={say('quantity')}>
                      <button
                        type="button"
                        aria-label={say(line.quantity > 1 ? 'less' : 'remove')}
                        onClick={() => setCart(setQuantity(cart, choice.id, line.quantity - 1))}
                      >
                        −
                      </button>
                      <span>{line.quantity}</span>
                      <button
                        type="button"
                        aria-label={say('moreOne')}
                        onClick={() => setCart(setQuantity(cart, choice.id, line.quantity + 1))}
                      >
                        +
                      </button>
                    </fieldset>
                  </div>
                  <b>{price(choice.price * line.quantity)}</b>
                </li>
              ))}
            </ul>
            <aside class="sum">
              <p>
                <span>{say('total')}</span>
                <b>{price(total)}</b>
              </p>
              <button type="button" class="button" onClick={buy}>
                {say('buy')}
              </button>
              <p class="note">{say('demoNote')}</p>
            </aside>
          </div>
        )}
      </section>
      {ids.length > 0 ? (
        <Shelf key="shelf" ask={{ placement: 'cart', cart_item_ids: ids, exclude_item_ids: ids }} />
      ) : null}
    </>
  )
}
