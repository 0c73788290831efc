import { expect, test } from 'vitest'
import type { Transaction } from './counted/d1.ts'
import { rowsOnWorkerd } from './rows_on_workerd.ts'

test('rows are those that were scanned and written, by account', async () => {
  const of = (account: string, ...sql: Array<[string, ...unknown[]]>): Transaction => ({
    ...{ account, database: 'live' },
    queries: sql.map(([text, ...params]) => ({ sql: text, params })),
  })
  const rows = await rowsOnWorkerd([
    of('made', ['CREATE TABLE own (id INTEGER PRIMARY KEY, name TEXT, data BLOB)']),
    of('written', [
      'INSERT INTO own (name, data) VALUES (?1, ?2), (?3, NULL), (?4, NULL)',
      'a',
      Uint8Array.of(1),
      'b',
      'c',
    ]),
    of('scanned', ["SELECT id FROM own WHERE name = 'b'"], ['SELECT id FROM own WHERE id = ?1', 2]),
  ])
  expect(rows.get('written')).toMatchObject({ written: 3 })
  // Three to find one by its name, one by its key.
  expect(rows.get('scanned')).toEqual({ read: 4, written: 0 })
})
