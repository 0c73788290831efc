import { useEffect, useState } from 'hono/jsx/dom'
import type { Sold } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'
import { ItemCard } from './card.tsx'

const PAGE = 20

/** Items of the catalogue, a page at a time. */
export function Grid({ items }: { items: readonly Sold[] }) {
  const { say } = useShop()
  const [shown, setShown] = useState(PAGE)
  useEffect(() => setShown(PAGE), [items])
  return (
    <>
      <ul class="grid">
        {items.slice(0, shown).map((sold) => (
          <ItemCard key={sold.item.id} sold={sold} />
        ))}
      </ul>
      {items.length > shown ? (
        <button type="button" class="more" onClick={() => setShown(shown + PAGE)}>
          {say('more')}
        </button>
      ) : null}
    </>
  )
}
