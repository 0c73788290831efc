import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import { hash128 } from '../../base/hash.ts'
import type { Interaction } from '../../domain/event.ts'
import { forgottenKey } from '../../domain/forgotten.ts'
import { isForgotten } from './forgotten.ts'

/** An accepted event with the id that it is remembered by. */
export interface AcceptedEvent {
  eventId: string
  interactions: Interaction[]
}

/** What came of events, each of which counts: the sender of a forgotten shopper's is told no less. */
export interface AcceptedIds {
  /** That were new, and are kept with their events. */
  kept: Set<string>
  /** How many were new, and are of what a forgotten shopper did before. */
  forgotten: number
}

export interface EventBatch {
  seq: number
  shop: string
  events: number
  interactions: Interaction[]
}

/** Events between acceptance and the daily partitions. */
export interface EventInbox {
  /**
   * Remembers the ids and stores the new events, as one transaction: an acknowledged event is never lost, a repeated one counts once.
   * Of what a forgotten shopper did before only a hash of the id is remembered, which may name somebody.
   * @param expiresAtMs when the ids may be forgotten; null keeps them for ever
   */
  accept(
    shop: string,
    events: readonly AcceptedEvent[],
    batch: string,
    nowMs: number,
    expiresAtMs: number | null,
  ): Promise<AcceptedIds>
  /** Those of the ids that came first with a batch whose name begins so: of a request that may have come before. */
  acceptedBy(shop: string, eventIds: readonly string[], batchPrefix: string): Promise<Set<string>>
  /** The range of batches to fold: an interrupted one first, else up to `limit` waiting ones; null when there is nothing. */
  plan(limit: number): Promise<{ fromSeq: number; toSeq: number } | null>
  batches(fromSeq: number, toSeq: number): Promise<EventBatch[]>
  /** Adds the day's counts, removes the folded batches and ends the plan, as one transaction. */
  finish(plan: { fromSeq: number; toSeq: number }, counts: readonly DailyCount[]): Promise<void>
  waiting(): Promise<number>
  /** Events of a shop that were accepted and not folded yet, of whatever kind. */
  unfolded(shop: string): Promise<number>
  /** Events of a shop that were folded, of the kinds that learning reads. */
  total(shop: string): Promise<number>
  forgetIds(nowMs: number, limit: number): Promise<number>
}

export interface DailyCount {
  shop: string
  day: string
  market: string
  type: string
  events: number
}

/** A statement's parameter stays far below D1's 2 MB, however long the markets' names are. */
const COUNTS_PER_STATEMENT = 2_000

