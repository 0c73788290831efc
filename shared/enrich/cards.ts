import { chunk, mapConcurrent } from '../base/batch.ts'
import type { EnrichDeps } from './deps.ts'

/** KV writes under way at once: the platform opens six connections. */
const WIDTH = 6
const ITEMS_PER_READ = 100

/** Rewrites the KV copies of items as D1 has them; those that are gone are removed. */
export async function writeCards(shop: string, ids: readonly string[], deps: EnrichDeps): Promise<void> {
  for (const part of chunk(ids, ITEMS_PER_READ)) {
    const stored = await deps.catalogue.storedItems(shop, part, deps.clock.now())
    await mapConcurrent(stored, WIDTH, (item) => deps.cache.putItem(shop, item))
    const live = new Set(stored.map((item) => item.id))
    const gone = part.filter((id) => !live.has(id))
    await mapConcurrent(gone, WIDTH, (id) => deps.cache.removeItem(shop, id))
  }
}
