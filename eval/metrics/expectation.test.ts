import { expect, test } from 'vitest'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { auc, hitAt, ndcgAt, recallAt, reciprocalRank, tieGroups } from './expectation.ts'

const SEED = 20_261_121
const CUT = 3

/** A few items with few distinct scores, some of them unreturned, and one to three relevant ones. */
function drawn(rng: Rng) {
  const size = 3 + rng.int(4)
  const scores = Float64Array.from({ length: size }, () => (rng.next() < 0.3 ? Number.NEGATIVE_INFINITY : rng.int(3)))
  const pool = [...scores.keys()]
  const relevant = rng.shuffle(pool).slice(0, 1 + rng.int(3))
  return { scores, pool, gains: new Map(relevant.map((item) => [item, 1 + rng.int(3)])) }
}

/** Every order of the pool in which no item stands before one with a larger score. */
function ordersOf(pool: readonly number[], scores: Float64Array): number[][] {
  if (pool.length === 0) return [[]]
  const top = Math.max(...pool.map((item) => scores[item]!))
  return pool
    .filter((item) => scores[item] === top)
    .flatMap((first) => {
      const rest = pool.filter((item) => item !== first)
      return ordersOf(rest, scores).map((order) => [first, ...order])
    })
}

/** The measures of one definite order, each from its definition. */
function judge(order: readonly number[], gains: ReadonlyMap<number, number>) {
  const discount = (rank: number) => 1 / Math.log2(rank + 1)
  const ideal = [...gains.values()].sort((a, b) => b - a).slice(0, CUT)
  const best = ideal.reduce((sum, gain, at) => sum + gain * discount(at + 1), 0)
  const top = order.slice(0, CUT)
  const dcg = top.reduce((sum, item, at) => sum + (gains.get(item) ?? 0) * discount(at + 1), 0)
  const found = top.filter((item) => gains.has(item)).length
  const first = order.findIndex((item) => gains.has(item))
  return { ndcg: dcg / best, hit: found > 0 ? 1 : 0, recall: found / gains.size, mrr: 1 / (first + 1) }
}

const closed = (scores: Float64Array, pool: number[], gains: ReadonlyMap<number, number>) => {
  const groups = tieGroups(scores, pool, gains)
  const ideal = [...gains.values()]
  return {
    ndcg: ndcgAt(groups, ideal, CUT),
    hit: hitAt(groups, CUT),
    recall: recallAt(groups, ideal.length, CUT),
    mrr: reciprocalRank(groups),
  }
}

test(`closed forms are the mean over all orders of equals (seed ${SEED})`, () => {
  const rng = seededRng(SEED)
  for (let round = 0; round < 300; round++) {
    const { scores, pool, gains } = drawn(rng)
    const orders = ordersOf(pool, scores).map((order) => judge(order, gains))
    const told = closed(scores, pool, gains)
    for (const name of ['ndcg', 'hit', 'recall', 'mrr'] as const) {
      const mean = orders.reduce((sum, one) => sum + one[name], 0) / orders.length
      expect(told[name], `${name} of round ${round}`).toBeCloseTo(mean, 10)
    }
  }
})

test(`AUC is the share of pairs in order, ties half (seed ${SEED})`, () => {
  const rng = seededRng(SEED)
  for (let round = 0; round < 300; round++) {
    const { scores, pool, gains } = drawn(rng)
    const others = pool.filter((item) => !gains.has(item))
    let sum = 0
    for (const item of gains.keys())
      for (const other of others) sum += scores[item]! > scores[other]! ? 1 : scores[item] === scores[other] ? 0.5 : 0
    const told = auc(tieGroups(scores, pool, gains), pool.length)
    if (others.length === 0) expect(told).toBeNaN()
    else expect(told).toBeCloseTo(sum / (gains.size * others.length), 10)
  }
})

test('a ranker that says nothing gets what chance would give it', () => {
  const scores = new Float64Array(100).fill(Number.NEGATIVE_INFINITY)
  const groups = tieGroups(scores, [...scores.keys()], new Map([[42, 1]]))
  expect(hitAt(groups, 10)).toBeCloseTo(0.1, 10)
  expect(recallAt(groups, 1, 10)).toBeCloseTo(0.1, 10)
  expect(auc(groups, 100)).toBe(0.5)
})

test('breaking ties in favour of the relevant is noticed', () => {
  const rng = seededRng(SEED)
  let gained = 0
  for (let round = 0; round < 100; round++) {
    const { scores, pool, gains } = drawn(rng)
    const flattered = scores.map((score, item) => (gains.has(item) ? score + 0.5 : score))
    const honest = closed(scores, pool, gains)
    if (closed(flattered, pool, gains).ndcg > honest.ndcg + 1e-9) gained += 1
  }
  expect(gained).toBeGreaterThan(30)
})

test('targets that cannot be ranked count in the ideal', () => {
  const groups = tieGroups(Float64Array.of(3, 2, 1), [0, 1, 2], new Map([[0, 1]]))
  expect(ndcgAt(groups, [1], 10)).toBe(1)
  expect(ndcgAt(groups, [1, 1], 10)).toBeLessThan(1)
  expect(recallAt(groups, 2, 10)).toBe(0.5)
  // The ideal has no more places than the cut.
  expect(ndcgAt(groups, [1, 1, 1], 1)).toBe(1)
})
