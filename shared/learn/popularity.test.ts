import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learned } from '../../tests/support/learned.ts'
import { DAY, interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import type { ListEntry } from '../store/catalogue/learning.ts'
import { createTrendingLearner, popularityLearner, trendingLearner } from './popularity.ts'

const SEED = 20_261_131

async function scores(rows: readonly Interaction[]): Promise<Record<string, number>> {
  const { popularity = [] } = await learned([popularityLearner], rows)
  return Object.fromEntries(popularity.map((row) => row.slice(1) as [string, number]))
}
async function trends(rows: readonly Interaction[], learner = trendingLearner): Promise<Map<string, ListEntry[]>> {
  const { trending = [] } = await learned([learner], rows)
  return new Map(trending.map((row) => row.slice(1) as [string, ListEntry[]]))
}

const buyers = (item: string, count: number, over: Partial<Interaction> = {}) =>
  Array.from({ length: count }, (_, index) => interaction({ item, shopper: `u:${item}${index}`, ...over }))

test('one robot with a thousand clicks does not outrank ten shoppers', async () => {
  const robot = Array.from({ length: 1_000 }, () => interaction({ item: 'clicked', shopper: 'a:robot', type: 'click' }))
  const rows = [...robot, ...buyers('loved', 10, { type: 'click' })]
  const { clicked, loved } = await scores(rows)
  expect(loved!).toBeGreaterThan(clicked!)
  expect((await trends(rows)).get('*')!.map(([id]) => id)).toEqual(['loved'])
})

test('control: counting events instead of shoppers would let the robot win', () => {
  const counted = new Map([
    ['clicked', 1_000],
    ['loved', 10],
  ])
  expect([...counted].sort((a, b) => b[1] - a[1])[0]![0]).toBe('clicked')
})

test('scores lie in [0, 1], the best has 1, and the order of rows changes nothing', async () => {
  const row = fc.record({
    item: fc.constantFrom('a', 'b', 'c', 'd'),
    shopper: fc.constantFrom('1', '2', '3', '4', '5'),
    type: fc.constantFrom('purchase' as const, 'view' as const, 'impression' as const),
    atMs: fc.integer({ min: 0, max: 60 }).map((days) => NOW - days * DAY),
    market: fc.constantFrom(null, 'DE', 'FR'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.integer(), async (list, seed) => {
      const rows = list.map((own) => interaction(own))
      const found = await scores(rows)
      const values = Object.values(found)
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
      if (values.length > 0) expect(Math.max(...values)).toBe(1)
      const shuffled = seededRng(seed).shuffle(rows)
      expect(await scores(shuffled)).toEqual(found)
      expect(await trends(shuffled)).toEqual(await trends(rows))
    }),
    { seed: SEED, numRuns: 150 },
  )
})

test('interest fades, relative to the newest event and not to the clock', async () => {
  const rows = [...buyers('old', 5, { atMs: NOW - 360 * DAY }), ...buyers('young', 5)]
  const moved = rows.map((one) => ({ ...one, atMs: one.atMs - 3_650 * DAY }))
  const { old, young } = await scores(rows)
  expect(old!).toBeLessThan(young!)
  expect(await scores(moved)).toEqual(await scores(rows))
})

test('what is older than four weeks is no trend', async () => {
  const rows = [...buyers('old', 50, { atMs: NOW - 29 * DAY }), ...buyers('young', 2)]
  expect((await trends(rows)).get('*')).toEqual([['young', 1, 2]])
})

/** A market of few shoppers, with a reseller who buys up half the catalogue and a robot that never stops looking. */
const withReseller = () => [
  ...Array.from({ length: 9 }, (_, n) => buyers(`global${n}`, 20 - n, { market: 'DE' })).flat(),
  ...buyers('global3', 3, { market: 'LU' }),
  ...Array.from({ length: 200 }, (_, n) => interaction({ item: `stock${n}`, shopper: 'u:reseller', market: 'LU' })),
  ...Array.from({ length: 900 }, (_, n) =>
    interaction({ item: 'stock7', shopper: 'a:robot', market: 'DE', type: 'view', atMs: NOW - n }),
  ),
]

test('neither a reseller nor a robot makes a trend, even in a small market', async () => {
  const found = await trends(withReseller())
  expect(found.get('LU')!.map(([id]) => id)[0]).toBe('global3')
  // Two shoppers look at stock7, which is a trend as small as there can be; nothing else of the reseller's is one.
  for (const market of ['*', 'DE', 'LU']) {
    const stock = found.get(market)!.filter(([id]) => id.startsWith('stock'))
    expect(stock.map(([id]) => id)).toEqual(['stock7'])
    expect(found.get(market)!.at(-1)![0]).toBe('stock7')
  }
})

test('control: with the word of one shopper the reseller has the market', async () => {
  const found = (await trends(withReseller(), createTrendingLearner(1))).get('LU')!
  expect(found.slice(0, 20).filter(([id]) => id.startsWith('stock')).length).toBeGreaterThan(10)
})

test('scores are damped: ten times the shoppers are not ten times the score', async () => {
  const found = await trends([...buyers('many', 100), ...buyers('some', 10)])
  expect(found.get('*')!.map(([id, score]) => [id, score])).toEqual([
    ['many', 1],
    ['some', Math.round((Math.log(11) / Math.log(101)) * 1e4) / 1e4],
  ])
})

test('a market follows the shop while it is small, and itself when it is not', async () => {
  const shop = buyers('global', 100, { market: 'DE' })
  const few = [...shop, ...buyers('local', 2, { market: 'FR' })]
  const many = [...shop, ...buyers('local', 60, { market: 'FR' })]
  expect((await trends(few)).get('FR')!.map(([id]) => id)).toEqual(['global', 'local'])
  expect((await trends(many)).get('FR')!.map(([id]) => id)).toEqual(['local', 'global'])
})

test("the count of an entry is of the market's own buyers, so that a reason may cite it", async () => {
  const rows = [
    ...buyers('a', 7, { market: 'DE' }),
    ...buyers('b', 3, { market: 'FR' }),
    ...buyers('b', 3, { market: 'FR', shopper: 'u:again' }),
    ...buyers('a', 40, { market: 'FR', type: 'view' }),
    ...buyers('b', 9, { market: 'FR', type: 'feedback', value: 1 }),
  ]
  const found = await trends(rows)
  const counts = (market: string) => Object.fromEntries(found.get(market)!.map(([id, , count]) => [id, count]))
  expect(counts('FR')).toEqual({ a: 0, b: 4 })
  expect(counts('*')).toEqual({ a: 7, b: 4 })
})

test('a shop without events has neither', async () => {
  expect(await scores([])).toEqual({})
  expect((await trends([])).get('*')).toEqual([])
  expect(await scores([interaction({ type: 'impression' })])).toEqual({})
})
