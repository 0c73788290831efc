import type { D1Database } from '@cloudflare/workers-types'
import { DAY_MS } from '../../base/clock.ts'
import { forgottenKey } from '../../domain/forgotten.ts'
import { isForgotten } from './forgotten.ts'

/** Refunds come within weeks; return windows and chargebacks end within half a year. */
export const ORDERS_KEPT_MS = 180 * DAY_MS

/** Whose order it was: refunds name the order alone. */
export interface OrderStore {
  /** Keeps them but those of shoppers who were forgotten lately: a delivery told again must not bring one back. */
  put(
    shop: string,
    source: string,
    orders: ReadonlyArray<{ order: string; shopper: string }>,
    nowMs: number,
  ): Promise<void>
  /** The shoppers, as events name them (`u:...`, `a:...`), by order; unknown orders are absent. */
  shoppers(shop: string, source: string, orders: readonly string[]): Promise<Map<string, string>>
  /** Forgets orders older than ORDERS_KEPT_MS; the number forgotten, at most `limit`. */
  forget(nowMs: number, limit: number): Promise<number>
}

export function createOrderStore(db: D1Database): OrderStore {
  return {
    async put(shop, source, orders, nowMs) {
      const rows = orders.map((own) => ({ ...own, who: forgottenKey(shop, own.shopper) }))
      await db
        .prepare(
          // No order says here when it was made: whichever is told so soon after may be an old one.
          `INSERT INTO orders (shop, source, order_id, shopper, created_at)
           SELECT ?1, ?2, json_extract(value, '$.order'), json_extract(value, '$.shopper'), ?4 FROM json_each(?3)
           WHERE NOT ${isForgotten(`json_extract(value, '$.who')`, '0')}
           ON CONFLICT (shop, source, order_id) DO UPDATE SET shopper = excluded.shopper`,
        )
        .bind(shop, source, JSON.stringify(rows), nowMs)
        .run()
    },
    async shoppers(shop, source, orders) {
      const { results } = await db
        .prepare(
          `SELECT order_id, shopper FROM orders WHERE shop = ?1 AND source = ?2 AND order_id IN (SELECT value FROM json_each(?3))`,
        )
        .bind(shop, source, JSON.stringify(orders))
        .all<{ order_id: string; shopper: string }>()
      return new Map(results.map((row) => [row.order_id, row.shopper]))
    },
    async forget(nowMs, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM orders WHERE (shop, source, order_id) IN
             (SELECT shop, source, order_id FROM orders WHERE created_at < ?1 LIMIT ?2)`,
        )
        .bind(nowMs - ORDERS_KEPT_MS, limit)
        .run()
      return meta.changes
    },
  }
}
