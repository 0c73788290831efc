import { expect, test } from 'vitest'
import { DAY, NOW } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import type { BoughtNeighbour, Neighbours } from '../../domain/card.ts'
import { FEATURE_NAMES } from '../../rank/features.ts'
import type { PastItem } from '../../recall/anchors.ts'
import { type Knowledge, listOf, type TaskList } from './lists.ts'
import type { RankTask } from './tasks.ts'

const bought = (id: string, taste: number): BoughtNeighbour => [id, taste, taste, taste, 0]
const past = (id: string, day: number, type: PastItem['type'] = 'purchase'): PastItem => ({
  ...{ id, type, atMs: NOW - day * DAY, value: null },
})

function knowledgeOf(rows: Record<string, BoughtNeighbour[]>, trending: readonly string[] = []): Knowledge {
  return {
    stats: null,
    trending: () => trending.map((id, at) => [id, 1 - at / 10, 5] as const),
    neighboursOf: (id): Neighbours => ({ bought: rows[id] ?? [], similar: [] }),
  }
}

const taskOf = (over: Partial<RankTask>): RankTask => ({
  ...{ purpose: 'home', shopper: '1 2', past: [past('p', 3)], seeds: [], cart: [], wanted: new Set(['a']) },
  ...{ market: null, atMs: NOW },
  ...over,
})

const column = (list: TaskList, name: string) =>
  [...list.wanted.keys()].map((row) => list.values[row * FEATURE_NAMES.length + FEATURE_NAMES.indexOf(name)]!)

/** The rows' values of taste tell who they are: a neighbour's weight is its name here. */
const NUMBERED = knowledgeOf({
  p: [bought('a', 100), bought('b', 80), bought('c', 60), bought('p', 40), bought('q', 20)],
  q: [bought('a', 10)],
})

test('a list is what recall brings, feature by feature, with what was wanted', () => {
  const list = listOf(taskOf({}), NUMBERED)!
  expect(list.shopper).toBe('1 2')
  expect(list.values).toHaveLength(list.wanted.length * FEATURE_NAMES.length)
  const shares = column(list, 'taste_share').map((value) => Math.round(value * 100))
  // The shopper has p.
  expect(shares).toEqual([100, 80, 60, 20])
  expect([...list.wanted]).toEqual([1, 0, 0, 0])
  expect(column(list, 'taste_rank').map((value) => value.toFixed(3))).toEqual(
    [0, 1, 2, 3].map((rank) => (-Math.log1p(rank)).toFixed(3)),
  )
})

test('nothing to learn from: nothing wanted was recalled, or nothing else', () => {
  expect(listOf(taskOf({ wanted: new Set(['nowhere']) }), NUMBERED)).toBeNull()
  expect(listOf(taskOf({ wanted: new Set(['a', 'b', 'c', 'q']) }), NUMBERED)).toBeNull()
  expect(listOf(taskOf({ past: [] }), NUMBERED)).toBeNull()
})

test('buying again chooses among what was bought, a cart from both, a page from what is new', () => {
  const owner = { past: [past('p', 3), past('q', 2), past('b', 2, 'view')] }
  const size = (over: Partial<RankTask>) => listOf(taskOf({ ...owner, ...over }), NUMBERED)!.wanted.length
  expect(size({ purpose: 'again', wanted: new Set(['q']) })).toBe(2)
  expect(size({ purpose: 'cart', cart: ['b'], wanted: new Set(['q']) })).toBe(4)
  expect(size({ purpose: 'product', seeds: ['b'] })).toBe(2)
  expect(size({ purpose: 'home' })).toBe(3)
  const again = listOf(taskOf({ ...owner, purpose: 'again', wanted: new Set(['q']) }), NUMBERED)!
  expect(column(again, 'owned')).toEqual([1, 1])
  expect(column(listOf(taskOf(owner), NUMBERED)!, 'owned')).toEqual([0, 0, 0])
})

const MANY = Array.from({ length: 300 }, (_, at) => bought(`n${String(at).padStart(3, '0')}`, 1_000 - at))

test('of many candidates all that was wanted is kept, with the best, and some of the rest that stand for all of it', () => {
  const wanted = new Set(['n290', 'n299'])
  const list = listOf(taskOf({ wanted }), knowledgeOf({ p: MANY }))!
  expect([list.wanted.length, list.wanted.reduce((sum, one) => sum + one, 0)]).toEqual([92, 2])
  const ranks = column(list, 'taste_rank').map((value) => Math.round(Math.expm1(-value)))
  expect(ranks.filter((rank) => rank < 30)).toHaveLength(30)
  expect(list.stands.reduce((sum, one) => sum + one, 0)).toBeCloseTo(MANY.length, 3)
  for (const [row, stands] of list.stands.entries())
    expect([row, stands === 1]).toEqual([row, ranks[row]! < 30 || list.wanted[row] === 1])
})

test('whoever listed the neighbours first, the list is the same', () => {
  const rows = (list: TaskList) =>
    [...list.wanted.keys()]
      .map((row) => [
        list.wanted[row],
        ...list.values.slice(row * FEATURE_NAMES.length, (row + 1) * FEATURE_NAMES.length),
      ])
      .map(String)
      .sort()
  const task = taskOf({ wanted: new Set(['n120']) })
  const first = rows(listOf(task, knowledgeOf({ p: MANY }))!)
  for (const seed of [1, 2, 3])
    expect(rows(listOf(task, knowledgeOf({ p: seededRng(seed).shuffle(MANY) }))!)).toEqual(first)
  // Another moment keeps others of the rest.
  expect(rows(listOf({ ...task, atMs: NOW + 1 }, knowledgeOf({ p: MANY }))!)).not.toEqual(first)
})

test('the market’s own trends come along', () => {
  const knowledge: Knowledge = {
    ...knowledgeOf({ p: [bought('a', 9)] }),
    trending: (market) => (market === 'FR' ? [['f', 1, 5] as const] : []),
  }
  expect(column(listOf(taskOf({ market: 'FR' }), knowledge)!, 'trending_here')).toEqual([0, 1])
  expect(listOf(taskOf({ market: 'DE' }), knowledge)).toBeNull()
})
