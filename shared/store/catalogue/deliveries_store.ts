import type { D1Database } from '@cloudflare/workers-types'
import { DAY_MS } from '../../base/clock.ts'
import { type DeliveryOutcome, type DeliveryRow, type WaitingEffect, waitingStatements } from './deliveries.ts'

/** Senders retry for two days at most; two weeks also cover a person who sends a day again. */
export const DELIVERIES_KEPT_MS = 14 * DAY_MS

/** A waiting effect that this run has taken upon itself. */
export interface ClaimedEffect extends WaitingEffect {
  shop: string
  /** To be named when it is finished: a newer asking has a higher one. */
  version: number
  /** This one included. */
  attempts: number
}

export interface DeliveryQuery {
  shop: string
  source: string | null
  /** Deliveries before this one, newest first. */
  before: { receivedAtMs: number; source: string; id: string } | null
  limit: number
}

/** The memory of deliveries and of what they still owe. */
export interface DeliveryStore {
  /** What came of a delivery; null when it is not known. */
  outcomeOf(shop: string, source: string, id: string): Promise<DeliveryOutcome | null>
  list(query: DeliveryQuery): Promise<DeliveryRow[]>
  /** Forgets deliveries older than DELIVERIES_KEPT_MS; the number forgotten, at most `limit`. */
  forget(nowMs: number, limit: number): Promise<number>
  /** Adds to what is owed. */
  owe(shop: string, waiting: readonly WaitingEffect[]): Promise<void>
  /** Makes refunds of these orders due now. */
  wake(shop: string, source: string, orders: readonly string[], nowMs: number): Promise<void>
  due(nowMs: number): Promise<number>
  /** Takes up to `limit` due effects; nobody else gets them before `untilMs`. */
  claim(nowMs: number, untilMs: number, limit: number): Promise<ClaimedEffect[]>
  /** Removes an effect that was done, unless it was asked for again meanwhile: then it is due at once. */
  done(effect: ClaimedEffect, nowMs: number): Promise<void>
  later(effect: ClaimedEffect, dueAtMs: number, error: string | null): Promise<void>
}

export function createDeliveryStore(db: D1Database): DeliveryStore {
  return {
    async outcomeOf(shop, source, id) {
      const row = await db
        .prepare('SELECT outcome FROM deliveries WHERE shop = ?1 AND source = ?2 AND id = ?3')
        .bind(shop, source, id)
        .first<{ outcome: DeliveryOutcome }>()
      return row?.outcome ?? null
    },
    async list({ shop, source, before, limit }) {
      const { results } = await db
        .prepare(
          `SELECT source, id, topic, received_at, outcome, counts FROM deliveries
           WHERE shop = ?1 AND (?2 IS NULL OR source = ?2)
             AND (?3 IS NULL OR received_at < ?3 OR (received_at = ?3 AND (source, id) > (?4, ?5)))
           ORDER BY received_at DESC, source, id LIMIT ?6`,
        )
        .bind(shop, source, before?.receivedAtMs ?? null, before?.source ?? null, before?.id ?? null, limit)
        .all<Omit<DeliveryRow, 'receivedAtMs' | 'counts'> & { received_at: number; counts: string }>()
      return results.map(({ received_at, counts, ...row }) => ({
        ...row,
        receivedAtMs: received_at,
        counts: JSON.parse(counts) as Record<string, number>,
      }))
    },
    async forget(nowMs, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM deliveries WHERE (shop, source, id) IN
             (SELECT shop, source, id FROM deliveries WHERE received_at < ?1 LIMIT ?2)`,
        )
        .bind(nowMs - DELIVERIES_KEPT_MS, limit)
        .run()
      return meta.changes
    },
    async owe(shop, waiting) {
      if (waiting.length > 0) await db.batch(waitingStatements(db, shop, waiting))
    },
    async wake(shop, source, orders, nowMs) {
      await db
        .prepare(
          `UPDATE waiting_effects SET due_at = MIN(due_at, ?4) WHERE shop = ?1 AND source = ?2 AND kind = 'refund'
             AND ref IN (SELECT value FROM json_each(?3))`,
        )
        .bind(shop, source, JSON.stringify(orders), nowMs)
        .run()
    },
    async due(nowMs) {
      const row = await db
        .prepare('SELECT COUNT(*) AS due FROM waiting_effects WHERE due_at <= ?1')
        .bind(nowMs)
        .first<{ due: number }>()
      return row?.due ?? 0
    },
    async claim(nowMs, untilMs, limit) {
      const { results } = await db
        .prepare(
          `UPDATE waiting_effects SET due_at = ?2, attempts = attempts + 1 WHERE due_at <= ?1 AND (shop, source, key) IN
             (SELECT shop, source, key FROM waiting_effects WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
           RETURNING shop, source, key, kind, ref, effect, at, version, attempts, created_at, due_at`,
        )
        .bind(nowMs, untilMs, limit)
        .all<WaitingRow>()
      return results.map(({ at, created_at, due_at, ...row }) => ({
        ...row,
        atMs: at,
        createdAtMs: created_at,
        dueAtMs: due_at,
      }))
    },
    async done({ shop, source, key, version }, nowMs) {
      const name = 'shop = ?1 AND source = ?2 AND key = ?3'
      await db.batch([
        db.prepare(`DELETE FROM waiting_effects WHERE ${name} AND version = ?4`).bind(shop, source, key, version),
        db.prepare(`UPDATE waiting_effects SET due_at = ?4 WHERE ${name}`).bind(shop, source, key, nowMs),
      ])
    },
    async later({ shop, source, key, version }, dueAtMs, error) {
      await db
        .prepare(
          `UPDATE waiting_effects SET due_at = ?5, error = ?6 WHERE shop = ?1 AND source = ?2 AND key = ?3 AND version = ?4`,
        )
        .bind(shop, source, key, version, dueAtMs, error)
        .run()
    },
  }
}

interface WaitingRow {
  shop: string
  source: string
  key: string
  kind: WaitingEffect['kind']
  ref: string
  effect: string
  at: number
  version: number
  attempts: number
  created_at: number
  due_at: number
}
