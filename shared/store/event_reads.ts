import type { D1Database, R2Bucket } from '@cloudflare/workers-types'
import type { Interaction } from '../domain/event.ts'
import { eventRange, objectNames } from './keys.ts'
import { fromRow, type InteractionRow } from './operations/event_inbox.ts'

/**
 * Where a reading of all events stands. Waiting batches are read before the partitions: what is folded in between is
 * then met twice, never missed, and its ids tell.
 */
export interface EventPlace {
  phase: 'waiting' | 'archive'
  /** The oldest batch of any shop that waited when the reading began; null: none did, or batches were folded since. */
  firstWaiting: number | null
  /** Every batch of the shop up to this one was read while it waited. */
  readThrough: number
  /** The last object that was read to its end, without the shop's prefix; of waiting batches the one begun. Empty: none. */
  object: string
  /**
   * Interactions of the present batch or object that were read. Where objects were joined meanwhile the present one begins
   * with what was read before: then some are met twice, and their ids tell.
   */
  offset: number
}

export interface EventPage {
  /** Whole events: an event of several items is several interactions with one id, side by side. */
  interactions: Interaction[]
  /** Whether they are of waiting batches. */
  waiting: boolean
  next: EventPlace | null
}

export interface EventReads {
  /** About `limit` interactions from a place on; null begins. A page may be empty and still not the last. */
  page(shop: string, place: EventPlace | null, limit: number): Promise<EventPage>
}

const START: EventPlace = { phase: 'waiting', firstWaiting: null, readThrough: 0, object: '', offset: 0 }

export function createEventReads(db: D1Database, bucket: R2Bucket): EventReads {
  return {
    async page(shop, place, limit) {
      if (place !== null && place.phase === 'archive') return archivePage(bucket, shop, place, limit)
      return waitingPage(db, shop, place, limit)
    },
  }
}

async function waitingPage(db: D1Database, shop: string, place: EventPlace | null, limit: number): Promise<EventPage> {
  const at = place ?? START
  const [rows, bounds] = await db.batch([
    db
      .prepare('SELECT seq, body FROM event_batches WHERE shop = ?1 AND seq > ?2 ORDER BY seq LIMIT 1')
      .bind(shop, at.readThrough),
    db.prepare('SELECT MIN(seq) AS first, MAX(seq) AS last FROM event_batches'),
  ])
  const batch = (rows!.results as Array<{ seq: number; body: string }>)[0]
  const { first, last } = bounds!.results[0] as { first: number | null; last: number | null }
  // Batches that were folded meanwhile are only in the partitions: then none of those is passed over.
  const firstWaiting = place === null ? first : at.firstWaiting === first ? first : null
  if (batch === undefined) {
    const readThrough = Math.max(at.readThrough, last ?? 0)
    return {
      interactions: [],
      waiting: true,
      next: { phase: 'archive', firstWaiting, readThrough, object: '', offset: 0 },
    }
  }
  const begun = at.object === String(batch.seq)
  const { slice, end, isLast } = sliced(readBody(batch.body), begun ? at.offset : 0, limit)
  return {
    interactions: slice,
    waiting: true,
    next: isLast
      ? { ...at, firstWaiting, readThrough: batch.seq, object: '', offset: 0 }
      : { ...at, firstWaiting, object: String(batch.seq), offset: end },
  }
}

async function archivePage(bucket: R2Bucket, shop: string, place: EventPlace, limit: number): Promise<EventPage> {
  const prefix = objectNames.eventsOfShop(shop)
  const { objects } = await bucket.list({
    prefix,
    limit: 1,
    ...(place.object === '' ? {} : { startAfter: `${prefix}${place.object}` }),
  })
  const name = objects[0]?.key
  if (name === undefined) return { interactions: [], waiting: false, next: null }
  const done = { ...place, object: name.slice(prefix.length), offset: 0 }
  if (wasRead(name, place)) return { interactions: [], waiting: false, next: done }
  const text = (await (await bucket.get(name))?.text()) ?? ''
  const rows = text.split('\n').flatMap((line) => (line === '' ? [] : [fromRow(JSON.parse(line) as InteractionRow)]))
  const { slice, end, isLast } = sliced(rows, place.offset, limit)
  return { interactions: slice, waiting: false, next: isLast ? done : { ...place, offset: end } }
}

/** Whether all batches of a partition's object were read while they waited: its name says which they are. */
function wasRead(name: string, { firstWaiting, readThrough }: EventPlace): boolean {
  const range = eventRange(name)
  if (range === null || firstWaiting === null) return false
  return range.first >= firstWaiting && range.to <= readThrough
}

/** At least `limit` from the offset on, up to the end of the last one's event. */
function sliced(all: readonly Interaction[], offset: number, limit: number) {
  let end = Math.min(all.length, offset + limit)
  while (end < all.length && all[end]!.eventId === all[end - 1]!.eventId) end += 1
  return { slice: all.slice(offset, end), end, isLast: end >= all.length }
}

/** The body is an array of events, each an array of interactions; SQLite gives nested JSON back as text. */
function readBody(body: string): Interaction[] {
  const events = JSON.parse(body) as Array<string | InteractionRow[]>
  return events.flatMap((rows) =>
    (typeof rows === 'string' ? (JSON.parse(rows) as InteractionRow[]) : rows).map(fromRow),
  )
}
