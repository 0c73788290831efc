import fc from 'fast-check'
import { expect, test } from 'vitest'
import { interestsOf, UNKNOWN_BREADTH } from './interests.ts'

const SEED = 20_261_134

const one = (path: string, weight = 1) => ({ categories: [path], weight })
const events = fc.array(
  fc.record({ path: fc.integer({ min: 0, max: 5 }), weight: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
  { minLength: 1, maxLength: 30 },
)

test('nothing is known of nobody, of a past without categories, and of what counts nothing', () => {
  expect(interestsOf([])).toBeNull()
  expect(interestsOf([{ categories: [], weight: 1 }])).toBeNull()
  expect(interestsOf([one('K', 0)])).toBeNull()
})

test('shares sum to one, over the levels of paths, the heavier events counting more', () => {
  const { shares } = interestsOf([one('K > T', 3), { categories: ['K > P', 'G'], weight: 1 }])!
  expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
  expect(shares.get('K > T')).toBeCloseTo(3 / 4 / 2)
  expect(shares.get('K > P')).toBeCloseTo(1 / 4 / 2 / 2)
  expect(shares.get('K')).toBeCloseTo(3 / 4 / 2 + 1 / 4 / 2 / 2)
})

test('breadth grows with the entropy of the history', () => {
  const breadth = (paths: readonly string[]) => interestsOf(paths.map((path) => one(path)))!.breadth
  const narrow = breadth(Array(12).fill('A'))
  const leaning = breadth([...Array(9).fill('A'), 'B', 'B', 'C'])
  const broad = breadth(Array.from({ length: 12 }, (_, index) => `C${index}`))
  expect(narrow).toBeLessThan(0.15)
  expect(leaning).toBeGreaterThan(narrow)
  expect(broad).toBeGreaterThan(Math.max(leaning, 0.8))
  // To lump two categories together never makes a history broader.
  fc.assert(
    fc.property(events, (list) => {
      const of = (name: (path: number) => string) =>
        interestsOf(list.map(({ path, weight }) => one(name(path), weight)))!.breadth
      expect(of((path) => `C${path >> 1}`)).toBeLessThanOrEqual(of((path) => `C${path}`) + 1e-12)
    }),
    { seed: SEED },
  )
})

test('a short history says little', () => {
  const single = interestsOf([one('A')])!.breadth
  expect(Math.abs(single - UNKNOWN_BREADTH)).toBeLessThan(0.15)
  const long = interestsOf(Array(30).fill(one('A')))!.breadth
  expect(long).toBeLessThan(single)
})
