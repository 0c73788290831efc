import { writeCards } from './cards.ts'
import type { EnrichDeps } from './deps.ts'
import { payingOnce, syncVectors, touchIndex } from './embed_items.ts'
import { spacesOf } from './embedder.ts'
import { indexFound } from './found.ts'
import { withoutPoison } from './quarantine.ts'
import { writeVeto } from './veto.ts'

/** Changes handled at once. */
const ENTRIES_PER_ROUND = 200

/**
 * Does what committed item writes owe: KV copies, the veto snapshot, vectors. An entry is removed only after all of it,
 * so a run that dies is repeated, and every step may be repeated.
 * @param keep renews the run's lease between the steps
 * @returns how many entries were done; 0 when none was waiting
 */
export async function drainOutbox(deps: EnrichDeps, keep: () => Promise<void> = async () => {}): Promise<number> {
  const entries = await deps.catalogue.outbox(ENTRIES_PER_ROUND)
  const byShop = new Map<string, Set<string>>()
  for (const entry of entries) {
    const items = byShop.get(entry.shop) ?? new Set()
    byShop.set(entry.shop, items.add(entry.item))
  }
  for (const [shop, items] of byShop) await drainShop(shop, [...items], deps, keep)
  await deps.catalogue.clearOutbox(entries.map((entry) => entry.seq))
  return entries.length
}

/** One item that cannot be handled is put aside, stage by stage; the others of its round are done. */
async function drainShop(
  shop: string,
  ids: readonly string[],
  deps: EnrichDeps,
  keep: () => Promise<void>,
): Promise<void> {
  // The veto first: it is what keeps an unavailable item off the shelves that cannot ask D1.
  await writeVeto(shop, deps)
  // It reads the same database and writes to the same cache: when it can be written, cards can.
  const cardless = await withoutPoison(
    shop,
    'cards',
    ids,
    deps,
    async (part) => {
      await writeCards(shop, part, deps)
      await keep()
    },
    () => writeVeto(shop, deps),
  )
  const unindexed = await withoutPoison(
    shop,
    'vectors',
    ids,
    deps,
    async (part) => {
      await indexFound(shop, deps, part)
      await keep()
    },
    () => deps.found.put(shop, []),
  )
  let moved = false
  const own = payingOnce(deps)
  const vectorless = await withoutPoison(
    shop,
    'embed',
    ids,
    deps,
    // Only items whose text is newer than their vector: a new price costs no embedding.
    async (part) => {
      moved = (await syncVectors(shop, part, own)) || moved
      await keep()
    },
    async () => {
      const { active, next } = await spacesOf(shop, deps)
      for (const space of [active, next]) if (space !== null) await touchIndex(space, deps)
    },
  )
  if (moved) await deps.jobs.due(shop, 'similar')
  const poison = new Set([...cardless, ...unindexed, ...vectorless])
  await deps.quarantine.passed(
    shop,
    ids.filter((id) => !poison.has(id)),
  )
  await announceNew(shop, ids, deps)
}

/** Items with nothing made of their present text are understood soon; nothing here waits for that. */
async function announceNew(shop: string, ids: readonly string[], deps: EnrichDeps): Promise<void> {
  if ((await deps.enrichments.missingAmong(shop, ids)).length === 0) return
  await deps.jobs.due(shop, 'enrich')
  await deps.signalEnrich(shop).catch((error: unknown) => deps.log.error('signal_failed', error, { shop }))
}
