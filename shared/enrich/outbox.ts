import { SECOND_MS } from '../base/clock.ts'
import { writeCards } from './cards.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { payingOnce, syncVectors, touchIndex } from './embed_items.ts'
import { spacesOf } from './embedder.ts'
import { indexFound } from './found.ts'
import { withoutPoison } from './quarantine.ts'
import { writeVeto } from './veto.ts'

/** Changes handled at once. */
const ENTRIES_PER_ROUND = 200
/**
 * Between rounds that were not full, while changes go on coming: what a round costs whatever it holds (the veto, a dozen
 * questions a shop) is paid once a second then, and not once a change.
 */
const GATHER_MS = SECOND_MS
/** Under changes without end a run leaves the rest to the signals of what came last: other work waits behind it. */
const RUN_MS = 20 * SECOND_MS

/** Does rounds until nothing waits; a full outbox without a pause, so that a backlog is gone as soon as it can be. */
export async function emptyOutbox(deps: EnrichDeps, keep: Keep): Promise<void> {
  const endsAtMs = deps.clock.now() + RUN_MS
  for (;;) {
    const done = await drainOutbox(deps, keep)
    if (done === 0) return
    await keep()
    if (done === ENTRIES_PER_ROUND) continue
    if (deps.clock.now() >= endsAtMs || (await deps.catalogue.outbox(1)).length === 0) return
    await deps.pause(GATHER_MS)
  }
}

/**
 * Does what committed item writes owe: KV copies, the veto snapshot, vectors. An entry is removed only after all of it,
 * so a run that dies is repeated, and every step may be repeated.
 * @param keep renews the run's lease between the steps
 * @returns how many entries were done; 0 when none was waiting
 */
export async function drainOutbox(deps: EnrichDeps, keep: Keep = async () => {}): Promise<number> {
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
async function drainShop(shop: string, ids: readonly string[], deps: EnrichDeps, keep: Keep): Promise<void> {
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
    // A write to the database that the index stands in, of nothing.
    () => deps.quarantine.passed(shop, []),
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
      moved = (await syncVectors(shop, part, own, keep)) || moved
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
