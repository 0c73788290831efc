import type { D1Database } from '@cloudflare/workers-types'

/** What learning counted of a shop's items (shared/domain/item_stats.ts), whole. */
export interface ItemStatsStore {
  putStats(shop: string, text: string, nowMs: number): Promise<void>
  /** Removes statistics that the last run did not make. */
  clearStatsBefore(shop: string, nowMs: number): Promise<void>
  /** Of the nearest copy; null for a shop without events. */
  stats(shop: string): Promise<string | null>
}

/** They stand among the lists, under a name that no list has. */
const PLACE = `list = 'stats' AND market = '*'`

export function createItemStatsStore(db: D1Database): ItemStatsStore {
  return {
    async putStats(shop, text, nowMs) {
      await db
        .prepare(
          `INSERT OR REPLACE INTO lists (shop, list, market, entries, computed_at) VALUES (?1, 'stats', '*', ?2, ?3)`,
        )
        .bind(shop, text, nowMs)
        .run()
    },
    async clearStatsBefore(shop, nowMs) {
      await db.prepare(`DELETE FROM lists WHERE shop = ?1 AND ${PLACE} AND computed_at < ?2`).bind(shop, nowMs).run()
    },
    async stats(shop) {
      const row = await db
        .withSession('first-unconstrained')
        .prepare(`SELECT entries FROM lists WHERE shop = ?1 AND ${PLACE}`)
        .bind(shop)
        .first<{ entries: string }>()
      return row?.entries ?? null
    },
  }
}
