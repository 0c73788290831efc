import { expect, test } from 'vitest'
import { hash32 } from '../../base/hash.ts'
import { type Rng, seededRng } from '../../base/rng.ts'
import type { LinearOrder } from '../../domain/ranker.ts'
import { DEFAULT_ORDERS } from '../../rank/defaults.ts'
import { FEATURE_NAMES } from '../../rank/features.ts'
import { columnsOf, type FittedOrder, fitOrder, meanNdcg } from './fit_order.ts'
import type { TaskList } from './lists.ts'

const ROWS = 40
const TASTE = FEATURE_NAMES.indexOf('taste_rank')
const TREND = FEATURE_NAMES.indexOf('wanted_7d')
const SHIPPED = DEFAULT_ORDERS.home

function fitted(lists: readonly TaskList[], shipped: LinearOrder = SHIPPED): FittedOrder {
  const steps = fitOrder(lists, shipped)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Lists of shoppers who want what `log odds` say, among items whose taste and trend are drawn at random. */
function planted(rng: Rng, shoppers: number, odds: (taste: number, trend: number, shopper: string) => number) {
  return Array.from({ length: shoppers }, (_, at): TaskList => {
    const shopper = `${rng.int(2 ** 31)} ${at}`
    const values = new Float32Array(ROWS * FEATURE_NAMES.length)
    const chances = Array.from({ length: ROWS }, (_, row) => {
      const taste = -Math.log1p(row)
      const trend = rng.next() * 4 - 2
      values[row * FEATURE_NAMES.length + TASTE] = taste
      values[row * FEATURE_NAMES.length + TREND] = trend
      return Math.exp(odds(taste, trend, shopper))
    })
    const wanted = new Uint8Array(ROWS)
    for (let pick = 0; pick < 2; pick++) {
      let left = rng.next() * chances.reduce((sum, one) => sum + one, 0)
      const row = chances.findIndex((chance) => {
        left -= chance
        return left < 0
      })
      wanted[Math.max(0, row)] = 1
    }
    return { shopper, values, wanted, stands: new Float32Array(ROWS).fill(1) }
  })
}

const BY_TREND = (taste: number, trend: number) => 0.5 * taste + 1.5 * trend

test('where trends matter the learned order says so, and serves shoppers that it has never seen', () => {
  const { order, report } = fitted(planted(seededRng(1), 400, BY_TREND))
  expect(report).toMatchObject({ lists: 400, kept: true })
  expect(report.ndcg).toBeGreaterThan(report.shipped + 0.1)
  const [, deviation, weight] = order!.wanted_7d!
  expect(weight / deviation).toBeGreaterThan(1)
  const others = planted(seededRng(2), 400, BY_TREND)
  expect(meanNdcg(others, order!)).toBeGreaterThan(meanNdcg(others, SHIPPED) + 0.1)
})

/** The same rows, wanted by lot. */
const shuffled = (rng: Rng, lists: readonly TaskList[]) =>
  lists.map((list) => ({ ...list, wanted: Uint8Array.from(rng.shuffle([...list.wanted])) }))

test('negative control: where wishes are drawn by lot nothing is gained on shoppers that were not seen', () => {
  for (const seed of [3, 4, 5]) {
    const rng = seededRng(seed)
    const { order } = fitted(shuffled(rng, planted(rng, 400, BY_TREND)))
    const others = shuffled(rng, planted(rng, 1_000, BY_TREND))
    const gain = order === null ? 0 : meanNdcg(others, order) - meanNdcg(others, SHIPPED)
    expect(gain, `seed ${seed}`).toBeLessThan(0.03)
  }
})

test('what is worse for the shoppers that judge is not kept', () => {
  // What most of the others want is what those who judge do not.
  const sign = (shopper: string) => ((hash32(shopper) % 5) % 2 === 0 ? 3 : -3)
  const { order, report } = fitted(planted(seededRng(6), 400, (taste, trend, shopper) => taste + sign(shopper) * trend))
  expect(order).toBeNull()
  expect([report.kept, report.ndcg < report.shipped, report.judged > 40]).toEqual([false, true, true])
})

test('nothing is ever kept that judged worse, and what is kept is worth what is told', () => {
  for (let seed = 10; seed < 22; seed++) {
    const strength = seededRng(seed).next()
    const lists = planted(seededRng(seed), 110, (taste, trend) => taste + strength * trend)
    const { order, report } = fitted(lists)
    expect([report.kept, order === null], `seed ${seed}`).toEqual([report.ndcg >= report.shipped, !report.kept])
    expect(report.shipped).toBeCloseTo(meanNdcg(lists, SHIPPED), 12)
    expect(report.judged).toBe(lists.length)
  }
})

test('few lists say too little of a shop', () => {
  const { order, report } = fitted(planted(seededRng(7), 60, BY_TREND))
  expect([order, report.lists, report.kept, report.ndcg]).toEqual([null, 60, false, 0])
  expect(fitted([]).report).toEqual({ lists: 0, judged: 0, ndcg: 0, shipped: 0, kept: false })
})

test('features that no list tells keep the shipped weight; those that a list tells are all there', () => {
  const { order } = fitted(planted(seededRng(8), 200, BY_TREND))
  expect(order!.title_best).toEqual(SHIPPED.title_best)
  expect(order!.query_any).toBeUndefined()
  expect(Object.keys(order!).sort()).toEqual([...new Set([...Object.keys(SHIPPED), 'wanted_7d'])].sort())
})

test('the same lists give the same order; other orders of lists nearly so', () => {
  const lists = planted(seededRng(9), 200, BY_TREND)
  const { order } = fitted(lists)
  expect(fitted(lists).order).toEqual(order)
  const turned = fitted([...lists].reverse()).order!
  expect(turned.wanted_7d![2]).toBeCloseTo(order!.wanted_7d![2], 3)
})

test('NDCG@10 by hand: two wanted, on the first and the third place', () => {
  const list = planted(seededRng(1), 1, BY_TREND)[0]!
  const wanted = new Uint8Array(ROWS)
  wanted[0] = 1
  wanted[2] = 1
  const order: LinearOrder = { taste_rank: [-2, 1, 1] }
  expect(meanNdcg([{ ...list, wanted }], order)).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3)), 12)
  const last = new Uint8Array(ROWS)
  last[10] = 1
  expect(meanNdcg([{ ...list, wanted: last }], order)).toBe(0)
  expect(meanNdcg([], order)).toBe(0)
})

