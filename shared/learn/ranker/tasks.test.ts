import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, NOW } from '../../../tests/support/unit_catalogue.ts'
import {
  ITEMS,
  MARKETS,
  type PlainShopper,
  shopperArbitrary,
  shopperName,
  unitInput,
  visitsFrom,
} from '../../../tests/support/unit_visits.ts'
import { comers, type RankTask, tasksOf } from './tasks.ts'

const SEED = 20_261_202
const RUNS = 500
const INPUT = unitInput()
const UNTIL = NOW + 5 * DAY

function tasksFrom(shoppers: readonly PlainShopper[], untilMs = UNTIL): RankTask[] {
  const visits = visitsFrom(shoppers)
  return [...comers(visits, untilMs)].flatMap((shopper) => tasksOf(visits, shopper, INPUT))
}

/** What is wrong with a task, by what its shopper did. */
function faults(task: RankTask, shoppers: readonly PlainShopper[]): string[] {
  const visits = visitsFrom(shoppers)
  const own = shoppers.find((_, at) => shopperName(visits, at) === task.shopper)!
  const found: string[] = []
  const say = (wrong: boolean, what: string) => wrong && found.push(what)
  say(task.atMs < UNTIL, 'asked of a time that learning knew')
  say(!own.some(({ atMs }) => atMs === task.atMs), 'asked of no visit')
  const told = own
    .filter(({ atMs }) => atMs < task.atMs)
    .flatMap(({ atMs, entries }) =>
      entries.filter(({ intent }) => intent > 0).map(({ item }) => `${ITEMS[item]} ${atMs}`),
    )
  const past = task.past.map(({ id, atMs }) => `${id} ${atMs}`)
  say(
    past.some((one) => !told.includes(one)),
    'a past that was not, or not yet',
  )
  say(
    told.some((one) => !past.includes(one)),
    'a past that is missing',
  )
  const of = own.filter(({ atMs }) => atMs === task.atMs).flatMap(({ entries }) => entries)
  say(
    [...task.wanted].some((id) => !of.some(({ item, intent }) => ITEMS[item] === id && intent > 0)),
    'wanted by nobody',
  )
  say(
    [...task.seeds, ...task.cart].some((id) => task.wanted.has(id)),
    'on the page and wanted',
  )
  say(task.wanted.size === 0, 'nothing wanted')
  const owned = new Set(task.past.filter(({ type }) => type === 'purchase').map(({ id }) => id))
  const again = [...task.wanted].map((id) => owned.has(id))
  say(task.purpose === 'again' && again.includes(false), 'again what was never bought')
  say(task.purpose === 'home' && again.includes(true), 'home with what is owned')
  say(task.market !== null && !MARKETS.includes(task.market), 'no such market')
  return found
}

const check = (make: (shoppers: readonly PlainShopper[]) => RankTask[]) =>
  fc.check(
    fc.property(fc.array(shopperArbitrary, { minLength: 1, maxLength: 6 }), (shoppers) => {
      for (const task of make(shoppers)) expect(faults(task, shoppers)).toEqual([])
    }),
    { seed: SEED, numRuns: RUNS },
  )

test('a task knows all of what came before it, nothing of its own moment or later, and asks what was wanted', () => {
  expect(check(tasksFrom).errorInstance).toBeNull()
})

test.each<[string, (task: RankTask) => RankTask]>([
  [
    'a past that knows what is wanted',
    (task) => ({
      ...task,
      past: [...task.past, { id: [...task.wanted][0]!, type: 'view', atMs: task.atMs, value: null }],
    }),
  ],
  ['a past that forgets', (task) => ({ ...task, past: task.past.slice(1) })],
  ['a cart that is wanted', (task) => ({ ...task, cart: [...task.wanted] })],
  ['visits of before', (task) => ({ ...task, atMs: UNTIL - 1 })],
])('negative control: %s is noticed', (_name, broken) => {
  const { errorInstance } = check((shoppers) => tasksFrom(shoppers).map(broken))
  expect(errorInstance).toMatchObject({ name: 'AssertionError' })
})

test('negative control: a cut at the wrong place is noticed', () => {
  const { errorInstance } = check((shoppers) => tasksFrom(shoppers, UNTIL - DAY))
  expect(errorInstance).toMatchObject({ name: 'AssertionError' })
})

