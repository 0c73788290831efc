import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW } from '../../tests/support/unit_catalogue.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { HABIT_FADE, type HabitItem, type Habits } from '../domain/habits.ts'
import type { PastItem } from './anchors.ts'
import { type Owned, ownership } from './owned.ts'

const SEED = 20_261_205
const ITEMS = ['a', 'b', 'c', 'd', 'e']

/** What was bought on one visit, and how long after its beginning. */
interface Visit {
  items: readonly number[]
  afterMs: number
}
const visits = fc.array(
  fc.record({
    items: fc.uniqueArray(fc.nat({ max: ITEMS.length - 1 }), { minLength: 1, maxLength: ITEMS.length }),
    afterMs: fc.integer({ min: 0, max: 3 * HOUR_MS }),
  }),
  { maxLength: 9 },
)
const startOf = (visit: number) => NOW + visit * 2 * DAY_MS
const startHour = (hour: number) => startOf(Math.floor((hour * HOUR_MS - NOW) / (2 * DAY_MS))) / HOUR_MS
const plainVisits = (...all: number[][]): Visit[] => all.map((items) => ({ items, afterMs: 0 }))

const pastOf = (all: readonly Visit[], from = 0): PastItem[] =>
  all.flatMap(({ items, afterMs }, visit) =>
    visit < from
      ? []
      : items.map((item) => {
          const atMs = startOf(visit) + afterMs
          return { id: ITEMS[item]!, type: 'purchase', atMs, value: null }
        }),
  )

/** What learning keeps of the first visits, by its definition: the hours in which a visit began and ended. */
function habitsOf(all: readonly Visit[], until: number): Habits | null {
  if (until === 0) return null
  const learned = all.slice(0, until)
  const endHour = (visit: number) => Math.floor((startOf(visit) + learned[visit]!.afterMs) / HOUR_MS)
  const items = ITEMS.flatMap((item, number): HabitItem[] => {
    const on = [...learned.keys()].filter((visit) => learned[visit]!.items.includes(number))
    if (on.length === 0) return []
    const [first, last] = [on[0]!, on.at(-1)!]
    return [
      {
        ...{ item, visits: on.length, units: on.length, sinceFirst: until - 1 - first, sinceLast: until - 1 - last },
        ...{ firstHour: startOf(first) / HOUR_MS, lastHour: endHour(last) },
        decayed: on.reduce((sum, visit) => sum + HABIT_FADE ** (until - 1 - visit), 0),
      },
    ]
  })
  return { visits: until, distinct: items.length, repeats: 0, lines: 0, items, liked: [], disliked: [] }
}

const dayOf = (ms: number) => Math.floor((ms - NOW) / DAY_MS)
const rounded = (own: Owned) => ({
  ...{ ...own, fade: Math.round(own.fade * 1e6) },
  ...{ firstMs: dayOf(own.firstMs), lastMs: dayOf(own.lastMs) },
})
const told = ({ items, visits: count }: ReturnType<typeof ownership>) => ({
  visits: count,
  items: Object.fromEntries([...items].map(([id, own]) => [id, rounded(own)]).sort()),
})

/** A shopper's visits, how many of them were learned, and from which on the live store still has them. */
const split = fc.tuple(visits, fc.nat({ max: 9 }), fc.nat({ max: 9 })).map(([all, learned, from]) => ({
  all,
  learned: Math.min(learned, all.length),
  from: Math.min(from, learned, all.length),
}))

const check = (join: typeof ownership) =>
  fc.check(
    fc.property(split, ({ all, learned, from }) => {
      expect(told(join(pastOf(all, from), habitsOf(all, learned)))).toEqual(told(ownership(pastOf(all), null)))
    }),
    { seed: SEED, numRuns: 1_000 },
  )

test('what was learned and what came since are one history, and nothing counts twice', () => {
  expect(check(ownership).errorInstance).toBeNull()
})

test.each<[string, typeof ownership]>([
  [
    'what was learned again, as if it were new',
    (past, habits) =>
      ownership(
        past.map((one) => ({ ...one, atMs: one.atMs! + 365 * DAY_MS })),
        habits,
      ),
  ],
  ['only what was learned', (_past, habits) => ownership([], habits)],
  ['only what is live', (past) => ownership(past, null)],
  [
    'a visit that went on into the next hour as another',
    (past, habits) =>
      ownership(
        past.map((one) => ({ ...one, atMs: one.atMs! + HOUR_MS })),
        habits,
      ),
  ],
  [
    'what came after the hour in which a visit began, which says nothing of its end',
    (past, habits) =>
      ownership(
        past,
        habits && { ...habits, items: habits.items.map((one) => ({ ...one, lastHour: startHour(one.lastHour) })) },
      ),
  ],
])('negative control: counting %s is noticed', (_name, broken) => {
  expect(check(broken).errorInstance).toMatchObject({ name: 'AssertionError' })
})

test('a full history, by hand', () => {
  const { items, visits: count } = ownership(pastOf(plainVisits([0, 1], [0], [2], [0])), null)
  expect(count).toBe(4)
  expect(rounded(items.get('a')!)).toEqual({
    ...{ visits: 3, units: 3, firstMs: 0, lastMs: 6, sinceFirst: 3, sinceLast: 0 },
    fade: Math.round((1 + 0.8 ** 2 + 0.8 ** 3) * 1e6),
  })
  expect(items.get('b')).toMatchObject({ visits: 1, sinceFirst: 3, sinceLast: 3 })
})

test('what was looked at or given back is not owned; one moment is one purchase', () => {
  const events: PastItem[] = (['view', 'add_to_cart', 'refund', 'feedback'] as const).map((type) => ({
    ...{ id: 'a', type, atMs: NOW, value: null },
  }))
  const twice: PastItem = { id: 'b', type: 'purchase', atMs: NOW, value: null }
  const { items, visits: count } = ownership([...events, twice, twice], null)
  expect([[...items.keys()], items.get('b')!.visits, count]).toEqual([['b'], 1, 1])
})

test('purchases of one visit are one, however many moments it had', () => {
  const at = (id: string, minutes: number, type: PastItem['type'] = 'purchase'): PastItem => {
    return { id, type, atMs: NOW + minutes * MINUTE_MS, value: null }
  }
  const told = (...past: PastItem[]) => {
    const { items, visits: count } = ownership(past, null)
    return [count, items.get('a')!.visits, items.get('a')!.sinceLast]
  }
  expect(told(at('a', 0), at('b', 10), at('a', 20))).toEqual([1, 1, 0])
  // What is looked at in between makes a visit go on; nothing else bridges a pause.
  expect(told(at('a', 0), at('c', 25, 'view'), at('b', 50))).toEqual([1, 1, 0])
  expect(told(at('a', 0), at('c', 25, 'impression'), at('b', 50))).toEqual([2, 1, 1])
})

test('a past without times: its places are visits, and what was learned is not doubted', () => {
  const untimed = ['a', 'b', 'a'].map((id): PastItem => ({ id, type: 'purchase', atMs: null, value: null }))
  const alone = ownership(untimed, null)
  expect([alone.visits, alone.items.get('a')]).toMatchObject([3, { visits: 2, sinceFirst: 2, sinceLast: 0 }])
  const habits = habitsOf(plainVisits([0], [0], [0]), 3)
  expect(ownership(untimed, habits).items.get('a')).toMatchObject({ visits: 3, sinceLast: 0 })
})
