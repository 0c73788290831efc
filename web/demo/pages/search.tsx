import { useMemo } from 'hono/jsx/dom'
import { searchItems } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'
import { Grid } from '../parts/grid.tsx'
import { Shelf } from '../parts/shelf.tsx'

/** Matches within the page, and a shelf that the API makes of the same words: it also serves where no word matches. */
export function SearchPage({ query }: { query: string }) {
  const { say, sold } = useShop()
  const found = useMemo(() => searchItems(sold, query), [sold, query])
  return (
    <>
      <h1 class="plain">{say('results', { query })}</h1>
      {query ? <Shelf key={`shelf-${query}`} ask={{ placement: 'generic', query }} /> : null}
      {found.length > 0 ? (
        <section class="browse">
          <p class="note">{say('itemsCount', { n: found.length })}</p>
          <Grid items={found} />
        </section>
      ) : query ? (
        <p class="note">{say('noResults', { query })}</p>
      ) : null}
    </>
  )
}
