import type { D1Database, R2Bucket } from '@cloudflare/workers-types'
import type { Interaction } from '../domain/event.ts'
import { objectNames } from './keys.ts'
import { fromRow, type InteractionRow, rowsOfBody } from './operations/event_inbox.ts'

/** One page of what is stored of shoppers, and how far it reaches. */
export interface Found<T> {
  found: T[]
  /** Where the next page begins; null: nothing is left. */
  next: string | null
}

export interface OrderOfShopper {
  source: string
  order: string
  createdAtMs: number
}

/** Everything of shoppers that stands among others': found by reading, a bounded piece of it at a time. */
export interface ShopperReads {
  /** The newest, at most ORDERS_MAX. */
  orders(shop: string, shoppers: readonly string[]): Promise<OrderOfShopper[]>
  /** Refunds that wait for one of these orders. */
  waitingRefunds(
    shop: string,
    orders: ReadonlyArray<Pick<OrderOfShopper, 'source' | 'order'>>,
  ): Promise<OrderOfShopper[]>
  /** Accepted events that no partition has yet. @param from of the page before; empty begins */
  waiting(shop: string, shoppers: readonly string[], from: string): Promise<Found<Interaction>>
  /** Events of the daily partitions. */
  events(shop: string, shoppers: readonly string[], from: string): Promise<Found<Interaction>>
  /** Impression records, as they were written. */
  impressions(shop: string, shoppers: readonly string[], from: string): Promise<Found<unknown>>
}

export const ORDERS_MAX = 1_000
/** Batches of one page: up to 500 KB each. */
const BATCHES = 10
/** Objects of one page: the platform lets a request make a thousand calls, and each object is read whole. */
const OBJECTS = 100
/** Characters read for one page; the object that passes it is the last. */
const CHARS_PER_PAGE = 16_000_000

export function createShopperReads(operations: D1Database, catalogue: D1Database, bucket: R2Bucket): ShopperReads {
  return {
    async orders(shop, shoppers) {
      const { results } = await operations
        .prepare(
          `SELECT source, order_id, created_at FROM orders INDEXED BY orders_by_shopper
           WHERE shop = ?1 AND shopper IN (SELECT value FROM json_each(?2)) ORDER BY created_at DESC LIMIT ?3`,
        )
        .bind(shop, JSON.stringify(shoppers), ORDERS_MAX)
        .all<OrderRow>()
      return results.map(toOrder)
    },
    async waitingRefunds(shop, orders) {
      const { results } = await catalogue
        .prepare(
          `SELECT source, ref AS order_id, created_at FROM waiting_effects WHERE shop = ?1 AND kind = 'refund' AND (source, ref) IN
             (SELECT json_extract(value, '$.source'), json_extract(value, '$.order') FROM json_each(?2)) LIMIT ?3`,
        )
        .bind(shop, JSON.stringify(orders), ORDERS_MAX)
        .all<OrderRow>()
      return results.map(toOrder)
    },
    async waiting(shop, shoppers, from) {
      const { results } = await operations
        .prepare('SELECT seq, body FROM event_batches WHERE shop = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3')
        .bind(shop, Number(from), BATCHES)
        .all<{ seq: number; body: string }>()
      const own = new Set(shoppers)
      const found = results.flatMap(({ body }) => rowsOfBody(body)).filter((one) => own.has(one.shopper))
      return { found, next: results.length < BATCHES ? null : String(results.at(-1)!.seq) }
    },
    events: (shop, shoppers, from) => {
      const own = new Set(shoppers)
      return linesOf(bucket, objectNames.eventsOfShop(shop), from, (line) => {
        const row = JSON.parse(line) as InteractionRow
        return own.has(row[1]) ? fromRow(row) : null
      })
    },
    impressions: (shop, shoppers, from) => {
      const own = new Set<unknown>(shoppers)
      return linesOf(bucket, objectNames.impressionsOfShop(shop), from, (line) => {
        const record = JSON.parse(line) as { shopper: unknown }
        return own.has(record.shopper) ? record : null
      })
    },
  }
}

interface OrderRow {
  source: string
  order_id: string
  created_at: number
}
const toOrder = (row: OrderRow): OrderOfShopper => ({
  source: row.source,
  order: row.order_id,
  createdAtMs: row.created_at,
})

/** What is wanted of the lines of some objects, whole objects at a time. @param from the last object of the page before */
async function linesOf<T>(
  bucket: R2Bucket,
  prefix: string,
  from: string,
  read: (line: string) => T | null,
): Promise<Found<T>> {
  const { objects, truncated } = await bucket.list({
    prefix,
    limit: OBJECTS,
    ...(from === '' ? {} : { startAfter: prefix + from }),
  })
  const found: T[] = []
  let chars = 0
  for (const [at, { key }] of objects.entries()) {
    const text = (await (await bucket.get(key))?.text()) ?? ''
    for (const line of text.split('\n')) {
      const own = line === '' ? null : read(line)
      if (own !== null) found.push(own)
    }
    chars += text.length
    if (chars >= CHARS_PER_PAGE && at < objects.length - 1) return { found, next: key.slice(prefix.length) }
  }
  return { found, next: truncated ? objects.at(-1)!.key.slice(prefix.length) : null }
}