test('NDCG@10 by hand: a row that stands for others pushes those below it as far as they would', () => {
  const list = planted(seededRng(1), 1, BY_TREND)[0]!
  const wanted = new Uint8Array(ROWS)
  wanted[1] = 1
  const order: LinearOrder = { taste_rank: [-2, 1, 1] }
  const first = (stands: number) => ({
    ...list,
    wanted,
    stands: list.stands.map((one, row) => (row === 0 ? stands : one)),
  })
  expect(meanNdcg([first(1)], order)).toBeCloseTo(1 / Math.log2(3), 12)
  expect(meanNdcg([first(4)], order)).toBeCloseTo(1 / Math.log2(6), 12)
  expect(meanNdcg([first(10)], order)).toBe(0)
})

test('columns hold the lists one after the other', () => {
  const lists = planted(seededRng(2), 3, BY_TREND)
  const { start, values, wanted, width, stands } = columnsOf(
    lists.map((list, at) => ({ ...list, stands: list.stands.fill(at + 1) })),
  )
  expect([...stands]).toEqual([1, 2, 3].flatMap((one) => Array(ROWS).fill(one)))
  expect([[...start], width, values.length]).toEqual([
    [0, ROWS, 2 * ROWS, 3 * ROWS],
    FEATURE_NAMES.length,
    3 * ROWS * width,
  ])
  expect([...wanted.subarray(ROWS, 2 * ROWS)]).toEqual([...lists[1]!.wanted])
  expect(values.subarray(ROWS * width, 2 * ROWS * width)).toEqual(lists[1]!.values)
})
