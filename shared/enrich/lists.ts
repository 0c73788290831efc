import type { EnrichDeps } from './deps.ts'

/** Popular items whose cards travel with the lists: a whole shelf, and enough for exclusions and vetoes. */
const POPULAR_KEPT = 80

/** Writes the KV copy of every market's lists, with the popular items' cards inside: one read makes a shelf. */
export async function writeLists(shop: string, deps: EnrichDeps): Promise<void> {
  const config = await deps.shops.config(shop)
  if (config === null) return
  const nowMs = deps.clock.now()
  const popular = await deps.catalogue.storedItems(shop, await deps.learning.mostPopular(shop, POPULAR_KEPT), nowMs)
  popular.sort((a, b) => b.popularity - a.popularity || (a.id < b.id ? -1 : 1))
  // Neighbours stay out: these cards are for shelves that have no context.
  const bare = popular.map((item) => ({ ...item, bought: [], similar: [] }))
  for (const market of ['*', ...config.markets.map((own) => own.market)]) {
    await deps.cache.putLists(shop, market, {
      lists: await deps.learning.lists(shop, market),
      popular: bare,
      computedAtMs: nowMs,
    })
  }
}
