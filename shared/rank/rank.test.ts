import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRng } from '../base/rng.ts'
import type { Card } from '../domain/card.ts'
import { SOURCES, type Source } from '../domain/recommendation.ts'
import type { Candidate } from '../recall/candidates.ts'
import { scoreCandidates } from './base_order.ts'
import { likenessOf } from './likeness.ts'
import { selectShelf } from './select.ts'
import { BASE_WEIGHTS } from './weights.ts'

const SEED = 20_261_132

const card = (id: string, over: Partial<Card> = {}): Card => ({
  id,
  title: id,
  brand: null,
  categories: [],
  tags: [],
  attributes: {},
  locale: 'en',
  url: null,
  imageUrl: null,
  createdAtMs: 0,
  popularity: 0,
  epoch: 1,
  offerMarket: '*',
  currency: 'EUR',
  variant: id,
  price: 1,
  listPrice: null,
  validFromMs: null,
  validUntilMs: null,
  ...over,
})
const candidate = (id: string, scores: ReadonlyArray<readonly [Source, number]>): Candidate => ({
  id,
  scores: new Map(scores),
  bought: null,
  similar: null,
  trendingCount: 0,
})
const OPEN = { limit: 10, diversity: 0, maxPerBrand: 50, maxPerCategory: 50 }

const cardArbitrary = fc.record({
  brand: fc.constantFrom(null, 'A', 'B'),
  categories: fc.uniqueArray(fc.constantFrom('K > T', 'K > P', 'G'), { maxLength: 2 }),
  score: fc.constantFrom(0, 0.25, 0.5, 0.5, 1),
})
const shelf = fc
  .array(cardArbitrary, { maxLength: 20 })
  .map((list) =>
    list
      .map(({ score, ...over }, index) => ({ card: card(`i${index}`, over), score }))
      .sort((a, b) => b.score - a.score || (a.card.id < b.card.id ? -1 : 1)),
  )
const options = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  diversity: fc.constantFrom(0, 0.3, 1),
  maxPerBrand: fc.integer({ min: 1, max: 4 }),
  maxPerCategory: fc.integer({ min: 1, max: 4 }),
})
const idsOf = (list: ReadonlyArray<{ card: Card }>) => list.map((own) => own.card.id)

