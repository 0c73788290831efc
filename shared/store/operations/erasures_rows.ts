import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import { hash64 } from '../../base/hash.ts'
import { LIMITS } from '../../domain/limits.ts'
import type { ErasedShoppers } from './erasures.ts'
import { forgottenId, type InteractionRow } from './event_inbox.ts'

/** Removes shoppers from the tables that name them; every method is repeatable and counts rows. */
export interface ShopperRows {
  /** Other names that the stores know these shoppers by: a customer's orders may have been told as a guest's before. */
  otherNames(shop: string, shoppers: readonly string[]): Promise<string[]>
  /**
   * Of accepted events that no partition has yet. Only while nobody folds them.
   * @param keep renews the run's leases
   */
  waitingEvents(shop: string, shoppers: ErasedShoppers, keep?: () => Promise<void>): Promise<number>
  /** Remembers ids of events by a hash alone: a repeated event stays forgotten. */
  eventIds(shop: string, ids: readonly string[]): Promise<void>
  /** Orders, and refunds that wait for one of them. */
  orders(shop: string, shoppers: ErasedShoppers): Promise<number>
}

/** Batches read at once: up to 500 KB each. */
const BATCHES = 20

export function createShopperRows(operations: D1Database, catalogue: D1Database): ShopperRows {
  return {
    async otherNames(shop, shoppers) {
      const { results } = await operations
        .prepare(
          `SELECT source, order_id FROM orders INDEXED BY orders_by_shopper
           WHERE shop = ?1 AND shopper IN (SELECT value FROM json_each(?2))`,
        )
        .bind(shop, JSON.stringify(shoppers))
        .all<{ source: string; order_id: string }>()
      return results.map(guestName).filter((name) => !shoppers.includes(name))
    },
    eventIds: (shop, ids) => hashIds(operations, shop, ids),
    async waitingEvents(shop, shoppers, keep = async () => {}) {
      let [removed, afterSeq] = [0, 0]
      for (;;) {
        const { results } = await operations
          .prepare('SELECT seq, body FROM event_batches WHERE shop = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3')
          .bind(shop, afterSeq, BATCHES)
          .all<{ seq: number; body: string }>()
        if (results.length === 0) return removed
        for (const { seq, body } of results) removed += await rewriteBatch(operations, shop, seq, body, shoppers)
        await keep()
        afterSeq = results.at(-1)!.seq
      }
    },
    async orders(shop, shoppers) {
      const who = shoppers === 'all' ? '' : ' AND shopper IN (SELECT value FROM json_each(?2))'
      const bound = shoppers === 'all' ? [shop] : [shop, JSON.stringify(shoppers)]
      const { results } = await operations
        .prepare(`SELECT source, order_id FROM orders WHERE shop = ?1${who}`)
        .bind(...bound)
        .all<{ source: string; order_id: string }>()
      const guests = shoppers === 'all' ? [] : shoppers.flatMap((shopper) => guestOrder(shopper) ?? [])
      // The refunds first: once the orders are gone nobody knows whose they were.
      const waiting =
        shoppers === 'all'
          ? catalogue.prepare(`DELETE FROM waiting_effects WHERE shop = ?1 AND kind = 'refund'`).bind(shop)
          : catalogue
              .prepare(
                `DELETE FROM waiting_effects WHERE shop = ?1 AND kind = 'refund' AND (source, ref) IN
                   (SELECT json_extract(value, '$.source'), json_extract(value, '$.order_id') FROM json_each(?2))`,
              )
              .bind(shop, JSON.stringify([...results, ...guests]))
      const refunds = (await waiting.run()).meta.changes
      const orders = (
        await operations
          // By primary key the planner would walk all orders of the shop.
          .prepare(
            `DELETE FROM orders ${shoppers === 'all' ? '' : 'INDEXED BY orders_by_shopper '}WHERE shop = ?1${who}`,
          )
          .bind(...bound)
          .run()
      ).meta.changes
      return refunds + orders
    },
  }
}

/** The order that a guest is named by: a refund may wait for it that was never told itself. */
export function guestOrder(shopper: string): { source: string; order_id: string } | null {
  const guest = /^a:order:([a-z0-9-]+):(.+)$/.exec(shopper)
  return guest === null ? null : { source: guest[1]!, order_id: guest[2]! }
}

/** How a guest of an order is named where no customer is known; the inverse of `guestOrder` but for the longest. */
function guestName({ source, order_id: order }: { source: string; order_id: string }): string {
  const id = `order:${source}:${order}`
  return `a:${id.length <= LIMITS.idChars ? id : `hash:${hash64(id)}`}`
}

/** Ids of one statement. */
const IDS_PER_STATEMENT = 2_000

/** An event that is told again stays forgotten, and what it was called is not told any more. */
async function hashIds(db: D1Database, shop: string, ids: Iterable<string>): Promise<void> {
  for (const part of chunk([...new Set(ids)], IDS_PER_STATEMENT))
    await db
      .prepare(
        `UPDATE OR REPLACE event_ids SET event_id = json_extract(pair.value, '$[1]'), batch = '' FROM json_each(?2) pair
         WHERE shop = ?1 AND event_id = json_extract(pair.value, '$[0]')`,
      )
      .bind(shop, JSON.stringify(part.map((id) => [id, forgottenId(id)])))
      .run()
}

/** @returns interactions removed */
async function rewriteBatch(
  db: D1Database,
  shop: string,
  seq: number,
  body: string,
  shoppers: ErasedShoppers,
): Promise<number> {
  // SQLite gives nested JSON back as text.
  const events = (JSON.parse(body) as Array<string | InteractionRow[]>).map((rows) =>
    typeof rows === 'string' ? (JSON.parse(rows) as InteractionRow[]) : rows,
  )
  const gone = shoppers === 'all' ? null : new Set(shoppers)
  const kept = events
    .map((rows) => (gone === null ? [] : rows.filter(([, shopper]) => !gone.has(shopper))))
    .filter((rows) => rows.length > 0)
  const count = (list: InteractionRow[][]) => list.reduce((sum, rows) => sum + rows.length, 0)
  const removed = count(events) - count(kept)
  if (removed === 0) return 0
  // Before the events: once they are gone nobody knows their ids.
  const going = events.flat().filter(([, shopper]) => gone === null || gone.has(shopper))
  await hashIds(
    db,
    shop,
    going.map(([id]) => id),
  )
  await (kept.length === 0
    ? db.prepare('DELETE FROM event_batches WHERE seq = ?1').bind(seq)
    : db
        .prepare('UPDATE event_batches SET body = ?2, events = ?3 WHERE seq = ?1')
        .bind(seq, JSON.stringify(kept), kept.length)
  ).run()
  return removed
}
