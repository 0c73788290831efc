import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { DAY_MS } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import { PURPOSES } from '../domain/ranker.ts'
import { SOURCES } from '../domain/recommendation.ts'
import { Candidate } from '../recall/candidates.ts'
import { ownership } from '../recall/owned.ts'
import { DEFAULT_ORDERS, orderFor, rankerVersion } from './defaults.ts'
import { FEATURE_NAMES, FEATURES, type FeatureInput, featuresOf } from './features.ts'
import { bestIds, CLIP, scoreCandidates } from './order.ts'

const SEED = 20_261_132

const signals = fc.record({
  taste: fc.integer({ min: -50, max: 5_000 }),
  next: fc.integer({ min: -50, max: 5_000 }),
  cartTogether: fc.integer({ min: 0, max: 5_000 }),
  similarPast: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.double({ min: 0, max: 30, noNaN: true }),
  trending: fc.double({ min: 0, max: 1, noNaN: true }),
})
const pools = fc
  .array(signals, { minLength: 1, maxLength: 15 })
  .map((list) => list.map((own, index) => Object.assign(new Candidate(`i${index}`), own)))

const inputOf = (pool: readonly Candidate[], over: Partial<FeatureInput> = {}): FeatureInput => ({
  candidates: pool,
  pool,
  cards: null,
  context: new Map(),
  anchors: [],
  stats: null,
  scene: null,
  owned: ownership([], null),
  query: null,
  atMs: NOW,
  ...over,
})
const purposes = fc.constantFrom(...PURPOSES)

test('every shipped order names features that there are', () => {
  for (const order of Object.values(DEFAULT_ORDERS))
    for (const name of Object.keys(order)) expect(FEATURE_NAMES, name).toContain(name)
  expect(new Set(FEATURE_NAMES).size).toBe(FEATURE_NAMES.length)
  for (const { source } of FEATURES) expect(SOURCES).toContain(source)
})

test('the order depends neither on who answered first nor on the order of the pool', () => {
  fc.assert(
    fc.property(pools, fc.integer(), purposes, (pool, seed, purpose) => {
      const view = (list: readonly Candidate[]) =>
        scoreCandidates(inputOf(list), DEFAULT_ORDERS[purpose]).map((own) => [own.candidate.id, own.score.toFixed(12)])
      expect(view(seededRng(seed).shuffle(pool))).toEqual(view(pool))
    }),
    { seed: SEED, numRuns: 1_000 },
  )
})

test('the best has the score 1, no other more, and the ids alone come in the same order', () => {
  fc.assert(
    fc.property(pools, purposes, (pool, purpose) => {
      const scored = scoreCandidates(inputOf(pool), DEFAULT_ORDERS[purpose])
      expect(scored[0]!.score).toBe(1)
      for (const [at, { score }] of scored.entries()) {
        expect(score).toBeGreaterThan(0)
        if (at > 0) expect(score).toBeLessThanOrEqual(scored[at - 1]!.score)
      }
      expect(bestIds(inputOf(pool), DEFAULT_ORDERS[purpose])).toEqual(scored.map((own) => own.candidate.id))
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('the ratio of two scores is the odds that their features give', () => {
  const pool = [Object.assign(new Candidate('a'), { text: 10 }), Object.assign(new Candidate('b'), { text: 5 })]
  const [first, second] = scoreCandidates(inputOf(pool, { query: 'x' }), { text_share: [0, 1, 3] })
  expect([first!.candidate.id, second!.candidate.id]).toEqual(['a', 'b'])
  expect(second!.score).toBeCloseTo(Math.exp(3 * (0.5 - 1)), 10)
})

test('shares are what speaks for an item more than for the average one', () => {
  fc.assert(
    fc.property(pools, purposes, (pool, purpose) => {
      const scored = scoreCandidates(inputOf(pool), DEFAULT_ORDERS[purpose])
      const sums = new Map<string, number>()
      for (const { parts, shares } of scored) {
        for (const share of shares.values()) expect(share).toBeGreaterThan(0)
        for (const [at, { name }] of FEATURES.entries()) sums.set(name, (sums.get(name) ?? 0) + parts[at]!)
      }
      // Over the list a feature speaks for some as much as against the others.
      for (const sum of sums.values()) expect(sum).toBeCloseTo(0, 6)
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('what is the same for all speaks for none', () => {
  const pool = Array.from({ length: 7 }, (_, at) => new Candidate(`i${at}`))
  for (const purpose of PURPOSES)
    for (const { shares } of scoreCandidates(inputOf(pool), DEFAULT_ORDERS[purpose])) expect(shares.size).toBe(0)
})

test('ties go by id', () => {
  const list = ['c', 'a', 'b'].map((id) => Object.assign(new Candidate(id), { trending: 0.5 }))
  expect(bestIds(inputOf(list), DEFAULT_ORDERS.home)).toEqual(['a', 'b', 'c'])
})

test('a wild value counts as much as the clip, and a feature without spread nothing', () => {
  const pool = [Object.assign(new Candidate('wild'), { trending: 1e9 }), new Candidate('plain')]
  const [first] = scoreCandidates(inputOf(pool), { trending_here: [0, 0.1, 1], fresh: [0, 0, 100] })
  expect(first!.candidate.id).toBe('wild')
  expect(scoreCandidates(inputOf(pool), { trending_here: [0, 0.1, 1] })[1]!.score).toBeCloseTo(Math.exp(-CLIP), 10)
  expect(scoreCandidates(inputOf(pool), { fresh: [0, 0, 100] }).map((own) => own.score)).toEqual([1, 1])
})

test('signals are relative to all that recall brought, not to those that have a card', () => {
  const pool = [400, 200, 100].map((taste, index) => Object.assign(new Candidate(`i${index}`), { taste }))
  const at = FEATURE_NAMES.indexOf('taste_share')
  const rank = FEATURE_NAMES.indexOf('taste_rank')
  const values = featuresOf(inputOf(pool, { candidates: pool.slice(1) }))
  expect([values[at], values[FEATURE_NAMES.length + at]]).toEqual([0.5, 0.25])
  expect([values[rank], values[FEATURE_NAMES.length + rank]]).toEqual([-Math.log(2), -Math.log(3)])
})

test('what a shopper buys again and again comes before what was bought once', () => {
  const bought = (id: string, daysAgo: number) => ({
    id,
    type: 'purchase' as const,
    atMs: NOW - daysAgo * DAY_MS,
    value: null,
  })
  const past = [
    bought('coffee', 60),
    bought('coffee', 40),
    bought('coffee', 20),
    bought('kettle', 60),
    bought('cup', 20),
  ]
  const pool = ['kettle', 'coffee', 'cup'].map((id) => Object.assign(new Candidate(id), { owned: 1 }))
  const owned = ownership(past, null)
  expect(bestIds(inputOf(pool, { owned }), DEFAULT_ORDERS.again)).toEqual(['coffee', 'cup', 'kettle'])
})

test('a shop without a ranker of its own has the shipped one, purpose by purpose', () => {
  const ranker = { version: 'learned-1', orders: { home: { fresh: [0, 1, 1] as [number, number, number] } } }
  expect([orderFor(ranker, 'home'), orderFor(ranker, 'cart')]).toEqual([ranker.orders.home, DEFAULT_ORDERS.cart])
  expect([rankerVersion(ranker), rankerVersion(null)]).toEqual(['learned-1', 'shipped-1'])
})
