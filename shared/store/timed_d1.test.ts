import type { D1Database } from '@cloudflare/workers-types'
import { beforeEach, expect, test } from 'vitest'
import { type Fault, faulty } from '../../workers/local/node/faulty.ts'
import { createSqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import { manualClock } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import { D1Silent, timedD1 } from './timed_d1.ts'

const LIMIT_MS = 20
let clock: ReturnType<typeof manualClock>
let fault: Fault
let calls: number
let db: D1Database

beforeEach(async () => {
  clock = manualClock(0)
  fault = { mode: 'ok' }
  calls = 0
  const inner = createSqliteD1()
  await inner.exec('CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT')
  const plan = { rng: seededRng(1), rules: () => [{ fault, probability: 1 }], onCall: () => void calls++ }
  db = timedD1(faulty(inner as D1Database, plan), LIMIT_MS, clock)
})

test('what answers is as it was: statements, batches, sessions', async () => {
  await db.prepare('INSERT INTO t VALUES (?1)').bind(1).run()
  await db.batch([db.prepare('INSERT INTO t VALUES (?1)').bind(2), db.prepare('INSERT INTO t VALUES (3)')])
  expect((await db.prepare('SELECT x FROM t').all()).results).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }])
  expect(await db.prepare('SELECT x FROM t').first('x')).toBe(1)
  expect(await db.prepare('SELECT x FROM t WHERE x = 9').first()).toBeNull()
  expect(await db.prepare('SELECT x FROM t WHERE x = 3').raw()).toEqual([[3]])
  const session = db.withSession('first-unconstrained')
  expect(session.getBookmark()).toBeNull()
  expect((await session.batch([session.prepare('SELECT x FROM t WHERE x = 2')]))[0]!.results).toEqual([{ x: 2 }])
})

test('silence is an error in time, in the words of D1', async () => {
  fault = { mode: 'hang' }
  await expect(db.prepare('SELECT 1').all()).rejects.toThrow(D1Silent)
  await expect(db.batch([db.prepare('SELECT 1')])).rejects.toThrow(/^D1_ERROR: no answer within 20 ms$/)
  await expect(db.withSession('first-primary').prepare('SELECT 1').first()).rejects.toThrow(D1Silent)
})

test('after five silences it is left alone but for one call in five seconds', async () => {
  fault = { mode: 'hang' }
  const ask = () =>
    db
      .prepare('SELECT 1')
      .all()
      .then(
        () => 'answered',
        () => 'silent',
      )
  for (let n = 0; n < 30; n++) expect(await ask()).toBe('silent')
  expect(calls).toBe(5)
  fault = { mode: 'ok' }
  expect(await ask()).toBe('silent')
  clock.advance(5_000)
  expect([await ask(), await ask()]).toEqual(['answered', 'answered'])
  expect(calls).toBe(7)
})

test('an error that D1 tells is passed on, and no silence', async () => {
  for (let n = 0; n < 10; n++) await expect(db.prepare('SELECT no').all()).rejects.toThrow('no such column')
  expect(calls).toBe(10)
})

test('negative control: without a limit nothing comes', async () => {
  const plan = { rng: seededRng(1), rules: [{ fault: { mode: 'hang' } as const, probability: 1 }] }
  const bare = faulty(createSqliteD1() as D1Database, plan)
  const waited = new Promise((resolve) => setTimeout(() => resolve('nothing'), 3 * LIMIT_MS))
  expect(await Promise.race([bare.prepare('SELECT 1').all(), waited])).toBe('nothing')
})
