import type { D1Database } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { createCatalogue, createOperations, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { splitStatements } from '../../workers/local/node/sql_scan.ts'
import { startStores } from '../../workers/local/testing/runtime.ts'
import { fencedD1, isLeaseLost, raiseFence } from './fenced.ts'
import { createJobStore } from './operations/jobs.ts'
import { createLeaseStore, type Lease } from './operations/leases.ts'

const lease = (fence: number, name = 'work'): Lease => ({ name, holder: `h${fence}`, fence, stolen: false })
const count = (db: D1Database) => db.prepare('SELECT COUNT(*) AS jobs FROM jobs').first<number>('jobs')
const INSERT = `INSERT INTO jobs (shop, job, state) VALUES ('s', ?1, 'idle')`

test.each<[string, (db: D1Database) => Promise<unknown>]>([
  ['run', (db) => db.prepare(INSERT).bind('late').run()],
  ['all', (db) => db.prepare(`${INSERT} RETURNING job`).bind('late').all()],
  ['first', (db) => db.prepare(`${INSERT} RETURNING job`).bind('late').first('job')],
  ['batch', (db) => db.batch([db.prepare('SELECT 1'), db.prepare(INSERT).bind('late')])],
])('a late write by %s of a holder that lost its lease is refused as a whole', async (_way, write) => {
  const db = await createOperations()
  const first = fencedD1(db, lease(1))
  await write(first)
  expect(await count(db)).toBe(1)
  await fencedD1(db, lease(2)).prepare(INSERT).bind('successor').run()
  const refused = await write(first).then(
    () => null,
    (error: unknown) => error,
  )
  expect(isLeaseLost(refused)).toBe(true)
  expect(await count(db)).toBe(2)
})

test('control: without the fence the late write goes through', async () => {
  const db = await createOperations()
  await fencedD1(db, lease(2)).prepare(INSERT).bind('successor').run()
  await db.prepare(INSERT).bind('late').run()
  expect(await count(db)).toBe(2)
})

test('reads pass, answers keep their form, and other leases do not meet', async () => {
  const db = await createOperations()
  const held = fencedD1(db, lease(3))
  expect(await held.prepare(`${INSERT} RETURNING job`).bind('a').first('job')).toBe('a')
  expect((await held.prepare(INSERT).bind('b').run()).meta.changes).toBe(1)
  const [rows, made] = await held.batch([
    held.prepare('SELECT COUNT(*) AS jobs FROM jobs'),
    held.prepare(INSERT).bind('c'),
  ])
  expect([rows!.results, made!.meta.changes]).toEqual([[{ jobs: 2 }], 1])
  expect(await fencedD1(db, lease(1)).prepare('SELECT COUNT(*) AS jobs FROM jobs').first('jobs')).toBe(3)
  await fencedD1(db, lease(1, 'other')).prepare(INSERT).bind('d').run()
  expect(await count(db)).toBe(4)
})

test('raising the fence is enough: the former holder writes no more, though nobody has written since', async () => {
  const db = await createOperations()
  const late = fencedD1(db, lease(1))
  await raiseFence(db, lease(2))
  await expect(late.prepare(INSERT).bind('x').run()).rejects.toThrow('lease_lost')
})

test('the stores work through it, sessions too', async () => {
  const jobs = createJobStore(fencedD1(await createOperations(), lease(1)))
  await jobs.started(SHOP, 'learn', 5, NOW)
  expect(await jobs.get(SHOP, 'learn')).toMatchObject({ state: 'running', total: 5 })
  const catalogue = fencedD1(await createCatalogue(), lease(1))
  const session = catalogue.withSession('first-unconstrained')
  expect((await session.batch([session.prepare('SELECT shop FROM shops')]))[0]!.results).toHaveLength(2)
})

test('a lease that ran out is known as stolen, one that was handed back is not', async () => {
  const leases = createLeaseStore(await createOperations())
  const first = await leases.take('w', 'a', NOW, 100)
  const second = await leases.take('w', 'b', NOW + 100, 100)
  await leases.release(second!)
  const third = await leases.take('w', 'c', NOW + 101, 100)
  expect([first!.stolen, second!.stolen, third!.stolen]).toEqual([false, true, false])
})

test('the runtime refuses in the same words', async () => {
  const { db, dispose } = await startStores()
  const sql = `CREATE TABLE fences (name TEXT PRIMARY KEY, fence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TRIGGER fences_only_rise BEFORE UPDATE ON fences WHEN NEW.fence < OLD.fence BEGIN SELECT RAISE(ABORT, 'lease_lost'); END;
    CREATE TABLE jobs (shop TEXT, job TEXT, state TEXT) STRICT`
  await db.batch(splitStatements(sql).map((one) => db.prepare(one)))
  await fencedD1(db, lease(2)).prepare(INSERT).bind('a').run()
  await fencedD1(db, lease(2)).prepare(INSERT).bind('b').run()
  const refused = await fencedD1(db, lease(1))
    .prepare(INSERT)
    .bind('late')
    .run()
    .catch((error: unknown) => error)
  expect([isLeaseLost(refused), await count(db)]).toEqual([true, 2])
  await dispose()
}, 30_000)
