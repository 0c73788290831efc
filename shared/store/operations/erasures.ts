import type { D1Database } from '@cloudflare/workers-types'

/** Shopper keys as events carry them (`u:...`, `a:...`), or every shopper of the shop. */
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

/** Requests to forget shoppers, and their receipts. */
export interface ErasureStore {
  /** Asks for it; a request with the same ref is the same request. */
  ask(shop: string, source: string, ref: string, shoppers: ErasedShoppers, nowMs: number): Promise<void>
  /** The oldest that is not done; those that failed come after all others, so that one cannot hold up the rest. */
  next(): Promise<Erasure | null>
  progressed(seq: number, cursor: string, counts: ErasureCounts): Promise<void>
  /** Ends it; the receipt keeps what was removed and no longer whom it was about. */
  finished(seq: number, counts: ErasureCounts, nowMs: number): Promise<void>
  failed(seq: number, error: string): Promise<void>
}

export function createErasureStore(db: D1Database): ErasureStore {
  return {
    async ask(shop, source, ref, shoppers, nowMs) {
      await db
        .prepare(
          `INSERT OR IGNORE INTO erasures (shop, source, ref, shoppers, state, created_at) VALUES (?1, ?2, ?3, ?4, 'waiting', ?5)`,
        )
        .bind(shop, source, ref, JSON.stringify(shoppers), nowMs)
        .run()
    },
    async next() {
      const row = await db
        .prepare(
          `SELECT seq, shop, shoppers, cursor, counts, created_at FROM erasures WHERE state = 'waiting' ORDER BY error IS NOT NULL, seq LIMIT 1`,
        )
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
    async progressed(seq, cursor, counts) {
      await db
        .prepare('UPDATE erasures SET cursor = ?2, counts = ?3, error = NULL WHERE seq = ?1')
        .bind(seq, cursor, JSON.stringify(counts))
        .run()
    },
    async finished(seq, counts, nowMs) {
      await db
        .prepare(
          `UPDATE erasures SET state = 'done', shoppers = '[]', cursor = NULL, counts = ?2, finished_at = ?3, error = NULL WHERE seq = ?1`,
        )
        .bind(seq, JSON.stringify(counts), nowMs)
        .run()
    },
    async failed(seq, error) {
      await db.prepare('UPDATE erasures SET error = ?2 WHERE seq = ?1').bind(seq, error.slice(0, 500)).run()
    },
  }
}
