import { chunk } from '../base/batch.ts'
import { SECOND_MS } from '../base/clock.ts'
import { entryOf } from '../base/maps.ts'
import type { Interaction } from '../domain/event.ts'
import type { Archive } from '../store/archive.ts'
import { dayOf } from '../store/keys.ts'
import type { DailyCount, EventInbox } from '../store/operations/event_inbox.ts'

/** Batches folded at once: at 5,000 events each they stay far below the memory of a worker. */
const BATCHES_PER_FOLD = 20
/** The platform lets a worker wait for six answers at once. */
const OBJECTS_AT_ONCE = 6
/** Longer than objects of this size take to be written; no longer than a dead fold may hold up the next. */
const PUTS_TAKE_MS = 15 * SECOND_MS

export interface Folded {
  batches: number
  interactions: number
  /** Shops that got events, each with the newest event's moment. */
  newest: Map<string, number>
}

/**
 * Moves accepted events from the inbox into the daily partitions: plan, write the objects, finish. The plan fixes the
 * range and with it the objects' names, so a fold that died half-way is repeated into the same objects.
 * @param announce told of each shop's newest event before the batches are let go
 * @param keep makes sure that nobody else folds for so long. Objects know no fence: a fold whose turn is over would put
 *   back what an erasure took out of the batches meanwhile
 * @returns null when nothing was waiting
 */
export async function foldEvents(
  inbox: EventInbox,
  archive: Archive,
  announce: (newest: ReadonlyMap<string, number>) => Promise<void>,
  keep: (forMs: number) => Promise<void> = async () => {},
): Promise<Folded | null> {
  const plan = await inbox.plan(BATCHES_PER_FOLD)
  if (plan === null) return null
  const batches = await inbox.batches(plan.fromSeq, plan.toSeq)
  const byPartition = new Map<string, { shop: string; day: string; rows: Interaction[] }>()
  const counts = new Map<string, DailyCount>()
  const newest = new Map<string, number>()
  let interactions = 0
  for (const batch of batches) {
    for (const one of batch.interactions) {
      interactions += 1
      const day = dayOf(one.atMs)
      entryOf(byPartition, `${batch.shop} ${day}`, () => ({ shop: batch.shop, day, rows: [] })).rows.push(one)
      const market = one.market ?? ''
      entryOf(counts, `${batch.shop} ${day} ${one.type} ${market}`, () => ({
        shop: batch.shop,
        day,
        market,
        type: one.type,
        events: 0,
      })).events += 1
      newest.set(batch.shop, Math.max(newest.get(batch.shop) ?? 0, one.atMs))
    }
  }
  for (const bite of chunk([...byPartition.values()], OBJECTS_AT_ONCE)) {
    await keep(PUTS_TAKE_MS)
    await allEnded(bite.map(({ shop, day, rows }) => archive.putEvents(shop, day, plan.fromSeq, plan.toSeq, rows)))
  }
  // Before the batches go: a fold that dies here is repeated, and says it again.
  await announce(newest)
  await inbox.finish(plan, [...counts.values()])
  return { batches: batches.length, interactions, newest }
}

/** Fails where one did, once none is under way: whoever folds next must not meet a late one. */
async function allEnded(work: ReadonlyArray<Promise<void>>): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason
}