test('the same visits give the same tasks, whoever else is in the bucket', () => {
  fc.assert(
    fc.property(fc.array(shopperArbitrary, { minLength: 2, maxLength: 6 }), (shoppers) => {
      const all = tasksFrom(shoppers)
      expect(tasksFrom(shoppers)).toEqual(all)
      const first = shopperName(visitsFrom(shoppers), 0)
      expect(all.filter(({ shopper }) => shopper === first)).toEqual(tasksFrom(shoppers.slice(0, 1)))
    }),
    { seed: SEED, numRuns: 200 },
  )
})

const bought = (...items: number[]) => items.map((item) => ({ item, intent: 1 }))
const visit = (day: number, items: readonly number[], market = 0) => ({
  ...{ atMs: NOW + day * DAY, market, entries: bought(...items) },
})
const purposes = (shopper: PlainShopper) =>
  tasksFrom([shopper]).map(({ purpose, wanted }) => [purpose, [...wanted].sort()])

test('one visit asks as many shelves as could have been shown', () => {
  const tasks = tasksFrom([[visit(1, [0, 1, 2]), visit(6, [0, 3, 4, 5], 1)]])
  expect(tasks.map(({ purpose }) => purpose)).toEqual(['home', 'again', 'product', 'cart'])
  const [home, again, product, cart] = tasks
  expect([[...home!.wanted], [...again!.wanted]]).toEqual([['i03', 'i04', 'i05'], ['i00']])
  expect([product!.seeds.length, product!.wanted.size]).toEqual([1, 3])
  expect([...product!.seeds, ...product!.wanted].sort()).toEqual(['i00', 'i03', 'i04', 'i05'])
  expect([cart!.cart.length, cart!.wanted.size]).toEqual([2, 2])
  for (const task of tasks) expect(task).toMatchObject({ market: 'FR', atMs: NOW + 6 * DAY })
})

test('a shopper without a past has a page and a cart, and no shelf of their own', () => {
  expect(purposes([visit(6, [0, 1, 2, 3])]).map(([purpose]) => purpose)).toEqual(['product', 'cart'])
  expect(purposes([visit(6, [0])])).toEqual([])
  expect(purposes([visit(1, [0, 1])])).toEqual([])
})

test('whoever buys all of it again leaves nothing to choose from', () => {
  expect(purposes([visit(1, [0, 1]), visit(6, [0, 1])]).map(([purpose]) => purpose)).toEqual(['product'])
})

test('what was only looked at may still be wanted, as on a shelf', () => {
  const looked = { atMs: NOW, market: 0, entries: [{ item: 3, intent: 0.25 }] }
  expect(purposes([looked, visit(6, [3])])).toEqual([['home', ['i03']]])
})

test('a visit without a purchase wants what lay in the cart, else what was looked at', () => {
  const browsed = (...intents: number[]) => ({
    ...{ atMs: NOW + 6 * DAY, market: -1, entries: intents.map((intent, item) => ({ item: item + 5, intent })) },
  })
  expect(purposes([visit(1, [0]), browsed(0.75, 0.25)])).toEqual([['home', ['i05']]])
  const [task] = tasksFrom([[visit(1, [0]), browsed(0.25)]])
  expect([[...task!.wanted], task!.market]).toEqual([['i05'], null])
  expect(purposes([visit(1, [0]), browsed(0, 0)])).toEqual([])
})

test('a busy shopper is asked of the first visits alone', () => {
  const busy = Array.from({ length: 9 }, (_, day) => visit(day, [day, (day + 1) % 12]))
  expect(new Set(tasksFrom([busy]).map(({ atMs }) => (atMs - NOW) / DAY))).toEqual(new Set([5, 6, 7]))
})

test('two visits of one moment, in two markets, know nothing of each other', () => {
  const tasks = tasksFrom([[visit(1, [9]), visit(6, [0, 1], 0), visit(6, [2, 3], 1)]])
  expect(tasks.map(({ market }) => market)).toEqual(['DE', 'DE', 'FR', 'FR'])
  for (const { past } of tasks) expect(past.map(({ id }) => id)).toEqual(['i09'])
})
