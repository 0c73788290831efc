import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRng } from '../base/rng.ts'
import type { Card } from '../domain/card.ts'
import { miscalibration } from './calibration.ts'
import { type Interests, interestsOf } from './interests.ts'
import { likenessOf } from './likeness.ts'
import { selectShelf, varietyWeights } from './select.ts'

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
  stock: null,
  validFromMs: null,
  validUntilMs: null,
  ...over,
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

test('a diversity of 0 is the order of scores, whoever asks', () => {
  const interests = interestsOf([{ categories: ['G'], weight: 1 }])
  fc.assert(
    fc.property(shelf, (entries) => {
      expect(idsOf(selectShelf(entries, { ...OPEN, interests }))).toEqual(idsOf(entries).slice(0, 10))
    }),
    { seed: SEED },
  )
})

/** One item stands out; three follow that are a little like it, and far behind them what is like nothing. */
const outstanding = (scoreOf: (odds: number) => number) =>
  [1, 0.08, 0.075, 0.07, 0.001, 0.0008].map((odds, index) => ({
    card: card(`i${index}`, index < 4 ? { brand: `b${index}`, categories: ['K > T'] } : { categories: [`G${index}`] }),
    score: scoreOf(odds),
  }))

test('beside an item that stands out the others keep their distances', () => {
  const options = { ...OPEN, limit: 4, diversity: 0.2 }
  expect(
    idsOf(
      selectShelf(
        outstanding((odds) => odds),
        options,
      ),
    ),
  ).toEqual(['i0', 'i1', 'i2', 'i3'])
  // Control: odds that are taken for log odds leave nothing between the others, and variety chooses alone.
  const squashed = outstanding((odds) => 100 ** (odds - 1))
  expect(idsOf(selectShelf(squashed, options)).slice(0, 3)).toEqual(['i0', 'i4', 'i5'])
})

test('variety grows with diversity; the narrower the history, the more is unlike it and the less like it', () => {
  const history = (breadth: number): Interests => ({ shares: new Map([['G', 1]]), breadth })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(share, share, share, (diversity, one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one]
      const [narrow, broad] = [varietyWeights(diversity, history(less)), varietyWeights(diversity, history(more))]
      expect(narrow.unlikeness).toBeGreaterThanOrEqual(broad.unlikeness)
      expect(narrow.calibration).toBeLessThanOrEqual(broad.calibration)
      expect(varietyWeights(diversity, null)).toEqual({ ...varietyWeights(diversity, history(0.5)), calibration: 0 })
      const [plain, varied] = [varietyWeights(less, history(diversity)), varietyWeights(more, history(diversity))]
      expect(varied.unlikeness).toBeGreaterThanOrEqual(plain.unlikeness)
      expect(varied.calibration).toBeGreaterThanOrEqual(plain.calibration)
      expect(varied.relevance).toBeLessThanOrEqual(plain.relevance)
      expect(varied.relevance).toBeGreaterThan(0)
    }),
    { seed: SEED },
  )
})

const LEAVES = ['K > T', 'K > P', 'K > B', 'G > S', 'G > W', 'O > F', 'O > C', 'H']

/** A shopper of broad taste, and candidates that lean to one category, as an order that only follows scores gives them. */
function shopperAndShelf(seed: number) {
  const rng = seededRng(seed)
  const pickLeaf = () => rng.pick(LEAVES)
  const past = Array.from({ length: 20 }, (_, age) => ({ categories: [pickLeaf()], weight: 0.95 ** age }))
  const favourite = pickLeaf()
  const entries = Array.from({ length: 60 }, (_, index) => ({
    card: card(`i${index}`, { brand: `b${rng.int(20)}`, categories: [rng.next() < 0.6 ? favourite : pickLeaf()] }),
    score: Math.exp(-index / 12),
  }))
  return { interests: interestsOf(past)!, entries }
}

/** Means over a hundred shoppers: how far the shelf is from the shopper, how alike it is, and its share of the best relevance. */
function measured(diversity: number, interestsFor: (own: Interests, seed: number) => Interests | null) {
  const sums = { miscalibration: 0, likeness: 0, relevance: 0 }
  for (let seed = 0; seed < 100; seed++) {
    const { interests, entries } = shopperAndShelf(SEED + seed)
    const picked = selectShelf(entries, { ...OPEN, diversity, interests: interestsFor(interests, seed) })
    const cards = picked.map((own) => own.card)
    const likeness = likenessOf(cards)
    let pairs = 0
    for (let a = 1; a < cards.length; a++) for (let b = 0; b < a; b++) pairs += likeness.between(a, b)
    const total = (list: ReadonlyArray<{ score: number }>) => list.reduce((sum, own) => sum + own.score, 0)
    sums.miscalibration += miscalibration(interests, cards) / 100
    sums.likeness += pairs / 45 / 100
    sums.relevance += total(picked) / total(entries.slice(0, 10)) / 100
  }
  return sums
}
const own = (interests: Interests) => interests
const nobody = () => null
const another = (_own: Interests, seed: number): Interests => ({
  shares: new Map([[LEAVES[seed % LEAVES.length]!, 1]]),
  breadth: 0.9,
})

test('calibration brings the categories of a shelf to those of its shopper, at a small loss of relevance', () => {
  const plain = measured(0, own)
  const varied = measured(0.3, nobody)
  const calibrated = measured(0.3, own)
  expect(calibrated.miscalibration).toBeLessThan(0.6 * plain.miscalibration)
  expect(calibrated.miscalibration).toBeLessThan(0.8 * varied.miscalibration)
  expect(calibrated.relevance).toBeGreaterThan(0.93)
  // Controls: the interests of somebody else, and no interests, do not do it.
  expect(measured(0.3, another).miscalibration).toBeGreaterThan(0.8 * varied.miscalibration)
})

test('the more diversity, the closer to the shopper and the less alike', () => {
  const steps = [0, 0.15, 0.3, 0.6, 1].map((diversity) => measured(diversity, own))
  for (const [index, step] of steps.slice(1).entries()) {
    expect(step.miscalibration).toBeLessThanOrEqual(steps[index]!.miscalibration + 0.002)
    expect(step.relevance).toBeLessThanOrEqual(steps[index]!.relevance + 0.002)
  }
  expect(steps.at(-1)!.likeness).toBeLessThan(steps[0]!.likeness)
})
