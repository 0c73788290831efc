import type { D1Database } from '@cloudflare/workers-types'
import { NEW_FOR_MS } from '../../domain/newness.ts'

/** How much of a shop is new: counted now and then, so that a shelf need not count. */
export interface NewnessStore {
  /**
   * Counts the items within the window of the new. Between two counts the items that came to life since are taken for
   * new as well, so the shop may seem newer than it is and never older.
   * @param anew also when nothing came to life since the last count: items grow old
   */
  count(shop: string, nowMs: number, anew?: boolean): Promise<void>
}

export function createNewnessStore(db: D1Database): NewnessStore {
  return {
    async count(shop, nowMs, anew = false) {
      await db
        .prepare(
          `UPDATE shops SET fresh_made = made, fresh = (SELECT COUNT(*) FROM items INDEXED BY items_by_age
             WHERE items.shop = ?1 AND deleted_at IS NULL AND created_at > ?2 AND created_at <= ?3)
           WHERE shop = ?1 AND (?4 OR made <> fresh_made)`,
        )
        .bind(shop, nowMs - NEW_FOR_MS, nowMs, anew ? 1 : 0)
        .run()
    },
  }
}
