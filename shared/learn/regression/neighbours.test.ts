import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DenseRows, denseCrowding, denseWeights } from '../../../tests/support/dense_regression.ts'
import { learned as learnedBy } from '../../../tests/support/learned.ts'
import { DAY, interaction, NOW } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import type { BoughtNeighbour } from '../../domain/card.ts'
import { INTENT, type Interaction } from '../../domain/event.ts'
import { occasionMatrix, shopperMatrix, visitSequences } from './models.ts'
import { NEIGHBOURS_KEPT, neighboursLearner } from './neighbours.ts'

const SEED = 20_261_154
const RUNS = 60
const LEARNERS = [shopperMatrix, occasionMatrix, visitSequences, neighboursLearner]

async function learned(rows: readonly Interaction[]): Promise<Record<string, BoughtNeighbour[]>> {
  const { bought = [] } = await learnedBy(LEARNERS, rows)
  return Object.fromEntries(bought.map((row) => row.slice(1) as [string, BoughtNeighbour[]]))
}

/** Days of a shopper with what was wanted on each, oldest first: by the definition, and not by the code under test. */
function daysOf(rows: readonly Interaction[]): Map<string, Array<Map<string, number>>> {
  const shoppers = new Map<string, Map<number, Map<string, number>>>()
  for (const one of rows) {
    const intent = one.type === 'feedback' ? INTENT.feedback * one.value! : INTENT[one.type]
    if (intent <= 0) continue
    const days = shoppers.get(one.shopper) ?? new Map<number, Map<string, number>>()
    const day = days.get(one.atMs) ?? new Map<string, number>()
    shoppers.set(one.shopper, days.set(one.atMs, day.set(one.item, Math.max(day.get(one.item) ?? 0, intent))))
  }
  return new Map(
    [...shoppers].map(([shopper, days]) => [shopper, [...days].sort(([a], [b]) => a - b).map(([, day]) => day)]),
  )
}

const both = (row: ReadonlyMap<string, number>) => ({ x: row, y: row })

function shopperRows(rows: readonly Interaction[]): DenseRows {
  return [...daysOf(rows).values()].map((days) => {
    const whole = new Map<string, number>()
    for (const day of days) for (const [item, value] of day) whole.set(item, Math.max(whole.get(item) ?? 0, value))
    return both(whole)
  })
}

/** Orders, and visits without one, which weigh together no more than they do. */
function occasionRows(rows: readonly Interaction[]): DenseRows {
  const days = [...daysOf(rows).values()].flat()
  const orders = days
    .map((day) => new Map([...day].filter(([, value]) => value === 1)))
    .filter((order) => order.size > 0)
  const visits = days.filter((day) => ![...day.values()].includes(1))
  const weight = (row: ReadonlyMap<string, number>) => {
    const values = [...row.values()]
    return values.reduce((sum, a, i) => sum + values.reduce((own, b, j) => own + (i === j ? 0 : a * b), 0), 0)
  }
  const [ofOrders, ofVisits] = [orders, visits].map((list) => list.reduce((sum, row) => sum + weight(row), 0))
  const share = ofOrders! > 0 && ofVisits! > ofOrders! ? Math.sqrt(ofOrders! / ofVisits!) : 1
  const levelled = visits.map((visit) => new Map([...visit].map(([item, value]) => [item, value * share])))
  return [...orders, ...levelled].map(both)
}

function nextRows(rows: readonly Interaction[], decay = 0.8, back = 30): DenseRows {
  return [...daysOf(rows).values()].flatMap((days) =>
    days.slice(1).map((day, index) => {
      const past = new Map<string, number>()
      for (const [at, earlier] of days.entries())
        if (at <= index && index - at < back)
          for (const [item, value] of earlier) past.set(item, value * decay ** (index - at))
      return { x: past, y: day }
    }),
  )
}

