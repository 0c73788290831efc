import { expect, test } from 'vitest'
import { scaled } from './meter.ts'
import { billOf, linesOf, roomOnFree, totalOf } from './money.ts'
import { PRICES, RESOURCES } from './prices.ts'

const COUNTS = {
  'workers.requests': 2_000_000,
  'kv.reads': 4_000_000,
  'kv.writes': 100_000,
  'd1.statements': 7,
  'tokens.shelf_rank.input': 3_000_000,
  'tokens.shelf_rank.output': 500_000,
  'tokens.embedding': 1_000_000,
}
const costOf = (counts: typeof COUNTS | Record<string, number>) => totalOf(linesOf(counts))

test('each resource costs its price, and what has none costs nothing', () => {
  const dollars = Object.fromEntries(linesOf(COUNTS).map((line) => [line.name, line.dollars]))
  expect(dollars).toMatchObject({ 'Workers requests': 0.6, 'KV reads': 2, 'KV writes': 0.5, 'D1 rows read': 0 })
  expect(dollars['shelf rank, input']).toBeCloseTo(0.45, 9)
  expect(dollars['shelf rank, output']).toBeCloseTo(0.3, 9)
  expect(dollars['embedding tokens']).toBeCloseTo(0.02, 9)
  expect(costOf(COUNTS)).toBeCloseTo(0.6 + 2 + 0.5 + 0.45 + 0.3 + 0.02, 9)
})

test('twice as much costs twice as much', () => {
  expect(costOf(scaled(COUNTS, 2))).toBeCloseTo(2 * costOf(COUNTS), 9)
  expect(costOf(scaled(COUNTS, 0))).toBe(0)
})

test('a bill has the subscription and what goes beyond it', () => {
  expect(billOf({}).dollars).toBe(PRICES.subscription)
  expect(billOf({ 'kv.writes': 1_000_000 }).dollars).toBe(PRICES.subscription)
  expect(billOf({ 'kv.writes': 3_000_000 }).dollars).toBeCloseTo(PRICES.subscription + 10, 9)
  expect(billOf({ 'tokens.embedding': 1_000_000 }).dollars).toBeCloseTo(PRICES.subscription + 0.02, 9)
})

test('the free plan ends where its first allowance does', () => {
  expect(roomOnFree({ 'workers.requests': 2, 'kv.reads': 1 }, {})).toEqual({
    ...{ resource: 'workers.requests', perDay: 50_000 },
  })
  // 500 writes a day of 1,000 are left.
  expect(roomOnFree({ 'workers.requests': 1, 'kv.writes': 0.1 }, { 'kv.writes': 15_000 })).toEqual({
    ...{ resource: 'kv.writes', perDay: 5_000 },
  })
  const none = roomOnFree({ 'workers.requests': 1 }, { 'kv.writes': 129_600 })
  expect(none.resource).toBe('kv.writes')
  expect(none.perDay).toBeLessThan(0)
})

test('every price says for how much it is', () => {
  for (const resource of RESOURCES) {
    const { dollars, per, included } = PRICES.resources[resource]
    expect([resource, dollars > 0, per > 0, included.amount > 0]).toEqual([resource, true, true, true])
  }
  expect(PRICES.asOf).toMatch(/^\d{4}-\d{2}$/)
})