export function createEventInbox(db: D1Database): EventInbox {
  return {
    async accept(shop, events, batch, nowMs, expiresAtMs) {
      const pairs = events.map(({ eventId }) => [eventId, forgottenId(eventId)] as const)
      const asked = JSON.stringify(events.map((event, at) => [...pairs[at]!, ...momentOf(shop, event)]))
      const body = JSON.stringify(
        events.map(({ eventId, interactions }) => ({ id: eventId, rows: interactions.map(toRow) })),
      )
      const [, seen] = await db.batch([
        // By its id or by the hash: an event of a shopper who was forgotten since is the same.
        db
          .prepare(
            `INSERT OR IGNORE INTO event_ids (shop, event_id, batch, expires_at)
             SELECT ?1, CASE WHEN ${isForgotten(`json_extract(value, '$[2]')`, `json_extract(value, '$[3]')`)}
               THEN json_extract(value, '$[1]') ELSE json_extract(value, '$[0]') END, ?2, ?4
             FROM json_each(?3) WHERE NOT EXISTS (SELECT 1 FROM event_ids WHERE shop = ?1
               AND event_id IN (json_extract(value, '$[0]'), json_extract(value, '$[1]')))`,
          )
          .bind(shop, batch, asked, expiresAtMs),
        db
          .prepare(
            `SELECT event_id FROM event_ids WHERE shop = ?1 AND batch = ?2 AND event_id IN (SELECT value FROM json_each(?3))`,
          )
          .bind(shop, batch, JSON.stringify(pairs.flat())),
        // Of the forgotten only the hash is there.
        db
          .prepare(
            `INSERT INTO event_batches (shop, received_at, events, body)
             SELECT ?1, ?4, COUNT(*), json_group_array(json_extract(value, '$.rows')) FROM json_each(?3)
             WHERE EXISTS (SELECT 1 FROM event_ids e WHERE e.shop = ?1 AND e.event_id = json_extract(value, '$.id') AND e.batch = ?2)
             HAVING COUNT(*) > 0`,
          )
          .bind(shop, batch, body, nowMs),
      ])
      const all = new Set((seen!.results as Array<{ event_id: string }>).map((row) => row.event_id))
      const kept = new Set(events.flatMap(({ eventId }) => (all.has(eventId) ? eventId : [])))
      return { kept, forgotten: all.size - kept.size }
    },
    async acceptedBy(shop, eventIds, batchPrefix) {
      const { results } = await db
        .prepare(
          `SELECT event_id FROM event_ids
           WHERE shop = ?1 AND event_id IN (SELECT value FROM json_each(?2)) AND substr(batch, 1, length(?3)) = ?3`,
        )
        .bind(shop, JSON.stringify(eventIds.flatMap((id) => [id, forgottenId(id)])), batchPrefix)
        .all<{ event_id: string }>()
      const found = new Set(results.map((row) => row.event_id))
      return new Set(eventIds.filter((id) => found.has(id) || found.has(forgottenId(id))))
    },
    async plan(limit) {
      const open = await db
        .prepare('SELECT from_seq, to_seq FROM fold_plans WHERE plan = 1')
        .first<{ from_seq: number; to_seq: number }>()
      if (open) return { fromSeq: open.from_seq, toSeq: open.to_seq }
      const range = await db
        .prepare(
          'SELECT MIN(seq) AS first, MAX(seq) AS last FROM (SELECT seq FROM event_batches ORDER BY seq LIMIT ?1)',
        )
        .bind(limit)
        .first<{ first: number | null; last: number | null }>()
      if (range?.first == null || range.last == null) return null
      await db
        .prepare('INSERT INTO fold_plans (plan, from_seq, to_seq) VALUES (1, ?1, ?2)')
        .bind(range.first, range.last)
        .run()
      return { fromSeq: range.first, toSeq: range.last }
    },
    async batches(fromSeq, toSeq) {
      const { results } = await db
        .prepare('SELECT seq, shop, events, body FROM event_batches WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq')
        .bind(fromSeq, toSeq)
        .all<{ seq: number; shop: string; events: number; body: string }>()
      return results.map((row) => ({
        seq: row.seq,
        shop: row.shop,
        events: row.events,
        interactions: rowsOfBody(row.body),
      }))
    },
    async finish(plan, counts) {
      const holds = 'EXISTS (SELECT 1 FROM fold_plans WHERE plan = 1 AND from_seq = ?2 AND to_seq = ?3)'
      const add = `INSERT INTO daily_counts (shop, day, market, type, events)
        SELECT json_extract(value, '$.shop'), json_extract(value, '$.day'), json_extract(value, '$.market'),
          json_extract(value, '$.type'), json_extract(value, '$.events') FROM json_each(?1) WHERE ${holds}
        ON CONFLICT (shop, day, market, type) DO UPDATE SET events = events + excluded.events`
      await db.batch([
        // Another holder may have finished this plan: then there is nothing left to add.
        ...chunk(counts, COUNTS_PER_STATEMENT).map((part) =>
          db.prepare(add).bind(JSON.stringify(part), plan.fromSeq, plan.toSeq),
        ),
        db.prepare('DELETE FROM event_batches WHERE seq BETWEEN ?1 AND ?2').bind(plan.fromSeq, plan.toSeq),
        db
          .prepare('DELETE FROM fold_plans WHERE plan = 1 AND from_seq = ?1 AND to_seq = ?2')
          .bind(plan.fromSeq, plan.toSeq),
      ])
    },
    async waiting() {
      const row = await db.prepare('SELECT COUNT(*) AS waiting FROM event_batches').first<{ waiting: number }>()
      return row?.waiting ?? 0
    },
    async unfolded(shop) {
      const row = await db
        .prepare('SELECT SUM(events) AS unfolded FROM event_batches WHERE shop = ?1')
        .bind(shop)
        .first<{ unfolded: number | null }>()
      return row?.unfolded ?? 0
    },
    async total(shop) {
      const row = await db
        .prepare(
          `SELECT SUM(events) AS total FROM daily_counts WHERE shop = ?1 AND type NOT IN ('impression', 'refund')`,
        )
        .bind(shop)
        .first<{ total: number | null }>()
      return row?.total ?? 0
    },
    async forgetIds(nowMs, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM event_ids WHERE (shop, event_id) IN
             (SELECT shop, event_id FROM event_ids WHERE expires_at IS NOT NULL AND expires_at < ?1 LIMIT ?2)`,
        )
        .bind(nowMs, limit)
        .run()
      return meta.changes
    },
  }
}

/** As what the id of an event is remembered whose shopper was forgotten: it may have named somebody, or their order. */
export const forgottenId = (eventId: string): string => `#${hash128(eventId)}`

/** An event's shopper, as a key, and its moment: all of its interactions are of one shopper and one moment. */
function momentOf(shop: string, { interactions }: AcceptedEvent): [who: string, atMs: number] {
  const { shopper, atMs } = interactions[0] ?? { shopper: '', atMs: 0 }
  return [forgottenKey(shop, shopper), atMs]
}

/** An interaction as an array: the same in the inbox and in the partitions, a third of the size of objects. */
export type InteractionRow = [
  eventId: string,
  shopper: string,
  item: string,
  type: Interaction['type'],
  atMs: number,
  market: string | null,
  quantity: number,
  price: number | null,
  value: number | null,
  recommendationId: string | null,
]

export const toRow = (one: Interaction): InteractionRow => [
  one.eventId,
  one.shopper,
  one.item,
  one.type,
  one.atMs,
  one.market,
  one.quantity,
  one.price,
  one.value,
  one.recommendationId,
]

export function fromRow(row: InteractionRow): Interaction {
  const [eventId, shopper, item, type, atMs, market, quantity, price, value, recommendationId] = row
  return { eventId, shopper, item, type, atMs, market, quantity, price, value, recommendationId }
}

/** The body is an array of events, each an array of interactions; SQLite gives nested JSON back as text. */
export function rowsOfBody(body: string): Interaction[] {
  const events = JSON.parse(body) as Array<string | InteractionRow[]>
  return events.flatMap((rows) =>
    (typeof rows === 'string' ? (JSON.parse(rows) as InteractionRow[]) : rows).map(fromRow),
  )
}
