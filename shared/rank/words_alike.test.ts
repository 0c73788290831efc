import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenize } from '../base/text/tokenize.ts'
import { type Comparable, factsAlike, wordsAlike } from './words_alike.ts'

const SEED = 20_261_203
const item = (title: string, over: Partial<Comparable> = {}): Comparable => ({
  ...{ title, brand: null, categories: [], attributes: {} },
  ...over,
})
const best = (items: readonly Comparable[], ...context: Comparable[]) => [
  ...wordsAlike(
    items,
    context.map((one) => [one, 1] as const),
  ).best,
]

test('the same words are alike to the full, other words not at all, and order does not matter', () => {
  const [same, turned, other, none] = best(
    [item('Blue glass teapot'), item('teapot, glass: blue'), item('Garden spade'), item('')],
    item('blue glass teapot'),
  )
  expect(same).toBeCloseTo(1, 12)
  expect(turned).toBeCloseTo(1, 12)
  expect([other, none]).toEqual([0, 0])
})

test('a rare word in common counts more than one that everything has', () => {
  const [rare, common] = best(
    [item('set lantern'), item('set mug'), item('set bowl'), item('set plate')],
    item('lantern brass'),
    item('set brass'),
  )
  expect(rare).toBeGreaterThan(common!)
})

test('items of a context count by their weight: the best of them, and all of them together', () => {
  const alike = wordsAlike(
    [item('oak chair')],
    [
      [item('oak chair'), 0.5],
      [item('tin cup'), 1],
    ],
  )
  expect(alike.best[0]).toBeCloseTo(0.5, 12)
  expect(alike.mean[0]).toBeCloseTo(0.5 / 1.5, 12)
})

test('words without blanks between them are compared as well', () => {
  const [pen, ink] = best([item('木軸万年筆「欅」'), item('インク 藍')], item('万年筆 黒檀'))
  expect(pen).toBeGreaterThan(0.2)
  expect(ink).toBe(0)
})

test('facts are brand, categories and words of attributes; numbers, and names of other kinds, are none', () => {
  const facts = (one: Comparable, other: Comparable) => factsAlike([one], [[other, 1]]).best[0]!
  const full = item('a', { brand: 'Oak', categories: ['K > T'], attributes: { wood: ['elm', 'ash'], size: 4 } })
  expect(facts(full, { ...full, title: 'b', attributes: { ...full.attributes, size: 9 } })).toBeCloseTo(1, 12)
  expect(facts(full, item('a'))).toBe(0)
  expect(facts(item('', { brand: 'Oak' }), item('', { categories: ['Oak'] }))).toBe(0)
  expect(facts(item('', { attributes: { top: 'oak' } }), item('', { attributes: { leg: 'oak' } }))).toBe(0)
  const half = facts(full, item('', { attributes: { wood: 'elm' } }))
  expect([half > 0, half < 1]).toEqual([true, true])
})

test('without a context nothing is like anything', () => {
  expect(wordsAlike([item('a')], [])).toEqual({ best: new Float64Array(1), mean: new Float64Array(1) })
})

const WORDS = ['oak', 'elm', 'chair', 'cup', 'tin', 'blue', 'glass']
const titles = fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }).map((words) => item(words.join(' ')))
const contexts = fc.array(fc.tuple(titles, fc.constantFrom(0.25, 0.5, 1)), { minLength: 1, maxLength: 5 })

/** By the definition, one pair at a time. */
function cosines(items: readonly Comparable[], context: ReadonlyArray<readonly [Comparable, number]>): number[][] {
  const sets = [...items, ...context.map(([one]) => one)].map((one) => new Set(tokenize(one.title)))
  const idf = (word: string) => Math.log((sets.length + 1) / (sets.filter((own) => own.has(word)).length + 0.5))
  const dot = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
    [...a].filter((word) => b.has(word)).reduce((sum, word) => sum + idf(word) ** 2, 0)
  return items.map((_, at) =>
    context.map(([, weight], other) => {
      const [a, b] = [sets[at]!, sets[items.length + other]!]
      const scale = Math.sqrt(dot(a, a) * dot(b, b))
      return scale === 0 ? 0 : (weight * dot(a, b)) / scale
    }),
  )
}

test('the fast way is the definition', () => {
  fc.assert(
    fc.property(fc.array(titles, { minLength: 1, maxLength: 6 }), contexts, (items, context) => {
      const { best: top, mean } = wordsAlike(items, context)
      const total = context.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [at, row] of cosines(items, context).entries()) {
        expect(top[at]).toBeCloseTo(Math.max(...row), 9)
        expect(mean[at]).toBeCloseTo(row.reduce((sum, one) => sum + one, 0) / total, 9)
        expect(top[at]).toBeLessThanOrEqual(1 + 1e-9)
      }
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('negative control: without rare words counting more the definition is missed', () => {
  const items = [item('oak chair'), item('oak cup')]
  const context = [[item('oak tin'), 1] as const, [item('chair tin'), 1] as const]
  const plain = 1 / 2
  expect(cosines(items, context)[0]![0]).not.toBeCloseTo(plain, 3)
  expect(wordsAlike(items, context).best[0]).not.toBeCloseTo(plain, 3)
})
