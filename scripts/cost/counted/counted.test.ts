/** A replay by hand: what was asked is written down beside what must have been counted. */
import type { D1Database } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { createMemoryKv } from '../../../workers/local/node/memory_kv.ts'
import { createMemoryQueue } from '../../../workers/local/node/memory_queue.ts'
import { createMemoryR2 } from '../../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../../workers/local/node/memory_vectorize.ts'
import { createSqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { createMeter } from '../meter.ts'
import { countedD1, type Transaction } from './d1.ts'
import { countedKv } from './kv.ts'
import { countDelivery, countedQueue } from './queue.ts'
import { countedR2 } from './r2.ts'
import { countedVectorize } from './vectorize.ts'

const clock = manualClock(1_767_225_600_000)

/** What was counted while something was done, CPU left out. */
async function countsOf(work: (meter: ReturnType<typeof createMeter>) => Promise<unknown>) {
  const meter = createMeter(() => 0)
  await meter.during('by hand', () => work(meter))
  const { 'workers.cpuMs': _, ...counts } = meter.counts('by hand')
  return counts
}

test('KV: each key of a bulk read is a read, whether it is there or not', async () => {
  const counts = await countsOf(async (meter) => {
    const kv = countedKv(createMemoryKv({ clock }), meter)
    await kv.put('a', '1')
    await kv.put('b', '{"x":2}', { expirationTtl: 60 })
    expect(await kv.get('a')).toBe('1')
    expect(await kv.get('nothing')).toBeNull()
    expect((await kv.get(['a', 'b', 'c'], 'text')).get('b')).toBe('{"x":2}')
    expect((await kv.getWithMetadata('b', 'json')).value).toEqual({ x: 2 })
    expect((await kv.list()).keys).toHaveLength(2)
    await kv.delete('a')
  })
  expect(counts).toEqual({ 'kv.writes': 2, 'kv.reads': 6, 'kv.lists': 1, 'kv.deletes': 1 })
})

test('D1: statements and the rows of their answers, in sessions and batches too', async () => {
  const transactions: Transaction[] = []
  const counts = await countsOf(async (meter) => {
    const db = countedD1('db', createSqliteD1() as D1Database, meter, (one) => transactions.push(one))
    await db.prepare('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)').run()
    await db.prepare('INSERT INTO t (name) VALUES (?1), (?2), (?3)').bind('a', 'b', 'c').run()
    expect(await db.prepare('SELECT name FROM t WHERE id = ?1').bind(2).first('name')).toBe('b')
    expect(await db.prepare('SELECT name FROM t WHERE id = 9').first()).toBeNull()
    const session = db.withSession('first-unconstrained')
    // Prepared by the database itself, as stores do.
    const all = db.prepare('SELECT * FROM t')
    const [first, second] = await session.batch([all, db.prepare('UPDATE t SET name = ?1').bind('x')])
    expect([first!.results.length, second!.meta.changes]).toEqual([3, 3])
    await expect(db.prepare('SELECT absent FROM t').all()).rejects.toThrow(/no such column/)
    await expect(db.prepare('SELECT 1 AS one').first('two')).rejects.toThrow(/COLUMN_NOTFOUND/)
    expect(session.getBookmark()).not.toBeNull()
  })
  // 3 written, 1 read, none, 3 read and 3 written, and the row of the column that is not there.
  expect(counts).toEqual({ 'd1.statements': 7, 'd1.rowsRead': 5, 'd1.rowsWritten': 6 })
  expect(transactions.map(({ queries }) => queries.length)).toEqual([1, 1, 1, 1, 2, 1])
  expect(transactions[4]).toMatchObject({ account: 'by hand', database: 'db' })
})

test('R2: puts and lists, gets and heads, and the bytes that stay', async () => {
  const counts = await countsOf(async (meter) => {
    const bucket = countedR2(createMemoryR2({ clock }), meter)
    await bucket.put('a', 'hello')
    await bucket.put('b', 'hello world')
    await bucket.put('a', 'hi')
    expect(await (await bucket.get('a'))!.text()).toBe('hi')
    expect(await bucket.get('c')).toBeNull()
    expect(await bucket.head('b')).not.toBeNull()
    expect((await bucket.list()).objects).toHaveLength(2)
    await bucket.delete(['b', 'c'])
  })
  expect(counts).toEqual({ 'r2.classA': 4, 'r2.classB': 3, 'r2.storedBytes': 2 })
})

test('Vectorize: dimensions asked with, fetched and kept', async () => {
  const dimensions = 32
  const vector = (at: number) => Array.from({ length: dimensions }, (_, place) => Number(place === at))
  const counts = await countsOf(async (meter) => {
    const index = countedVectorize(createMemoryVectorize({ clock, dimensions }), dimensions, meter)
    await index.upsert([0, 1, 2].map((at) => ({ id: `v${at}`, values: vector(at) })))
    await index.upsert([{ id: 'v0', values: vector(3) }])
    clock.advance(5_000)
    expect((await index.query(vector(1), { topK: 1 })).matches[0]!.id).toBe('v1')
    await index.queryById('v2', { topK: 1 })
    expect(await index.getByIds(['v0', 'v1'])).toHaveLength(2)
    await index.describe()
    await index.deleteByIds(['v0', 'unknown'])
  })
  expect(counts).toEqual({
    'vectorize.queriedDimensions': 2 * dimensions,
    'vectorize.fetchedDimensions': 2 * dimensions,
    'vectorize.storedDimensions': 2 * dimensions,
  })
})

test('Queues: every 64 KB written, read and deleted', async () => {
  const counts = await countsOf(async (meter) => {
    const queue = createMemoryQueue({ clock, name: 'q', batchSize: 2 })
    const producer = countedQueue(queue, meter)
    await producer.send({ small: 1 })
    await producer.send('x'.repeat(100_000))
    await producer.sendBatch([{ body: 1 }, { body: 2 }])
    const { batches } = await queue.pump((batch) => countDelivery(batch, meter))
    expect(batches).toBe(2)
  })
  // Written: 1, 2, 1 and 1. Read and deleted: as much again, twice.
  expect(counts).toEqual({ 'queues.operations': 15 })
})
