/** One suite for both: D1 over node:sqlite, and D1 of the real local runtime. */
import type { D1Database } from '@cloudflare/workers-types'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { errorOf } from '../testing/outcome.ts'
import { startStores } from '../testing/runtime.ts'
import { createSqliteD1 } from './sqlite_d1.ts'

const BACKENDS = [
  {
    name: 'node:sqlite',
    start: async () => {
      const db = createSqliteD1()
      return { db: db as D1Database, dispose: async () => db.close() }
    },
  },
  { name: 'workerd', start: startStores },
]

describe.each(BACKENDS)('D1 on $name', ({ start }) => {
  let db: D1Database
  let dispose: () => Promise<void>
  const one = (sql: string, ...values: unknown[]) =>
    db
      .prepare(sql)
      .bind(...values)
      .first()

  beforeAll(async () => {
    const started = await start()
    db = started.db
    dispose = started.dispose
  }, 30_000)
  afterAll(() => dispose())
  beforeEach(async () => {
    await db.exec('DROP TABLE IF EXISTS child;\nDROP TABLE IF EXISTS item;\nDROP TABLE IF EXISTS text_index')
    await db.exec(
      'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB, price REAL CHECK (price >= 0)) STRICT',
    )
    await db.exec('CREATE TABLE child (item INTEGER NOT NULL REFERENCES item(id)) STRICT')
  })

  test('run reports changes and the last row id', async () => {
    const { success, meta, results } = await db.prepare('INSERT INTO item (name) VALUES (?), (?)').bind('a', 'b').run()
    expect({ success, results }).toEqual({ success: true, results: [] })
    expect(meta).toMatchObject({ changes: 2, last_row_id: 2, changed_db: true, served_by_primary: true })
    expect(meta.duration).toBeTypeOf('number')
    const read = await db.prepare('SELECT * FROM item').run()
    expect(read.meta).toMatchObject({ changes: 0, changed_db: false })
    expect(read.results).toHaveLength(2)
  })

  test('all, first and raw shape rows alike', async () => {
    await db
      .prepare('INSERT INTO item (name, data, price) VALUES (?1, ?2, ?3)')
      .bind('a', new Uint8Array([1, 2]), 1.5)
      .run()
    const row = { id: 1, name: 'a', data: [1, 2], price: 1.5 }
    expect((await db.prepare('SELECT * FROM item').all()).results).toEqual([row])
    expect(await db.prepare('SELECT * FROM item').first()).toEqual(row)
    expect(await db.prepare('SELECT * FROM item').first('name')).toBe('a')
    expect(await db.prepare('SELECT * FROM item WHERE id = 9').first()).toBeNull()
    expect(await db.prepare('SELECT * FROM item WHERE id = 9').first('zz')).toBeNull()
    expect(await errorOf(() => db.prepare('SELECT * FROM item').first('zz'))).toBe(
      'D1_COLUMN_NOTFOUND: Column not found (zz)',
    )
    expect(await db.prepare('SELECT * FROM item').raw()).toEqual([[1, 'a', [1, 2], 1.5]])
    expect(await db.prepare('SELECT id, name FROM item WHERE id = 9').raw({ columnNames: true })).toEqual([
      ['id', 'name'],
    ])
    expect(await db.prepare('SELECT 1 AS a, 2 AS a').raw({ columnNames: true })).toEqual([
      ['a', 'a'],
      [1, 2],
    ])
    expect(await db.prepare('SELECT 1 AS a, 2 AS a').first()).toEqual({ a: 2 })
  })

  test.each([
    ['true', true, 1, 'real'],
    ['null', null, null, 'null'],
    ['a whole number', 5, 5, 'real'],
    ['NaN', Number.NaN, null, 'null'],
    ['text', 'x', 'x', 'text'],
    ['a buffer', new Uint8Array([9, 8]).buffer, [9, 8], 'blob'],
    ['a view into a buffer', new Uint8Array([9, 8, 7, 6]).subarray(1, 3), [8, 7], 'blob'],
    ['another typed array', new Float32Array([1]), [1], 'blob'],
    ['a list of bytes', [1, 255], [1, 255], 'blob'],
  ])('binds %s', async (_name, value, back, type) => {
    expect(await one('SELECT ?1 AS x, typeof(?1) AS type', value)).toEqual({ x: back, type })
  })

  test.each([
    ['undefined', undefined, 'undefined', 'undefined'],
    ['a bigint', 5n, 'bigint', '5'],
    ['an object', { a: 1 }, 'object', '[object Object]'],
    ['an array that is not bytes', [1, 300], 'object', '1,300'],
  ])('refuses to bind %s', async (_name, value, type, text) => {
    expect(await errorOf(() => one('SELECT ?', value))).toBe(
      `D1_TYPE_ERROR: Type '${type}' not supported for value '${text}'`,
    )
  })

  test('allows 100 bound parameters and no more', async () => {
    const values = (count: number) => Array.from({ length: count }, (_, i) => i)
    const list = (count: number) => Array(count).fill('?').join(',')
    expect(await one(`SELECT count(*) AS n FROM item WHERE id IN (${list(100)})`, ...values(100))).toEqual({ n: 0 })
    const sql = `SELECT count(*) AS n FROM item WHERE id IN (${list(101)})`
    const failed = one(sql, ...values(101))
    await expect(failed).rejects.toThrow(
      `D1_ERROR: too many SQL variables at offset ${sql.lastIndexOf('?')}: SQLITE_ERROR`,
    )
    expect(await errorOf(() => one('SELECT ?101', ...values(101)))).toBe(
      'D1_ERROR: variable number must be between ?1 and ?100: SQLITE_ERROR',
    )
  })

  test.each([
    ['too few values', 'SELECT ?1, ?2', [1]],
    ['too many values', 'SELECT ?1', [1, 2]],
    ['no values', 'SELECT ?', []],
  ])('refuses %s', async (_name, sql, values) => {
    expect(await errorOf(() => one(sql, ...values))).toBe('D1_ERROR: Wrong number of parameter bindings for SQL query.')
  })

  test('limits the text of a statement', async () => {
    expect(await one(`SELECT 1 AS x -- ${'x'.repeat(99_900)}`)).toEqual({ x: 1 })
    expect(await errorOf(() => one(`SELECT 1 -- ${'x'.repeat(100_000)}`))).toBe(
      'D1_ERROR: statement too long: SQLITE_TOOBIG',
    )
  })

  test.each([
    ['SELEC 1', 'near "SELEC": syntax error: SQLITE_ERROR'],
    ['', 'No SQL statements detected.'],
    ['-- only a comment', 'No SQL statements detected.'],
    ['SELECT 1; -- comment', 'SQL code did not contain a statement.'],
    ['SELECT * FROM nope', 'no such table: nope: SQLITE_ERROR'],
    ["ATTACH ':memory:' AS x", 'not authorized: SQLITE_AUTH'],
    ['PRAGMA journal_mode', 'not authorized: SQLITE_AUTH'],
    ['SELECT sqlite_version()', 'not authorized to use function: sqlite_version: SQLITE_ERROR'],
    [`SELECT 'a' LIKE '${'a'.repeat(51)}'`, 'LIKE or GLOB pattern too complex: SQLITE_ERROR'],
    [Array(6).fill('SELECT 1').join(' UNION ALL '), 'too many terms in compound SELECT: SQLITE_ERROR'],
    ["SELECT json('x')", 'malformed JSON: SQLITE_ERROR'],
    [
      'INSERT INTO child VALUES (9)',
      'FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)',
    ],
    [
      "INSERT INTO item (id) VALUES ('x')",
      'cannot store TEXT value in INTEGER column item.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_DATATYPE)',
    ],
  ])('refuses %s', async (sql, text) => {
    const message = await errorOf(() => db.prepare(sql).all())
    // A STRICT violation on the row id itself has two wordings in SQLite's history.
    if (sql.includes("'x')") && sql.startsWith('INSERT')) expect(message).toMatch(/^D1_ERROR: (cannot store|datatype)/)
    else expect(message).toBe(`D1_ERROR: ${text}`)
  })

  test('names constraints', async () => {
    await one("INSERT INTO item (id, name) VALUES (1, 'a')")
    const fail = (sql: string) => errorOf(() => db.prepare(sql).run())
    expect(await fail("INSERT INTO item (name) VALUES ('a')")).toBe(
      'D1_ERROR: UNIQUE constraint failed: item.name: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
    )
    expect(await fail('INSERT INTO item (id) VALUES (1)')).toBe(
      'D1_ERROR: UNIQUE constraint failed: item.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)',
    )
    expect(await fail('INSERT INTO child VALUES (NULL)')).toBe(
      'D1_ERROR: NOT NULL constraint failed: child.item: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)',
    )
    expect(await fail('INSERT INTO item (price) VALUES (-1)')).toBe(
      'D1_ERROR: CHECK constraint failed: price >= 0: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)',
    )
  })

  test('a batch is one transaction', async () => {
    const insert = db.prepare('INSERT INTO item (name) VALUES (?)')
    const [first, second] = await db.batch<{ n: number }>([
      insert.bind('a'),
      db.prepare('SELECT count(*) AS n FROM item'),
    ])
    expect(first?.meta.changes).toBe(1)
    expect(second?.results).toEqual([{ n: 1 }])
    expect(await errorOf(() => db.batch([insert.bind('b'), insert.bind('a')]))).toContain('UNIQUE constraint failed')
    expect(await one('SELECT count(*) AS n FROM item')).toEqual({ n: 1 })
    expect(await errorOf(() => db.batch([]))).toBe('D1_ERROR: No SQL statements detected.')
  })

  test('transactions are not open to SQL', async () => {
    expect(await errorOf(() => db.prepare('BEGIN').run())).toMatch(/^D1_ERROR: To execute a transaction, please use/)
    expect(await one('SELECT 1 AS x')).toEqual({ x: 1 })
  })

  test('exec runs line by line, as one transaction', async () => {
    expect(
      (await db.exec("INSERT INTO item (name) VALUES ('a');\n\n-- note\nINSERT INTO item (name) VALUES ('b');")).count,
    ).toBe(2)
    expect((await db.exec("INSERT INTO item (name) VALUES ('c'); INSERT INTO item (name) VALUES ('d')")).count).toBe(1)
    expect(await one('SELECT count(*) AS n FROM item')).toEqual({ n: 4 })
    expect(await errorOf(() => db.exec('INSERT INTO item (name)\nVALUES (1)'))).toBe(
      'D1_EXEC_ERROR: Error in line 1: INSERT INTO item (name): incomplete input: SQLITE_ERROR',
    )
    expect(await errorOf(() => db.exec("INSERT INTO item (name) VALUES ('e');\nbad"))).toContain(
      'near "bad": syntax error',
    )
    expect(await one('SELECT count(*) AS n FROM item')).toEqual({ n: 4 })
    expect(await errorOf(() => db.exec(''))).toBe('D1_EXEC_ERROR: Error in line 1: : No SQL statements detected.')
  })

  test('of several statements the last one answers', async () => {
    const { results } = await db.prepare("INSERT INTO item (name) VALUES ('a'); SELECT name FROM item").all()
    expect(results).toEqual([{ name: 'a' }])
  })

  test('returning, json_each and full text search', async () => {
    const returned = await db.prepare("INSERT INTO item (name) VALUES ('a') RETURNING id, name").all()
    expect(returned.results).toEqual([{ id: 1, name: 'a' }])
    expect(returned.meta.changes).toBe(1)
    const wrote = await db.prepare('INSERT INTO item (name) SELECT value FROM json_each(?)').bind('["x","y"]').run()
    expect(wrote.meta.changes).toBe(2)
    await db.exec('CREATE VIRTUAL TABLE text_index USING fts5(body)')
    await db.prepare("INSERT INTO text_index VALUES ('a red shoe'), ('a hat')").run()
    const found = await db
      .prepare(
        `SELECT word.key AS word, body, ln(2) AS ln FROM json_each(?) word CROSS JOIN text_index
         WHERE text_index MATCH 'body : ' || word.value ORDER BY word.key`,
      )
      .bind('["\\"red\\"","\\"hat\\""]')
      .all()
    expect(found.results).toEqual([
      { word: 0, body: 'a red shoe', ln: Math.LN2 },
      { word: 1, body: 'a hat', ln: Math.LN2 },
    ])
  })

  test('a table may change its columns between two runs of one text', async () => {
    await one("INSERT INTO item (name) VALUES ('a')")
    expect(Object.keys((await one('SELECT * FROM item'))!)).toEqual(['id', 'name', 'data', 'price'])
    await db.exec('ALTER TABLE item ADD COLUMN extra TEXT')
    expect(Object.keys((await one('SELECT * FROM item'))!)).toEqual(['id', 'name', 'data', 'price', 'extra'])
  })

  test('integers beyond 2^53 lose precision', async () => {
    expect(await one('SELECT 9007199254740993 AS x')).toEqual({ x: 9_007_199_254_740_992 })
  })

  test('a session has a bookmark once it was used', async () => {
    const session = db.withSession('first-primary')
    expect(session.getBookmark()).toBeNull()
    expect(await session.prepare('SELECT 1 AS x').first()).toEqual({ x: 1 })
    expect(await session.getBookmark()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/)
  })
})
