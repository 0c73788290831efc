/** What two shops have stored: A one of everything, with its mark in each; B nothing but its keys. */
import { hashKey, parseKey } from '../../../shared/domain/key.ts'
import { createRankerStore } from '../../../shared/store/catalogue/rankers.ts'
import { createShopStore } from '../../../shared/store/catalogue/shop_config.ts'
import { createErasureStore } from '../../../shared/store/operations/erasures.ts'
import type { KvEntry } from '../../../workers/local/node/kv_values.ts'
import type { SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { copyOf } from '../../support/migrated.ts'
import { createCatalogue, createLive, createOperations, NOW, SHOP } from '../../support/unit_catalogue.ts'
import { OWN_PAGE, STORED } from './keys.ts'
import { ERASURE, LEARNED, MARK, MARK_NUMBER } from './samples.ts'

export interface Stores {
  catalogue: SqliteD1
  operations: SqliteD1
  live: SqliteD1
  entries: Map<string, KvEntry>
}

/** Both shops with their keys, and what no request can store. */
export async function emptyStores(): Promise<Stores> {
  const catalogue = await createCatalogue()
  const shops = createShopStore(catalogue)
  for (const { key, expiresAtMs = null, revoked } of STORED) {
    const { kind, shop } = parseKey(key)!
    const hash = await hashKey(key)
    const origins = kind === 'pk' && shop === SHOP ? [OWN_PAGE] : []
    await shops.addKey(shop, { hash, kind, label: `${MARK} key`, origins, expiresAtMs }, NOW)
    if (revoked === true) await shops.revokeKey(shop, hash, NOW)
  }
  const orders = { home: { [`${MARK}_feature`]: [0, 1, 1] as [number, number, number] } }
  const report = { lists: MARK_NUMBER, judged: 1, ndcg: 1, shipped: 0, kept: true }
  await createRankerStore(catalogue).put(SHOP, { version: LEARNED, orders }, { home: report }, NOW)
  const operations = await createOperations()
  const erasures = createErasureStore(operations)
  await erasures.ask(SHOP, 'api:users', ERASURE, [`u:${MARK}-forgotten`], NOW)
  await erasures.progressed((await erasures.next())!.seq, '["inbox",""]', { events: MARK_NUMBER })
  return { catalogue, operations, live: await createLive(), entries: new Map() }
}

export const copyOfStores = ({ catalogue, operations, live, entries }: Stores): Stores => ({
  ...{ catalogue: copyOf(catalogue), operations: copyOf(operations), live: copyOf(live) },
  entries: new Map(entries),
})

const TABLES = `SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name`

/** Every row of a shop, of every table that has a shop. */
export function rowsOf(shop: string, { catalogue, operations, live }: Stores): string {
  const told = [catalogue, operations, live].flatMap((db) =>
    db
      .execute([{ sql: TABLES, params: [] }])[0]!
      .rows.filter(([, sql]) => /^\s+shop TEXT/m.test(String(sql)))
      .map(([name]) => [name, db.execute([{ sql: `SELECT * FROM ${name} WHERE shop = ?1`, params: [shop] }])[0]!.rows]),
  )
  return JSON.stringify(told)
}

/** Rows written so far. A statement that finds no row of its own shop writes none. */
export const writtenTo = ({ catalogue, operations, live }: Stores): number =>
  [catalogue, operations, live].reduce(
    (sum, db) => sum + Number(db.execute([{ sql: 'SELECT total_changes()', params: [] }])[0]!.rows[0]![0]),
    0,
  )
