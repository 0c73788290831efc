import type { D1Database } from '@cloudflare/workers-types'
import { NEW_FOR_MS, NEW_SHARE_MAX } from '../../domain/newness.ts'

/** Items that a shelf counts itself, which is a fifth of fifty thousand; where there are more, the next count tells. */
const COUNTED_MAX = 10_000

/**
 * Whether being new means anything in a shop `s`: not where more than a share of it is. Mostly the counters say so. Where
 * items that came since the last count might make the difference (a shop that was just loaded, of old items perhaps) they
 * are counted there and then, by index: a new item must not wait for the next count.
 * @param since, until the window of the new, as SQL
 */
export const newMatters = (since: string, until: string): string => `CASE
  WHEN s.fresh + s.made - s.fresh_made <= ${NEW_SHARE_MAX} * s.live THEN 1
  WHEN s.made = s.fresh_made OR s.fresh > ${NEW_SHARE_MAX} * s.live THEN 0
  ELSE (SELECT COUNT(*) FROM (SELECT 1 FROM items young INDEXED BY items_by_age
    WHERE young.shop = s.shop AND young.deleted_at IS NULL AND young.created_at > ${since} AND young.created_at <= ${until}
    LIMIT ${COUNTED_MAX})) <= MIN(${NEW_SHARE_MAX} * s.live, ${COUNTED_MAX - 1}) END`

/** How much of a shop is new: counted now and then, so that a shelf need not count. */
export interface NewnessStore {
  /**
   * Counts the items within the window of the new. Between two counts the items that came to life since are taken for
   * new as well; where that would say that nothing stands out by being new, whoever asks counts for himself.
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