test('a shelf is full as long as there are items, and shows none twice', () => {
  fc.assert(
    fc.property(shelf, options, (entries, chosen) => {
      const picked = idsOf(selectShelf(entries, chosen))
      expect(picked).toHaveLength(Math.min(entries.length, chosen.limit))
      expect(new Set(picked).size).toBe(picked.length)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('without diversity and caps the order is kept', () => {
  fc.assert(
    fc.property(shelf, (entries) => {
      expect(idsOf(selectShelf(entries, OPEN))).toEqual(idsOf(entries).slice(0, 10))
    }),
    { seed: SEED },
  )
})

test('the best item comes first whatever the diversity', () => {
  fc.assert(
    fc.property(
      shelf,
      options,
      (entries, chosen) => entries.length === 0 || selectShelf(entries, chosen)[0] === entries[0],
    ),
    { seed: SEED },
  )
})

test('a cap is kept while others are left, and yields before the shelf is short', () => {
  const brands = (limit: number) => {
    const entries = ['A', 'A', 'A', 'B', 'B'].map((brand, index) => ({
      card: card(`${brand}${index}`, { brand }),
      score: 1 - index / 10,
    }))
    return idsOf(selectShelf(entries, { ...OPEN, limit, maxPerBrand: 1 }))
  }
  expect(brands(2)).toEqual(['A0', 'B3'])
  expect(brands(5)).toEqual(['A0', 'B3', 'A1', 'A2', 'B4'])
})

test('a cap of categories counts the particular one', () => {
  const entries = [['K > T'], ['K > T'], ['K > P'], ['X > T']].map((categories, index) => ({
    card: card(`i${index}`, { categories }),
    score: 1 - index / 10,
  }))
  expect(idsOf(selectShelf(entries, { ...OPEN, limit: 2, maxPerCategory: 1 }))).toEqual(['i0', 'i2'])
})

/** How many of a cap's brand stand among the first, where every brand has enough of its own. */
const kept = (pick: typeof selectShelf) => {
  const entries = Array.from({ length: 12 }, (_, index) => ({
    card: card(`i${index}`, { brand: `b${index < 6 ? 0 : index}` }),
    score: 1 - index / 100,
  }))
  return pick(entries, { ...OPEN, limit: 6, maxPerBrand: 2 }).filter((own) => own.card.brand === 'b0').length
}

test('caps hold, and a selection that ignores them is caught', () => {
  expect(kept(selectShelf)).toBe(2)
  expect(kept((entries, chosen) => entries.slice(0, chosen.limit))).toBe(6)
})

test('diversity brings something else forward', () => {
  const entries = [
    { card: card('a', { brand: 'A', categories: ['K > T'] }), score: 1 },
    { card: card('b', { brand: 'A', categories: ['K > T'] }), score: 0.95 },
    { card: card('c', { brand: 'C', categories: ['G'] }), score: 0.8 },
  ]
  expect(idsOf(selectShelf(entries, OPEN))).toEqual(['a', 'b', 'c'])
  expect(idsOf(selectShelf(entries, { ...OPEN, diversity: 0.5 }))).toEqual(['a', 'c', 'b'])
})

test('likeness is symmetric, within [0, 1], and 1 for twins', () => {
  fc.assert(
    fc.property(shelf, (entries) => {
      const cards = entries.map((own) => own.card)
      const likeness = likenessOf([...cards, ...cards])
      for (let a = 0; a < cards.length; a++) {
        for (let b = 0; b < cards.length; b++) {
          expect(likeness(a, b)).toBeCloseTo(likeness(b, a), 12)
          expect(likeness(a, b)).toBeGreaterThanOrEqual(0)
          expect(likeness(a, b)).toBeLessThanOrEqual(1)
        }
        const plain = cards[a]!.brand === null && cards[a]!.categories.length === 0
        expect(likeness(a, a + cards.length)).toBe(plain ? 0 : 1)
      }
    }),
    { seed: SEED, numRuns: 50 },
  )
})

const scoresArbitrary = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...SOURCES), fc.double({ min: 0, max: 3, noNaN: true })),
  { selector: ([source]) => source, maxLength: 8 },
)
const pool = fc
  .array(scoresArbitrary, { maxLength: 15 })
  .map((list) => list.map((scores, index) => candidate(`i${index}`, scores)))

test('the order depends neither on who answered first nor on the order of the pool', () => {
  fc.assert(
    fc.property(
      pool,
      fc.integer(),
      fc.constantFrom('home', 'product', 'cart', 'generic'),
      (candidates, seed, strategy) => {
        const rng = seededRng(seed)
        const shuffled = rng.shuffle(candidates).map((own) => candidate(own.id, rng.shuffle([...own.scores])))
        const popular = new Map(candidates.map((own, index) => [own.id, index / 20]))
        const view = (list: Candidate[]) =>
          scoreCandidates(list, BASE_WEIGHTS[strategy as 'home'], popular).map((own) => [own.candidate.id, own.score])
        expect(view(shuffled)).toEqual(view(candidates))
      },
    ),
    { seed: SEED, numRuns: 1_000 },
  )
})

test('shares sum to the score, and only what speaks for an item has one', () => {
  fc.assert(
    fc.property(pool, (candidates) => {
      for (const { candidate: own, score, shares } of scoreCandidates(candidates, BASE_WEIGHTS.home, new Map())) {
        expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(score, 10)
        for (const [source, share] of shares) {
          expect(share).toBeGreaterThan(0)
          expect(own.scores.get(source)!).toBeGreaterThan(0)
        }
      }
    }),
    { seed: SEED },
  )
})

test('ties go by id', () => {
  const list = ['c', 'a', 'b'].map((id) => candidate(id, [['trending', 0.5]]))
  expect(scoreCandidates(list, BASE_WEIGHTS.home, new Map()).map((own) => own.candidate.id)).toEqual(['a', 'b', 'c'])
})

test('each source counts by its weight, scaled by its own best', () => {
  const list = [
    candidate('x', [['text', 100]]),
    candidate('y', [
      ['text', 50],
      ['trending', 0.001],
    ]),
  ]
  const [first, second] = scoreCandidates(list, BASE_WEIGHTS.home, new Map([['y', 1]]))
  expect([first!.candidate.id, first!.score]).toEqual(['x', 1])
  expect(second!.shares).toEqual(
    new Map([
      ['text', 0.5],
      ['trending', 0.3],
      ['popular', 0.1],
    ]),
  )
})
