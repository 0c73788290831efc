import { chunk, mapConcurrent } from '../base/batch.ts'
import type { BoughtNeighbour } from '../domain/card.ts'
import { NEW_FOR_MS, NEW_SHARE_MAX, newScore } from '../domain/newness.ts'
import type { Archive } from '../store/archive.ts'
import type { LearningStore, ListEntry } from '../store/catalogue/learning.ts'
import { boughtNeighbours } from './co_purchase.ts'
import { addInteractions, createEventMatrix, type EventMatrix } from './event_matrix.ts'
import { popularity, trending } from './popularity.ts'

/** Events that one run holds in columns: 32 bytes each. More belong to a larger machine. */
export const EVENTS_MAX = 5_000_000
const NEW_KEPT = 100
/** Partitions read at once. */
const READ_WIDTH = 4
const ROWS_PER_WRITE = 250

/** More events than one worker can learn from. */
export class TooManyEvents extends Error {
  constructor() {
    super(
      `more than ${EVENTS_MAX} events: learn in a container from the same partitions (docs/design.md, "Past one machine")`,
    )
    this.name = 'TooManyEvents'
  }
}

export interface Learned {
  events: number
  items: number
}

/** Reads a shop's partitions into columns. */
export async function readEvents(shop: string, archive: Archive): Promise<EventMatrix> {
  const matrix = createEventMatrix()
  for (const names of chunk(await archive.eventObjects(shop, null), READ_WIDTH)) {
    for (const events of await mapConcurrent(names, READ_WIDTH, (name) => archive.readEvents(name)))
      addInteractions(matrix, events)
    if (matrix.item.length > EVENTS_MAX) throw new TooManyEvents()
  }
  return matrix
}

/**
 * Learns what the base order needs of a shop's events: purchase neighbours, popularity, and what is trending and new
 * in each market. Writes all of it; the same events give the same rows.
 */
export async function learnShop(
  shop: string,
  markets: readonly string[],
  liveItems: number,
  archive: Archive,
  store: LearningStore,
  nowMs: number,
  progress: (done: number, total: number) => Promise<void>,
): Promise<Learned> {
  const matrix = await readEvents(shop, archive)
  const total = matrix.items.names.length
  let rows: Array<readonly [string, BoughtNeighbour[]]> = []
  let done = 0
  for (const row of boughtNeighbours(matrix)) {
    if (row[1].length > 0) rows.push(row)
    done += 1
    if (rows.length >= ROWS_PER_WRITE) {
      await store.putBought(shop, rows, nowMs)
      rows = []
      await progress(done, total)
    }
  }
  if (rows.length > 0) await store.putBought(shop, rows, nowMs)
  await store.clearBoughtBefore(shop, nowMs)
  await store.putPopularity(shop, popularity(matrix))
  await writeLists(shop, matrix, markets, liveItems, store, nowMs)
  return { events: matrix.item.length, items: total }
}

async function writeLists(
  shop: string,
  matrix: EventMatrix,
  markets: readonly string[],
  liveItems: number,
  store: LearningStore,
  nowMs: number,
) {
  const fresh = await newItems(shop, liveItems, store, nowMs)
  const trends = trending(matrix, markets)
  const named = ['*', ...markets]
  await store.putLists(
    shop,
    named.flatMap((market) => [
      { list: 'trending' as const, market, entries: trends.get(market) ?? trends.get('*') ?? [] },
      { list: 'new' as const, market, entries: fresh },
    ]),
    nowMs,
  )
}

/** The youngest items, the newest with score 1, down to 0 at the end of the window. */
export async function newItems(
  shop: string,
  liveItems: number,
  store: LearningStore,
  nowMs: number,
): Promise<ListEntry[]> {
  const newest = await store.newest(shop, Math.max(NEW_KEPT, Math.ceil(liveItems * NEW_SHARE_MAX) + 1))
  const fresh = newest.filter((item) => nowMs - item.createdAtMs < NEW_FOR_MS && item.createdAtMs <= nowMs)
  if (fresh.length > liveItems * NEW_SHARE_MAX) return []
  return fresh.slice(0, NEW_KEPT).map((item) => [item.id, newScore(nowMs - item.createdAtMs), 0])
}
