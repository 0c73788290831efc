/** Fresh databases with the real migrations, and small makers of valid values, for unit tests. */
import type { D1Database } from '@cloudflare/workers-types'
import type { Interaction } from '../../shared/domain/event.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { toItemWrite, toTombstone } from '../../shared/ingest/item_write.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import type { SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import { migrated } from './migrated.ts'

export const SHOP = 'shop-a'
export const OTHER_SHOP = 'shop-b'
/** 2026-01-01T00:00:00Z: no unit test reads the wall clock. */
export const NOW = 1_767_225_600_000
export const DAY = 86_400_000

export const iso = (ms: number): string => new Date(ms).toISOString()

/** A catalogue with two shops that sell in DE and FR. */
export async function createCatalogue(): Promise<SqliteD1> {
  const db = await migrated('catalogue')
  const shops = createShopStore(db)
  const markets = [
    { market: 'DE', currency: 'EUR', locale: 'de' },
    { market: 'FR', currency: 'EUR', locale: 'fr' },
  ]
  for (const shop of [SHOP, OTHER_SHOP]) await shops.put(shop, { name: shop, locale: 'en', market: 'DE', markets }, NOW)
  return db
}

export const createOperations = () => migrated('operations')
export const createLive = () => migrated('live')

/** A valid item line; one offer in every market unless told otherwise. */
export function itemLine(over: Partial<ItemLine> = {}): ItemLine {
  return {
    id: 'item-1',
    title: 'Teapot',
    created_at: iso(NOW - 400 * DAY),
    offers: [{ market: '*', currency: 'EUR', price: 1_000 }],
    ...over,
  }
}

export const itemWrite = (over: Partial<ItemLine> = {}, nowMs = NOW) => toItemWrite(itemLine(over), 'en', nowMs)
export const tombstone = (id: string, atMs: number) => toTombstone({ id, deleted: true, updated_at: iso(atMs) }, NOW)

export function interaction(over: Partial<Interaction> = {}): Interaction {
  return {
    eventId: 'e',
    shopper: 'u:1',
    item: 'item-1',
    type: 'purchase',
    atMs: NOW,
    market: null,
    quantity: 1,
    price: null,
    value: null,
    recommendationId: null,
    ...over,
  }
}

/** The same database with every SQL text rewritten: how a test breaks one rule on purpose. */
export function rewritingD1(db: D1Database, rewrite: (sql: string) => string): D1Database & { readonly hits: number } {
  let hits = 0
  const change = (sql: string) => {
    const changed = rewrite(sql)
    if (changed !== sql) hits += 1
    return changed
  }
  const surface = (inner: Pick<D1Database, 'prepare' | 'batch'>) => ({
    prepare: (sql: string) => inner.prepare(change(sql)),
    batch: (list: Parameters<D1Database['batch']>[0]) => inner.batch(list),
  })
  return {
    ...surface(db),
    withSession: (constraint?: string) => surface(db.withSession(constraint)),
    get hits() {
      return hits
    },
  } as unknown as D1Database & { readonly hits: number }
}
