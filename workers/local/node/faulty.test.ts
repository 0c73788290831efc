import { expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { type Fault, type FaultRule, faulty } from './faulty.ts'
import { createSqliteD1 } from './sqlite_d1.ts'

const plan = (rules: FaultRule[], seed = 1) => ({ rng: seededRng(seed), rules })
const counter = () => {
  let n = 0
  return { add: async () => ++n, peek: () => n }
}

test('without rules nothing changes', async () => {
  const target = faulty(counter(), plan([]))
  expect(await target.add()).toBe(1)
})

test('an error before the work leaves no effect, after it the answer is lost', async () => {
  const inner = counter()
  const before = faulty(inner, plan([{ fault: { mode: 'error', message: 'reset' }, probability: 1 }]))
  await expect(before.add()).rejects.toThrow('reset')
  expect(inner.peek()).toBe(0)
  const after = faulty(inner, plan([{ fault: { mode: 'error', message: 'lost', after: true }, probability: 1 }]))
  await expect(after.add()).rejects.toThrow('lost')
  expect(inner.peek()).toBe(1)
})

test('slow waits on the given sleep, hang never answers', async () => {
  const slept: number[] = []
  const sleep = async (ms: number) => void slept.push(ms)
  const slow = faulty(counter(), { ...plan([{ fault: { mode: 'slow', ms: 250 }, probability: 1 }]), sleep })
  expect(await slow.add()).toBe(1)
  expect(slept).toEqual([250])
  const inner = counter()
  const hanging = faulty(inner, plan([{ fault: { mode: 'hang' }, probability: 1 }]))
  const winner = await Promise.race([
    hanging.add(),
    new Promise((resolve) => setImmediate(() => resolve('still waiting'))),
  ])
  expect([winner, inner.peek()]).toEqual(['still waiting', 0])
})

test('rules choose by method, by call and by chance, and equal seeds repeat', async () => {
  const error: Fault = { mode: 'error', message: 'no' }
  const run = async (seed: number) => {
    const seen: string[] = []
    const target = faulty(counter(), {
      ...plan([{ fault: error, probability: 0.3, methods: ['add'], from: 5, until: 105 }], seed),
      onFault: (method) => seen.push(method),
    })
    const outcomes: boolean[] = []
    for (let i = 0; i < 110; i++)
      outcomes.push(
        await target.add().then(
          () => true,
          () => false,
        ),
      )
    return { outcomes, seen }
  }
  const { outcomes, seen } = await run(7)
  expect(outcomes.slice(0, 5).concat(outcomes.slice(105))).not.toContain(false)
  expect(seen.length).toBeGreaterThan(15)
  expect(seen.length).toBeLessThan(45)
  expect((await run(7)).outcomes).toEqual(outcomes)
  expect((await run(8)).outcomes).not.toEqual(outcomes)
})

test('statements and sessions are wrapped, and batch still knows its statements', async () => {
  const db = createSqliteD1()
  await db.exec('CREATE TABLE a (x)')
  const rules = (methods: string[]): FaultRule[] => [
    { fault: { mode: 'error', message: 'cut' }, probability: 1, methods },
  ]
  const broken = faulty(db, plan(rules(['all', 'batch'])))
  await expect(broken.prepare('SELECT ?').bind(1).all()).rejects.toThrow('cut')
  await expect(broken.withSession().prepare('SELECT 1').all()).rejects.toThrow('cut')
  await expect(broken.batch([broken.prepare('SELECT 1')])).rejects.toThrow('cut')
  expect(await broken.prepare('SELECT ? AS x').bind(1).first('x')).toBe(1)
  const whole = faulty(db, plan([]))
  expect(await whole.batch([whole.prepare('INSERT INTO a VALUES (?)').bind(1)])).toHaveLength(1)
  const session = whole.withSession()
  expect(session.getBookmark()).toBeNull()
  expect(await session.prepare('SELECT x FROM a').first('x')).toBe(1)
})
