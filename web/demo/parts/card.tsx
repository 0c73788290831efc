import type { ShelfItem } from '../../../shared/domain/recommendation.ts'
import { Picture } from '../../art/picture.tsx'
import { firstChoice, inStock, type Sold } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'
import { paths } from '../app/route.ts'
import { keepSource } from '../app/source.ts'
import { Price } from './price.tsx'
import { Reason } from './reason.tsx'

/** An item as the API put it on a shelf. */
export function ShelfCard({ entry, shelfId }: { entry: ShelfItem; shelfId: string }) {
  const { shop, byId, track } = useShop()
  const item = byId.get(entry.id)?.item
  const clicked = () => {
    keepSource(shop.shop, entry.id, { recommendationId: shelfId, position: entry.rank })
    track([{ type: 'click', item_id: entry.id, recommendation_id: shelfId, position: entry.rank }])
  }
  return (
    <li class="card">
      <a href={paths.item(shop.shop, entry.id)} onClick={clicked}>
        <Picture subject={item ?? { id: entry.id, title: entry.title, categories: entry.categories }} />
        <h3>{entry.title}</h3>
      </a>
      <Price amount={entry.price.amount} listAmount={entry.list_price?.amount ?? null} />
      {entry.reason ? <Reason reason={entry.reason} /> : null}
    </li>
  )
}

/** An item as the catalogue has it, for browsing. */
export function ItemCard({ sold }: { sold: Sold }) {
  const { shop, say } = useShop()
  const choice = firstChoice(sold)
  return (
    <li class="card">
      <a href={paths.item(shop.shop, sold.item.id)}>
        <Picture subject={sold.item} />
        <h3>{sold.title}</h3>
      </a>
      <Price amount={choice.price} listAmount={choice.listPrice} />
      {inStock(choice) ? null : <p class="note">{say('soldOut')}</p>}
    </li>
  )
}
