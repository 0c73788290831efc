import type { D1Database } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { createSqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import { CALM, createInterleaving, Gate, gatedD1, type Running, type Weather } from './steps.ts'

const gateOf = (weather: Weather = CALM) => new Gate(seededRng(1), () => weather)

async function counter(): Promise<D1Database> {
  const db = createSqliteD1()
  await db.prepare('CREATE TABLE marks (mark TEXT)').run()
  return db
}
const mark = (db: D1Database, text: string) => db.prepare('INSERT INTO marks VALUES (?1)').bind(text).run()
const marks = async (db: D1Database) =>
  (await db.prepare('SELECT mark FROM marks ORDER BY rowid').all<{ mark: string }>()).results.map((row) => row.mark)

test('a crash stops an isolate before or after the work of its step, for good', async () => {
  for (const [after, expected] of [
    [false, ['first']],
    [true, ['first', 'second']],
  ] as const) {
    const db = await counter()
    const gate = gateOf()
    const own = gatedD1(db, gate)
    const died = gate.begin({ step: 1, after })
    let isDone = false
    const work = (async () => {
      await mark(own, 'first')
      await mark(own, 'second')
      await mark(own, 'third')
      isDone = true
    })()
    await Promise.race([work, died])
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(gate.dead).toBe(true)
    expect(isDone).toBe(false)
    expect(await marks(db)).toEqual(expected)
  }
})

test('a call fails before its work or after it, and a batch is one call', async () => {
  const db = await counter()
  const before = gatedD1(db, gateOf({ ...CALM, errorBefore: 1 }))
  await expect(before.batch([before.prepare("INSERT INTO marks VALUES ('a')")])).rejects.toThrow('D1_ERROR')
  expect(await marks(db)).toEqual([])
  const after = gatedD1(db, gateOf({ ...CALM, errorAfter: 1 }))
  const both = ['b', 'c'].map((text) => after.prepare('INSERT INTO marks VALUES (?1)').bind(text))
  await expect(after.batch(both)).rejects.toThrow('D1_ERROR')
  expect(await marks(db)).toEqual(['b', 'c'])
})

test('isolates that run at once take turns in an order that the seed alone decides', async () => {
  const orderOf = async (seed: number) => {
    const db = await counter()
    const interleaving = createInterleaving(seededRng(seed))
    const running = ['x', 'y', 'z'].map((name): Running => {
      const gate = gateOf()
      gate.scheduler = interleaving.scheduler
      const own = gatedD1(db, gate)
      const work = async () => {
        for (let n = 0; n < 4; n++) {
          // A thread of its own, whose end nobody can foresee.
          await crypto.subtle.digest('SHA-256', new Uint8Array(n * 1_000))
          await mark(own, `${name}${n}`)
        }
      }
      return { gate, done: work() }
    })
    await interleaving.run(running)
    return marks(db)
  }
  const orders = await Promise.all([1, 1, 2, 3].map(orderOf))
  expect(orders[0]).toEqual(orders[1])
  expect(new Set(orders.map((order) => order.join(' '))).size).toBe(3)
  for (const order of orders) expect(order.filter((name) => name.startsWith('x'))).toEqual(['x0', 'x1', 'x2', 'x3'])
})
