import { expect, test } from 'vitest'
import { DAY, NOW } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import type { BoughtNeighbour, Neighbours } from '../../domain/card.ts'
import type { HabitItem, Habits } from '../../domain/habits.ts'
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

const HAD: HabitItem = {
  ...{ item: 'c', visits: 1, units: 1, sinceFirst: 1, sinceLast: 1, firstHour: 1, lastHour: 1, decayed: 0.8 },
}
const habitsWith = (over: Partial<Habits>): Habits => ({
  ...{ visits: 2, distinct: 1, repeats: 0, lines: 2, items: [], liked: [], disliked: [] },
  ...over,
})

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

/** The rows of a shown shelf by what they are to the shopper: a neighbour's weight is its name, 0 of one that recall lacks. */
const shownRows = (over: Partial<RankTask>, knowledge = NUMBERED) => {
  const list = listOf(taskOf(over), knowledge)
  if (list === null) return null
  const shares = column(list, 'taste_share')
  return [...list.wanted.keys()].map((row) => [Math.round(shares[row]! * 100), list.wanted[row], list.stands[row]])
}

test('of a shelf that was shown, what was ranked is the list: all of it stands for itself', () => {
  // b was recalled but not ranked; far was ranked, and nothing of it is known.
  expect(shownRows({ candidates: ['c', 'a', 'far'] })).toEqual([
    [100, 1, 1],
    [60, 0, 1],
    [0, 0, 1],
  ])
})

test.each<[string, Partial<RankTask>]>([
  ['is owned', { past: [past('p', 3), past('c', 2)] }],
  ['is owned by what is remembered', { habits: habitsWith({ items: [HAD] }) }],
  ['was liked', { habits: habitsWith({ liked: [['c', 1]] }) }],
  ['was turned down', { habits: habitsWith({ disliked: [['c', 1]] }) }],
  ['lies in the cart', { cart: ['c'] }],
])('what was ranked and %s is no candidate, and no row of nothing', (_name, over) => {
  const rows = shownRows({ candidates: ['a', 'b', 'c'], ...over })!
  expect(rows).toHaveLength(2)
  expect(rows.every(([share]) => share! > 0)).toBe(true)
  // Control: nothing excludes it, and it is there.
  expect(shownRows({ candidates: ['a', 'b', 'c'] })).toHaveLength(3)
})

test('a shelf to buy again has what was bought, with its visits; what was given back is left out', () => {
  const owner: Partial<RankTask> = { past: [past('p', 3), past('q', 2)], purpose: 'again', wanted: new Set(['q']) }
  const list = listOf(taskOf({ ...owner, candidates: ['p', 'q', 'b'] }), NUMBERED)!
  expect([...list.wanted]).toEqual([0, 1])
  expect(column(list, 'owned')).toEqual([1, 1])
  // With nothing left but what was wanted it teaches nothing.
  expect(listOf(taskOf({ ...owner, candidates: ['q', 'b'] }), NUMBERED)).toBeNull()
})

test('what was ranked keeps what is known of it, even where it would be too weak for the pool', () => {
  const crowd = Array.from({ length: 700 }, (_, at) => bought(`n${String(at).padStart(3, '0')}`, 1_000 - at))
  const list = listOf(taskOf({ candidates: ['n000', 'n699'], wanted: new Set(['n000']) }), knowledgeOf({ p: crowd }))!
  const shares = column(list, 'taste_share')
  expect(shares).toHaveLength(2)
  expect(shares[1]).toBeGreaterThan(0)
  expect(shares[1]).toBeLessThan(shares[0]!)
})

test('the market’s own trends come along', () => {
  const knowledge: Knowledge = {
    ...knowledgeOf({ p: [bought('a', 9)] }),
    trending: (market) => (market === 'FR' ? [['f', 1, 5] as const] : []),
  }
  expect(column(listOf(taskOf({ market: 'FR' }), knowledge)!, 'trending_here')).toEqual([0, 1])
  expect(listOf(taskOf({ market: 'DE' }), knowledge)).toBeNull()
})
