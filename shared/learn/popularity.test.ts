import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { addInteractions, createEventMatrix } from './event_matrix.ts'
import { popularity, trending } from './popularity.ts'

const SEED = 20_261_131

function matrixOf(rows: readonly Interaction[]) {
  const matrix = createEventMatrix()
  addInteractions(matrix, rows)
  return matrix
}
const scores = (rows: readonly Interaction[]) => Object.fromEntries(popularity(matrixOf(rows)))
const trends = (rows: readonly Interaction[], markets: string[] = []) => trending(matrixOf(rows), markets)

const buyers = (item: string, count: number, over: Partial<Interaction> = {}) =>
  Array.from({ length: count }, (_, index) => interaction({ item, shopper: `u:${item}${index}`, ...over }))

test('one robot with a thousand clicks does not outrank ten shoppers', () => {
  const robot = Array.from({ length: 1_000 }, () => interaction({ item: 'clicked', shopper: 'a:robot', type: 'click' }))
  const rows = [...robot, ...buyers('loved', 10, { type: 'click' })]
  const { clicked, loved } = scores(rows)
  expect(loved!).toBeGreaterThan(clicked!)
  expect(
    trends(rows)
      .get('*')!
      .map(([id]) => id),
  ).toEqual(['loved', 'clicked'])
})

test('control: counting events instead of shoppers would let the robot win', () => {
  const counted = new Map([
    ['clicked', 1_000],
    ['loved', 10],
  ])
  expect([...counted].sort((a, b) => b[1] - a[1])[0]![0]).toBe('clicked')
})

test('scores lie in [0, 1], the best has 1, and the order of rows changes nothing', () => {
  const row = fc.record({
    item: fc.constantFrom('a', 'b', 'c', 'd'),
    shopper: fc.constantFrom('1', '2', '3', '4', '5'),
    type: fc.constantFrom('purchase' as const, 'view' as const, 'impression' as const),
    atMs: fc.integer({ min: 0, max: 60 }).map((days) => NOW - days * DAY),
    market: fc.constantFrom(null, 'DE', 'FR'),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.integer(), (list, seed) => {
      const rows = list.map((own) => interaction(own))
      const found = scores(rows)
      const values = Object.values(found)
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
      if (values.length > 0) expect(Math.max(...values)).toBe(1)
      const shuffled = seededRng(seed).shuffle(rows)
      expect(scores(shuffled)).toEqual(found)
      expect(trends(shuffled, ['DE', 'FR'])).toEqual(trends(rows, ['DE', 'FR']))
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('interest fades, relative to the newest event and not to the clock', () => {
  const rows = [...buyers('old', 5, { atMs: NOW - 360 * DAY }), ...buyers('young', 5)]
  const moved = rows.map((one) => ({ ...one, atMs: one.atMs - 3_650 * DAY }))
  expect(scores(rows).old!).toBeLessThan(scores(rows).young!)
  expect(scores(moved)).toEqual(scores(rows))
})

test('what is older than four weeks is no trend', () => {
  const rows = [...buyers('old', 50, { atMs: NOW - 29 * DAY }), ...buyers('young', 1)]
  expect(trends(rows).get('*')).toEqual([['young', 1, 1]])
})

test('a market follows the shop while it is small, and itself when it is not', () => {
  const shop = buyers('global', 100, { market: 'DE' })
  const few = [...shop, ...buyers('local', 2, { market: 'FR' })]
  const many = [...shop, ...buyers('local', 60, { market: 'FR' })]
  expect(
    trends(few, ['FR'])
      .get('FR')!
      .map(([id]) => id),
  ).toEqual(['global', 'local'])
  expect(
    trends(many, ['FR'])
      .get('FR')!
      .map(([id]) => id),
  ).toEqual(['local', 'global'])
})

test("the count of an entry is of the market's own buyers, so that a reason may cite it", () => {
  const rows = [
    ...buyers('a', 7, { market: 'DE' }),
    ...buyers('b', 3, { market: 'FR' }),
    ...buyers('b', 3, { market: 'FR', shopper: 'u:again' }),
    ...buyers('a', 40, { market: 'FR', type: 'view' }),
    ...buyers('b', 9, { market: 'FR', type: 'feedback', value: 1 }),
  ]
  const counts = (market: string) =>
    Object.fromEntries(
      trends(rows, ['FR', 'JP'])
        .get(market)!
        .map(([id, , count]) => [id, count]),
    )
  expect(counts('FR')).toEqual({ a: 0, b: 4 })
  expect(counts('JP')).toEqual({ a: 0, b: 0 })
  expect(counts('*')).toEqual({ a: 7, b: 4 })
})

test('a shop without events has neither', () => {
  expect(scores([])).toEqual({})
  expect(trends([], ['DE']).get('*')).toEqual([])
  expect(scores([interaction({ type: 'impression' })])).toEqual({})
})
