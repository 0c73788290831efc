import type { D1Database, D1DatabaseSession, D1Result } from '@cloudflare/workers-types'
import { type Ranker, type RankerReport, rankerReportSchema, rankerSchema } from '../../domain/ranker.ts'

/** Versions kept a shop. */
const VERSIONS_KEPT = 20

export interface RankerVersion {
  version: string
  /** When it was last learned. */
  createdAtMs: number
  report: RankerReport
}

export interface StoredRanker extends RankerVersion {
  ranker: Ranker
}

export interface RankerState {
  /** Null: the shipped order is in force. */
  version: string | null
  /** Somebody chose it: learning may not replace it. */
  held: boolean
}

/** The learned orders of shops. */
export interface RankerStore {
  state(shop: string): Promise<RankerState>
  /** Newest first. */
  list(shop: string): Promise<RankerVersion[]>
  get(shop: string, version: string): Promise<StoredRanker | null>
  /** Keeps a version, and puts it in force unless another one is held. */
  put(shop: string, ranker: Ranker, report: RankerReport, nowMs: number): Promise<void>
  /** Puts a version in force, the shipped one for null, and holds it. @returns false where there is no such version */
  choose(shop: string, version: string | null, nowMs: number): Promise<boolean>
  /** Lets the next learning choose; until then what is in force stays. */
  release(shop: string, nowMs: number): Promise<void>
}

interface RankerRow {
  version: string
  report: string
  created_at: number
}

export function createRankerStore(db: D1Database): RankerStore {
  return {
    async state(shop) {
      const row = await db
        .prepare('SELECT version, held FROM ranker_state WHERE shop = ?1')
        .bind(shop)
        .first<{ version: string | null; held: number }>()
      return { version: row?.version ?? null, held: row?.held === 1 }
    },
    async list(shop) {
      const { results } = await db
        .prepare(
          'SELECT version, report, created_at FROM rankers WHERE shop = ?1 ORDER BY created_at DESC, version DESC',
        )
        .bind(shop)
        .all<RankerRow>()
      return results.map(toVersion)
    },
    async get(shop, version) {
      const row = await db
        .prepare('SELECT version, ranker, report, created_at FROM rankers WHERE shop = ?1 AND version = ?2')
        .bind(shop, version)
        .first<RankerRow & { ranker: string }>()
      return row === null ? null : { ...toVersion(row), ranker: rankerSchema.parse(JSON.parse(row.ranker)) }
    },
    async put(shop, ranker, report, nowMs) {
      await db.batch([
        db
          .prepare(
            `INSERT INTO rankers (shop, version, ranker, report, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (shop, version) DO UPDATE
             SET ranker = excluded.ranker, report = excluded.report, created_at = excluded.created_at`,
          )
          .bind(shop, ranker.version, JSON.stringify(ranker), JSON.stringify(report), nowMs),
        db
          .prepare(
            `INSERT INTO ranker_state (shop, version, held, changed_at) VALUES (?1, ?2, 0, ?3)
             ON CONFLICT (shop) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at
             WHERE ranker_state.held = 0 AND ranker_state.version IS NOT excluded.version`,
          )
          .bind(shop, ranker.version, nowMs),
        db
          .prepare(
            `DELETE FROM rankers WHERE shop = ?1
               AND version IS NOT (SELECT version FROM ranker_state WHERE shop = ?1)
               AND version NOT IN (SELECT version FROM rankers WHERE shop = ?1 ORDER BY created_at DESC, version DESC LIMIT ${VERSIONS_KEPT})`,
          )
          .bind(shop),
      ])
    },
    async choose(shop, version, nowMs) {
      const { meta } = await db
        .prepare(
          `INSERT INTO ranker_state (shop, version, held, changed_at)
           SELECT ?1, ?2, 1, ?3 WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM rankers WHERE shop = ?1 AND version = ?2)
           ON CONFLICT (shop) DO UPDATE SET version = excluded.version, held = 1, changed_at = excluded.changed_at`,
        )
        .bind(shop, version, nowMs)
        .run()
      return meta.changes > 0
    },
    async release(shop, nowMs) {
      await db
        .prepare('UPDATE ranker_state SET held = 0, changed_at = ?2 WHERE shop = ?1 AND held = 1')
        .bind(shop, nowMs)
        .run()
    },
  }
}

const toVersion = (row: RankerRow): RankerVersion => ({
  version: row.version,
  createdAtMs: row.created_at,
  report: rankerReportSchema.parse(JSON.parse(row.report)),
})

/** The ranker in force, for the configuration of a shop. */
export const rankerStatement = (session: Pick<D1DatabaseSession, 'prepare'>, shop: string) =>
  session
    .prepare(
      `SELECT r.ranker FROM ranker_state s CROSS JOIN rankers r ON r.shop = s.shop AND r.version = s.version WHERE s.shop = ?1`,
    )
    .bind(shop)

/** Null where none was learned, or what is there is of another release. */
export function readRanker(result: D1Result): Ranker | null {
  const row = result.results[0] as { ranker: string } | undefined
  if (row === undefined) return null
  const parsed = rankerSchema.safeParse(JSON.parse(row.ranker))
  return parsed.success ? parsed.data : null
}
