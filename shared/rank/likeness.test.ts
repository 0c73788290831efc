import fc from 'fast-check'
import { expect, test } from 'vitest'
import { likenessOf } from './likeness.ts'

const SEED = 20_261_132

const item = (title: string, over: Partial<Parameters<typeof likenessOf>[0][number]> = {}) => ({
  title,
  brand: null,
  categories: [],
  attributes: {},
  ...over,
})
const items = fc.array(
  fc.record({
    title: fc.constantFrom('red bag', 'blue bag', 'tea pot', ''),
    brand: fc.constantFrom(null, 'A', 'B'),
    categories: fc.uniqueArray(fc.constantFrom('K > T', 'K > P', 'G'), { maxLength: 2 }),
    attributes: fc.constantFrom<Record<string, string | string[]>>({}, { style: 'plain' }, { style: ['plain', 'old'] }),
  }),
  { maxLength: 12 },
)

test('likeness is symmetric, within [0, 1], and 1 for twins', () => {
  fc.assert(
    fc.property(items, (list) => {
      const likeness = likenessOf([...list, ...list])
      for (let a = 0; a < list.length; a++) {
        for (let b = 0; b < list.length; b++) {
          expect(likeness.between(a, b)).toBeCloseTo(likeness.between(b, a), 12)
          expect(likeness.between(a, b)).toBeGreaterThanOrEqual(0)
          expect(likeness.between(a, b)).toBeLessThanOrEqual(1)
        }
        const { title, brand, categories, attributes } = list[a]!
        const nothing = `${title}${brand ?? ''}${categories}${Object.keys(attributes)}` === ''
        expect(likeness.between(a, a + list.length)).toBeCloseTo(nothing ? 0 : 1, 12)
      }
    }),
    { seed: SEED, numRuns: 200 },
  )
})

test('raising to a pick says the same as asking pair by pair', () => {
  fc.assert(
    fc.property(items, (list) => {
      const likeness = likenessOf(list)
      const closest = new Float64Array(list.length)
      const among = Int32Array.from(list.keys())
      for (const pick of list.keys()) likeness.raise(closest, pick, among, list.length)
      for (const a of list.keys()) {
        const most = Math.max(...[...list.keys()].map((b) => likeness.between(a, b)))
        expect(closest[a]).toBeCloseTo(most, 12)
      }
    }),
    { seed: SEED },
  )
})

test('a category is like its siblings, and more like itself', () => {
  const list = ['K > T', 'K > T', 'K > P', 'G'].map((path) => item(path, { categories: [path] }))
  const { between } = likenessOf(list)
  expect(between(0, 1)).toBe(1)
  expect(between(0, 2)).toBeCloseTo(1 / 3)
  expect(between(0, 3)).toBe(0)
})

test.each([
  ['words', 'Retro charlotte bag, red', 'Retro charlotte bag, blue', 'Tea pot with red lid'],
  ['characters', '青磁の急須 赤', '青磁の急須 青', '手ぬぐい 赤'],
])('without brand, categories and attributes the %s of titles tell twins in another colour', (_name, a, b, other) => {
  const rest = Array.from({ length: 10 }, (_, index) => item(`Something ${index} red`))
  const { between } = likenessOf([item(a), item(b), item(other), ...rest])
  expect(between(0, 1)).toBeGreaterThan(0.5)
  expect(between(0, 2)).toBeLessThan(0.2)
})

test('titles say nothing where something else does', () => {
  const list = [item('red bag', { brand: 'A' }), item('red bag', { brand: 'B' })]
  expect(likenessOf(list).between(0, 1)).toBe(0)
})