const row = fc
  .record({
    shopper: fc.constantFrom('u:1', 'u:2', 'u:3', 'u:4', 'u:5', 'a:1'),
    item: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    type: fc.constantFrom('purchase', 'purchase', 'view', 'add_to_cart', 'impression', 'feedback'),
    value: fc.constantFrom(1, -1, 0.5),
    day: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ value, day, ...own }) =>
    interaction({
      ...own,
      atMs: NOW - day * DAY,
      value: own.type === 'feedback' ? value : null,
    } as Partial<Interaction>),
  )
const rows = fc.array(row, { minLength: 2, maxLength: 60 })

/** Weights by `anchor item`, of the place in the rows. */
const table = (found: Record<string, BoughtNeighbour[]>, place: 1 | 2 | 3) =>
  new Map(
    Object.entries(found).flatMap(([a, list]) => list.map((entry) => [`${a} ${entry[0]}`, entry[place]] as const)),
  )

function agrees(found: Map<string, number>, dense: DenseRows, self: boolean) {
  const expected = dense.length === 0 ? new Map<string, number>() : denseWeights(dense, denseCrowding(dense), self)
  for (const pair of new Set([...expected.keys(), ...found.keys()])) {
    const weight = expected.get(pair) ?? 0
    expect(Math.abs((found.get(pair) ?? 0) - 10_000 * weight), pair).toBeLessThan(0.51)
  }
}

describe('weights are those of dense regressions', () => {
  const property = (check: (events: Interaction[]) => Promise<void>) => fc.asyncProperty(rows, check)

  test.each([
    ['taste', 1, shopperRows, false],
    ['together', 2, occasionRows, false],
    ['next', 3, nextRows, true],
  ] as const)('%s', async (_name, place, rowsOf, self) => {
    await fc.assert(
      property(async (events) => agrees(table(await learned(events), place), rowsOf(events), self)),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test.each([
    ['taste is not what comes together', 1, occasionRows, false],
    ['an order is not a whole visit', 2, shopperRows, false],
    ['next decays', 3, (events: Interaction[]) => nextRows(events, 0.7), true],
    ['next knows the item itself', 3, nextRows, false],
  ] as const)('control: %s', async (_name, place, rowsOf, self) => {
    const details = await fc.check(
      property(async (events) => agrees(table(await learned(events), place), rowsOf(events), self)),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
    expect(details.failed, `seed ${SEED}`).toBe(true)
  })
})

const long = fc.integer().map((seed) => {
  const rng = seededRng(seed)
  return Array.from({ length: 250 }, () =>
    interaction({
      shopper: `u:${rng.int(3)}`,
      item: rng.next() < 0.1 ? 'rare' : `i${rng.int(6)}`,
      type: rng.pick(['view', 'purchase']),
      atMs: NOW - rng.int(120) * DAY,
    }),
  )
})

test.each([
  ['however long the past and however often an item comes again', 30, false],
  ['control: what is older than thirty visits counts nothing', 29, true],
] as const)('%s', async (_name, back, fails) => {
  const details = await fc.check(
    fc.asyncProperty(long, async (events) =>
      agrees(table(await learned(events), 3), nextRows(events, 0.8, back), true),
    ),
    { seed: SEED, numRuns: 20, endOnFailure: true },
  )
  expect(details.failed, `seed ${SEED} ${details.errorInstance}`).toBe(fails)
})

test('the order of the rows changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer(), async (events, seed) => {
      expect(await learned(seededRng(seed).shuffle(events))).toEqual(await learned(events))
    }),
    { seed: SEED, numRuns: RUNS },
  )
})

test('even of shoppers with more items and visits than count', async () => {
  const rng = seededRng(SEED)
  const robot = Array.from({ length: 1_800 }, (_, index) => interaction({ shopper: 'robot', item: `i${index}` }))
  const regular = Array.from({ length: 4_000 }, (_, index) =>
    interaction({ shopper: 'regular', item: `i${rng.int(40)}`, atMs: NOW - (index >> 1) * DAY }),
  )
  const straight = await learned([...robot, ...regular])
  expect(Object.keys(straight).length).toBeGreaterThan(100)
  expect(await learned(seededRng(SEED).shuffle([...robot, ...regular]))).toEqual(straight)
})

