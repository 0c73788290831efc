import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { D1Database } from '@cloudflare/workers-types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startStores } from '../testing/runtime.ts'
import { applyMigrations } from './migrations.ts'
import { createSqliteD1 } from './sqlite_d1.ts'

const FIRST = `-- Why: items; and a log.
CREATE TABLE item (
  id INTEGER PRIMARY KEY, -- a comment; inside
  name TEXT NOT NULL DEFAULT 'a;b'
) STRICT;
CREATE TABLE log (line TEXT) STRICT;`
const SECOND = `CREATE TRIGGER item_log AFTER INSERT ON item BEGIN
  INSERT INTO log VALUES (CASE WHEN new.id > 1 THEN 'more;' ELSE 'first;' END);
END;
INSERT INTO item DEFAULT VALUES;`

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'migrations-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

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

describe.each(BACKENDS)('migrations on $name', ({ start }) => {
  test('applies every file in the order of names', async () => {
    await writeFile(join(dir, '0002_second.sql'), SECOND)
    await writeFile(join(dir, '0001_first.sql'), FIRST)
    await writeFile(join(dir, '0003_empty.sql'), '-- nothing yet\n')
    await writeFile(join(dir, 'notes.txt'), 'not SQL')
    const { db, dispose } = await start()
    expect(await applyMigrations(db, dir)).toEqual(['0001_first.sql', '0002_second.sql', '0003_empty.sql'])
    expect(await db.prepare('SELECT name, line FROM item, log').first()).toEqual({ name: 'a;b', line: 'first;' })
    await dispose()
  }, 30_000)

  test('a failing file is named and leaves nothing', async () => {
    await writeFile(join(dir, '0001_bad.sql'), 'CREATE TABLE a (x);\nCREATE TABLE a (x);')
    const { db, dispose } = await start()
    await expect(applyMigrations(db, dir)).rejects.toThrow(
      'Migration 0001_bad.sql failed: D1_ERROR: table a already exists',
    )
    expect(await db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'a'").first('n')).toBe(0)
    await dispose()
  }, 30_000)
})

test('a database in a file keeps its rows', async () => {
  const path = join(dir, 'data.sqlite')
  const first = createSqliteD1({ path })
  await first.exec('CREATE TABLE a (x)\nINSERT INTO a VALUES (1)'.replace('\n', ';\n'))
  first.close()
  const second = createSqliteD1({ path })
  expect(await second.prepare('SELECT x FROM a').first('x')).toBe(1)
  second.close()
})
