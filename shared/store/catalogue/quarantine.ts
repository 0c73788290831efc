import type { D1Database } from '@cloudflare/workers-types'
import { MINUTE_MS } from '../../base/clock.ts'

/** A step of an item's way that it may fail by itself. */
export const STAGES = ['cards', 'vectors', 'embed', 'similar', 'enrich'] as const
export type Stage = (typeof STAGES)[number]

export interface QuarantinedItem {
  item: string
  stage: Stage
  attempts: number
  /** The kind of its failure; the log has the rest. */
  error: string
  atMs: number
}

/** Items that a stage cannot take while it takes others; triggers let them out when they change. */
export interface QuarantineStore {
  put(shop: string, stage: Stage, item: string, error: string, nowMs: number): Promise<void>
  list(shop: string, limit: number): Promise<QuarantinedItem[]>
  count(shop: string): Promise<number>
  /** How many each stage leaves out. */
  byStage(shop: string): Promise<Partial<Record<Stage, number>>>
  /** Forgets those of the named items that were tried again and passed. */
  passed(shop: string, ids: readonly string[]): Promise<void>
  /** Has the outbox try again what failed long enough ago, five times at most. @returns how many */
  retryDue(nowMs: number): Promise<number>
  /** Sends everything of a shop again, as an operator asks. @returns how many */
  release(shop: string, nowMs: number): Promise<number>
}

/** A failure that only looked like the item's own is over by then; each further wait is four times as long. */
const FIRST_WAIT_MS = 10 * MINUTE_MS
const ATTEMPTS_MAX = 5
const OWED = `stage IN ('cards', 'vectors', 'embed')`

export function createQuarantineStore(db: D1Database): QuarantineStore {
  return {
    async put(shop, stage, item, error, nowMs) {
      await db
        .prepare(
          `INSERT INTO quarantine (shop, item, stage, text_hash, attempts, error, at)
           VALUES (?1, ?2, ?3, COALESCE((SELECT text_hash FROM items WHERE shop = ?1 AND id = ?2), ''), 1, ?4, ?5)
           ON CONFLICT (shop, item, stage) DO UPDATE SET text_hash = excluded.text_hash, attempts = attempts + 1,
             error = excluded.error, at = excluded.at, held = 1`,
        )
        .bind(shop, item, stage, error.slice(0, 100), nowMs)
        .run()
    },
    async list(shop, limit) {
      const { results } = await db
        .prepare(
          'SELECT item, stage, attempts, error, at FROM quarantine WHERE shop = ?1 AND held = 1 ORDER BY at DESC, item, stage LIMIT ?2',
        )
        .bind(shop, limit)
        .all<Omit<QuarantinedItem, 'atMs'> & { at: number }>()
      return results.map(({ at, ...row }) => ({ ...row, atMs: at }))
    },
    async count(shop) {
      const row = await db
        .prepare('SELECT COUNT(*) AS held FROM quarantine WHERE shop = ?1 AND held = 1')
        .bind(shop)
        .first<{ held: number }>()
      return row?.held ?? 0
    },
    async byStage(shop) {
      const { results } = await db
        .prepare('SELECT stage, COUNT(*) AS held FROM quarantine WHERE shop = ?1 AND held = 1 GROUP BY stage')
        .bind(shop)
        .all<{ stage: Stage; held: number }>()
      return Object.fromEntries(results.map((row) => [row.stage, row.held]))
    },
    async passed(shop, ids) {
      await db
        .prepare('DELETE FROM quarantine WHERE shop = ?1 AND held = 0 AND item IN (SELECT value FROM json_each(?2))')
        .bind(shop, JSON.stringify(ids))
        .run()
    },
    async retryDue(nowMs) {
      const due = `held = 1 AND stage <> 'enrich' AND attempts < ${ATTEMPTS_MAX} AND at + (?2 << (2 * (attempts - 1))) <= ?1`
      const [, freed] = await db.batch([
        db
          .prepare(
            `INSERT INTO outbox (shop, item, created_at) SELECT DISTINCT shop, item, ?1 FROM quarantine WHERE ${OWED} AND ${due}`,
          )
          .bind(nowMs, FIRST_WAIT_MS),
        db.prepare(`UPDATE quarantine SET held = 0 WHERE ${due}`).bind(nowMs, FIRST_WAIT_MS),
      ])
      return freed!.meta.changes
    },
    async release(shop, nowMs) {
      const [, gone] = await db.batch([
        db
          .prepare(
            `INSERT INTO outbox (shop, item, created_at) SELECT DISTINCT shop, item, ?2 FROM quarantine WHERE shop = ?1 AND held = 1 AND ${OWED}`,
          )
          .bind(shop, nowMs),
        db.prepare('DELETE FROM quarantine WHERE shop = ?1').bind(shop),
      ])
      return gone!.meta.changes
    },
  }
}