/** Pairs that belong together, beside one thing that everybody buys. */
function pairs(shoppers: number, assigned: (shopper: number) => number): Interaction[] {
  return Array.from({ length: shoppers }, (_, shopper) => {
    const pair = assigned(shopper)
    const items = ['bag', `a${pair}`, ...(shopper % 3 === 0 ? [] : [`b${pair}`]), `filler ${shopper % 17}`]
    return items.map((item) => interaction({ shopper: `u${shopper}`, item }))
  }).flat()
}

const first = (list: readonly BoughtNeighbour[] | undefined, place: 1 | 2) =>
  [...(list ?? [])].sort((a, b) => b[place] - a[place])[0]?.[0]

test('what belongs together is found, and what everybody buys is not taken for it', async () => {
  const found = await learned(pairs(600, (shopper) => shopper % 20))
  for (let pair = 0; pair < 20; pair++) {
    expect(first(found[`a${pair}`], 1)).toBe(`b${pair}`)
    expect(first(found[`b${pair}`], 2)).toBe(`a${pair}`)
  }
})

test('control: without the pairs they are not found', async () => {
  const rng = seededRng(SEED)
  const found = await learned(
    pairs(600, () => rng.int(20)).map((one) =>
      one.item.startsWith('b') && one.item !== 'bag' ? { ...one, item: `b${rng.int(20)}` } : one,
    ),
  )
  const hits = Array.from({ length: 20 }, (_, pair) => first(found[`a${pair}`], 1) === `b${pair}`)
  expect(hits.filter(Boolean).length).toBeLessThan(5)
})

test('the count is of distinct shoppers who bought both; likes make neighbours, but never buyers', async () => {
  const bought = ['1', '2', '2'].flatMap((shopper) => ['a', 'b'].map((item) => interaction({ shopper, item })))
  const liked = ['3', '4'].flatMap((shopper) =>
    ['a', 'b'].map((item) => interaction({ shopper, item, type: 'feedback', value: 1 })),
  )
  expect((await learned([...bought, ...liked])).a!.map(([id, , , , buyers]) => [id, buyers])).toEqual([['b', 2]])
  const [likes] = (await learned(liked)).a!
  expect(likes![1]).toBeGreaterThan(0)
  expect(likes![4]).toBe(0)
})

test('what is bought again and again explains itself, by next alone and without buyers', async () => {
  const events = ['1', '2', '3', '4'].flatMap((shopper) =>
    [0, 1, 2].map((day) => interaction({ shopper, item: 'milk', atMs: NOW - day * DAY })),
  )
  const [self] = (await learned(events)).milk!
  expect(self!.slice(0, 3)).toEqual(['milk', 0, 0])
  expect(self![3]).toBeGreaterThan(0)
  expect(self![4]).toBe(0)
})

test('refunds, dislikes and impressions make no neighbours', async () => {
  const events = (['refund', 'impression', 'feedback'] as const).flatMap((type) =>
    ['a', 'b'].map((item) => interaction({ item, type, value: type === 'feedback' ? -1 : null })),
  )
  expect(await learned(events)).toEqual({})
})

test('a row has so many neighbours, the strongest first, ties by name', async () => {
  const name = (index: number) => `i${String(index).padStart(3, '0')}`
  const events = Array.from({ length: 300 }, (_, index) => interaction({ item: name(index) }))
  const list = (await learned(events))[name(0)]!
  expect(list.length).toBeLessThanOrEqual(NEIGHBOURS_KEPT)
  const largest = [1, 2, 3].map((place) => Math.max(...list.map((entry) => Math.abs(entry[place] as number))))
  const strength = (entry: BoughtNeighbour) =>
    [entry[1], entry[2], entry[3]].reduce(
      (sum, weight, at) => sum + (largest[at]! > 0 ? Math.abs(weight) / largest[at]! : 0),
      0,
    )
  expect([...list].sort((a, b) => strength(b) - strength(a) || (a[0] < b[0] ? -1 : 1))).toEqual(list)
})
