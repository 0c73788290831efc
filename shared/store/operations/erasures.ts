import type { D1Database } from '@cloudflare/workers-types'
import { AFTERMATH_MS, EVERYBODY, FORGOTTEN_KEPT_MS, forgottenKey } from '../../domain/forgotten.ts'
import { ALWAYS_MS } from './forgotten.ts'

/** Shopper keys as events carry them (`u:...`, `a:...`, `s:...`) and addresses (`e:...`), or every shopper of the shop. */
export type ErasedShoppers = readonly string[] | 'all'

/** What an erasure removed, by place. */
export type ErasureCounts = Readonly<Record<string, number>>

export interface Erasure {
  seq: number
  shop: string
  shoppers: ErasedShoppers
  /** The last finished step or object; null: not begun. */
  cursor: string | null
  counts: ErasureCounts
  createdAtMs: number
}

/** What may be told of an erasure to whoever asked for it. */
export interface Receipt {
  ref: string
  state: 'waiting' | 'done'
  counts: ErasureCounts
  createdAtMs: number
  finishedAtMs: number | null
  /** The kind of the last failure; it is tried again. */
  error: string | null
}

/** Requests to forget shoppers, and their receipts. */
export interface ErasureStore {
  /**
   * Asks for it; a request with the same ref is the same request. From here on nothing of these shoppers is taken that
   * comes late.
   */
  ask(shop: string, source: string, ref: string, shoppers: ErasedShoppers, nowMs: number): Promise<void>
  /** The ref of a request of a source about these very shoppers that is not begun yet. */
  waitingFor(shop: string, source: string, shoppers: ErasedShoppers): Promise<string | null>
  /** Whether a request of the shop is not done. */
  waits(shop: string): Promise<boolean>
  receipt(shop: string, source: string, ref: string): Promise<Receipt | null>
  /**
   * One that is not done, whose turn was longest ago; those that failed come after all others, so that one cannot hold up
   * the rest, and have their turns among themselves.
   * @param passed those that had their turn in this run
   */
  next(passed?: readonly number[]): Promise<Erasure | null>
  /** Adds names that the stores know these shoppers by. */
  widened(erasure: Pick<Erasure, 'seq' | 'shop'>, shoppers: readonly string[]): Promise<void>
  progressed(seq: number, cursor: string, counts: ErasureCounts): Promise<void>
  /** It has its turn now: whatever becomes of the run, the next one begins with the others. */
  began(seq: number, nowMs: number): Promise<void>
  /** Ends it; the receipt keeps what was removed and no longer whom it was about. */
  finished(seq: number, counts: ErasureCounts, nowMs: number): Promise<void>
  failed(seq: number, error: string): Promise<void>
  /** Erasures that ended before a moment, and of whose shops nobody looked again since. */
  toLookAgain(beforeMs: number): Promise<Array<{ seq: number; shop: string }>>
  lookedAgain(seqs: readonly number[]): Promise<void>
}

interface ReceiptRow {
  ref: string
  state: Receipt['state']
  counts: string
  created_at: number
  finished_at: number | null
  error: string | null
}

/** Shops looked at again in one run. */
const LOOKED_AT_ONCE = 20

