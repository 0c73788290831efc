/** D1 refuses a parameter beyond 2 MB: however long texts are, full text is written in parts that it takes. */
import type { D1Database } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { understand } from '../../../tests/support/understood.ts'
import { createCatalogue, itemWrite, NOW, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { createFoundTextStore } from './found_text.ts'
import { createItemWriter } from './item_writes.ts'
import { createTextIndexStore } from './text_index.ts'

const ids = Array.from({ length: 100 }, (_, index) => `i${index}`)
const LONG = '猫'.repeat(12_000)

/** The same database, as strict as D1 about parameters. */
function strict(db: D1Database): D1Database {
  const prepare = (sql: string) => {
    const statement = db.prepare(sql)
    const bind = (...values: unknown[]) => {
      if (values.some((value) => Buffer.byteLength(String(value)) > 2_000_000))
        throw new Error('string or blob too big')
      return statement.bind(...values)
    }
    return Object.assign(Object.create(statement), { bind })
  }
  return { prepare, batch: db.batch.bind(db), withSession: db.withSession.bind(db) } as unknown as D1Database
}

async function shop() {
  const db = await createCatalogue()
  await createItemWriter(db).apply(
    SHOP,
    ids.map((id) => itemWrite({ id, title: id })),
    NOW,
  )
  const count = async (table: string) => Number(await db.prepare(`SELECT COUNT(*) AS c FROM ${table}`).first('c'))
  return { db, count }
}

test('own words', async () => {
  const { db, count } = await shop()
  await db.prepare('DELETE FROM item_text').run()
  const places = await createTextIndexStore(db).places(SHOP, 0, 200)
  const rows = places.map(({ item, textHash }) => ({ item, textHash, title: item, body: LONG, segmented: LONG }))
  await createTextIndexStore(strict(db)).put(SHOP, rows)
  expect(await count('item_text')).toBe(100)
  expect(() => strict(db).prepare('SELECT ?1').bind(JSON.stringify(rows))).toThrow('too big')
})

test('what was understood', async () => {
  const { db, count } = await shop()
  await understand(
    db,
    SHOP,
    ids.map((item) => ({ item, understanding: { queries: ['x'] }, hash: 'h1' })),
  )
  const store = createFoundTextStore(strict(db))
  await store.put(
    SHOP,
    ids.map((item) => ({ item, hash: 'h1', found: LONG, segmented: LONG })),
  )
  expect([await count('found_text'), await count('item_found')]).toEqual([100, 100])
  expect(await store.due(SHOP, 200)).toEqual([])
})
