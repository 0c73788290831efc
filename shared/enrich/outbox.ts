import { writeCards } from './cards.ts'
import type { EnrichDeps } from './deps.ts'
import { embedItems } from './embed_items.ts'
import { writeVeto } from './veto.ts'

/** Changes handled at once. */
const ENTRIES_PER_ROUND = 200

/**
 * Does what committed item writes owe: KV copies, the veto snapshot, vectors. An entry is removed only after all of it,
 * so a run that dies is repeated, and every step may be repeated.
 * @returns how many entries were done; 0 when none was waiting
 */
export async function drainOutbox(deps: EnrichDeps): Promise<number> {
  const entries = await deps.catalogue.outbox(ENTRIES_PER_ROUND)
  const byShop = new Map<string, Set<string>>()
  for (const entry of entries) {
    const items = byShop.get(entry.shop) ?? new Set()
    byShop.set(entry.shop, items.add(entry.item))
  }
  for (const [shop, items] of byShop) {
    const ids = [...items]
    // The veto first: it is what keeps an unavailable item off the shelves that cannot ask D1.
    await writeVeto(shop, deps)
    await writeCards(shop, ids, deps)
    const live = new Set((await deps.catalogue.texts(shop, ids)).map((text) => text.id))
    const gone = ids.filter((id) => !live.has(id))
    if (gone.length > 0) await deps.vectors.remove(shop, gone)
    const pointer = await deps.embedders.pointer(shop)
    const reworded = pointer === null ? [...live] : await unembedded(shop, [...live], pointer.version, deps)
    if (pointer !== null) await embedItems(shop, reworded, deps)
    if (reworded.length > 0) await deps.jobs.due(shop, 'similar')
  }
  await deps.catalogue.clearOutbox(entries.map((entry) => entry.seq))
  return entries.length
}

/** Only items whose text is newer than their vector: a new price costs no embedding. */
async function unembedded(shop: string, ids: readonly string[], version: string, deps: EnrichDeps): Promise<string[]> {
  return ids.length === 0 ? [] : deps.catalogue.filterWithoutVector(shop, version, ids)
}