export function createErasureStore(db: D1Database): ErasureStore {
  /** @param where names one row of `erasures` that waits; its values are bound from ?4 on */
  const forget = (shop: string, shoppers: ErasedShoppers, where: string, ...values: Array<string | number>) => {
    const keys = shoppers === 'all' ? [EVERYBODY] : shoppers.map((shopper) => forgottenKey(shop, shopper))
    return db
      .prepare(
        `INSERT OR IGNORE INTO forgotten (shop, who, erasure, until_at)
         SELECT ?1, key.value, e.seq, ?3 FROM erasures e, json_each(?2) key WHERE e.state = 'waiting' AND ${where}`,
      )
      .bind(shop, JSON.stringify(keys), ALWAYS_MS, ...values)
  }
  return {
    async ask(shop, source, ref, shoppers, nowMs) {
      await db.batch([
        db
          .prepare(
            `INSERT OR IGNORE INTO erasures (shop, source, ref, shoppers, state, created_at) VALUES (?1, ?2, ?3, ?4, 'waiting', ?5)`,
          )
          .bind(shop, source, ref, JSON.stringify(shoppers), nowMs),
        forget(shop, shoppers, 'e.shop = ?1 AND e.source = ?4 AND e.ref = ?5', source, ref),
      ])
    },
    async waitingFor(shop, source, shoppers) {
      const row = await db
        .prepare(
          `SELECT ref FROM erasures WHERE state = 'waiting' AND shop = ?1 AND source = ?2 AND shoppers = ?3 ORDER BY seq LIMIT 1`,
        )
        .bind(shop, source, JSON.stringify(shoppers))
        .first<{ ref: string }>()
      return row?.ref ?? null
    },
    async waits(shop) {
      const row = await db
        .prepare(`SELECT 1 FROM erasures WHERE state = 'waiting' AND shop = ?1 LIMIT 1`)
        .bind(shop)
        .first()
      return row !== null
    },
    async receipt(shop, source, ref) {
      const row = await db
        .prepare(
          `SELECT ref, state, counts, created_at, finished_at, error FROM erasures WHERE shop = ?1 AND source = ?2 AND ref = ?3`,
        )
        .bind(shop, source, ref)
        .first<ReceiptRow>()
      return row === null ? null : toReceipt(row)
    },
    async next(passed = []) {
      const row = await db
        .prepare(
          `SELECT seq, shop, shoppers, cursor, counts, created_at FROM erasures
           WHERE state = 'waiting' AND seq NOT IN (SELECT value FROM json_each(?1))
           ORDER BY error IS NOT NULL, turn_at, seq LIMIT 1`,
        )
        .bind(JSON.stringify(passed))
        .first<{
          seq: number
          shop: string
          shoppers: string
          cursor: string | null
          counts: string
          created_at: number
        }>()
      if (row === null) return null
      return {
        seq: row.seq,
        shop: row.shop,
        shoppers: JSON.parse(row.shoppers) as ErasedShoppers,
        cursor: row.cursor,
        counts: JSON.parse(row.counts) as ErasureCounts,
        createdAtMs: row.created_at,
      }
    },
    async widened({ seq, shop }, shoppers) {
      await db.batch([
        db
          .prepare(`UPDATE erasures SET shoppers = ?2 WHERE seq = ?1 AND state = 'waiting'`)
          .bind(seq, JSON.stringify(shoppers)),
        forget(shop, shoppers, 'e.seq = ?4', seq),
      ])
    },
    async progressed(seq, cursor, counts) {
      await db
        .prepare('UPDATE erasures SET cursor = ?2, counts = ?3, error = NULL WHERE seq = ?1')
        .bind(seq, cursor, JSON.stringify(counts))
        .run()
    },
    async began(seq, nowMs) {
      await db.prepare('UPDATE erasures SET turn_at = ?2 WHERE seq = ?1').bind(seq, nowMs).run()
    },
    async finished(seq, counts, nowMs) {
      await db.batch([
        db
          .prepare(
            `UPDATE erasures SET state = 'done', shoppers = '[]', cursor = NULL, counts = ?2, finished_at = ?3, error = NULL WHERE seq = ?1`,
          )
          .bind(seq, JSON.stringify(counts), nowMs),
        db
          .prepare('UPDATE forgotten SET until_at = ?2, expires_at = ?3 WHERE erasure = ?1')
          .bind(seq, nowMs + AFTERMATH_MS, nowMs + FORGOTTEN_KEPT_MS),
      ])
    },
    async failed(seq, error) {
      await db.prepare('UPDATE erasures SET error = ?2 WHERE seq = ?1').bind(seq, error.slice(0, 500)).run()
    },
    async toLookAgain(beforeMs) {
      const { results } = await db
        .prepare(
          `SELECT seq, shop FROM erasures WHERE state = 'done' AND looked_again = 0 AND finished_at <= ?1 ORDER BY finished_at LIMIT ${LOOKED_AT_ONCE}`,
        )
        .bind(beforeMs)
        .all<{ seq: number; shop: string }>()
      return results
    },
    async lookedAgain(seqs) {
      await db
        .prepare('UPDATE erasures SET looked_again = 1 WHERE seq IN (SELECT value FROM json_each(?1))')
        .bind(JSON.stringify(seqs))
        .run()
    },
  }
}

const toReceipt = (row: ReceiptRow): Receipt => ({
  ref: row.ref,
  state: row.state,
  counts: JSON.parse(row.counts) as ErasureCounts,
  createdAtMs: row.created_at,
  finishedAtMs: row.finished_at,
  error: row.error,
})
