import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnFrom } from '../../tests/support/learned.ts'
import { DAY, interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { type PlainShopper, shopperArbitrary, unitInput, visitsFrom } from '../../tests/support/unit_visits.ts'
import type { ItemStatsText } from '../domain/item_stats.ts'
import { itemStatsLearner } from './item_stats.ts'
import { before, rewound, rewoundName, rewoundRows, rewoundTo, timelineLearner } from './rewound.ts'
import { scenesLearner } from './scenes.ts'
import { marketsLearner } from './scenes_markets.ts'
import { OBJECTS } from './step.ts'
import type { Visits } from './visits.ts'
import { readInput } from './visits_step.ts'

const SEED = 20_261_201
const RUNS = 500

/** By definition: shoppers without what began at the moment or after it, folded up again. */
const filtered = (shoppers: readonly PlainShopper[], untilMs: number): Visits => ({
  ...visitsFrom(shoppers.map((own) => own.filter(({ atMs }) => atMs < untilMs))),
})

const days = fc.integer({ min: -1, max: 11 }).map((day) => NOW + day * DAY)
const check = (cut: typeof before) =>
  fc.check(
    fc.property(fc.array(shopperArbitrary, { maxLength: 8 }), days, (shoppers, untilMs) => {
      expect(cut(visitsFrom(shoppers), untilMs)).toEqual(filtered(shoppers, untilMs))
    }),
    { seed: SEED, numRuns: RUNS },
  )

test('a bucket wound back is the bucket of those visits alone, column by column', () => {
  expect(check(before).errorInstance).toBeNull()
})

test.each([
  ['the moment itself', (visits: Visits, untilMs: number) => before(visits, untilMs + 1)],
  ['a visit too few', (visits: Visits, untilMs: number) => before(visits, untilMs - DAY)],
  [
    'entries of the next visit',
    (visits: Visits, untilMs: number) => {
      const cut = before(visits, untilMs)
      return { ...cut, item: visits.item.slice(0, cut.item.length + 1) }
    },
  ],
  [
    "another visit's entries",
    (visits: Visits, untilMs: number) => {
      const cut = before(visits, untilMs)
      return { ...cut, item: visits.item.slice(0, cut.item.length) }
    },
  ],
])('negative control: a cut that lets in %s is noticed', (_name, broken) => {
  expect(check(broken).errorInstance).toMatchObject({ name: 'AssertionError' })
})

/** One shopper a day, for as many days. */
const daily = (count: number) =>
  Array.from({ length: count }, (_, day) =>
    interaction({ eventId: `e${day}`, shopper: `u:${day}`, item: `i${day % 5}`, atMs: NOW + day * DAY + 3_600_000 }),
  )

test('winding back leaves a tenth or so of the visits out, from a midnight on', async () => {
  const run = await learnFrom([timelineLearner], daily(100))
  expect(rewoundTo(await readInput(run, ['timeline']))).toBe(NOW + 88 * DAY)
})

test('a shop of one busy day is wound back to its beginning', async () => {
  const rows = Array.from({ length: 20 }, (_, at) =>
    interaction({ eventId: `e${at}`, shopper: `u:${at}`, atMs: NOW + at }),
  )
  const run = await learnFrom([timelineLearner], rows)
  expect(rewoundTo(await readInput(run, ['timeline']))).toBe(NOW)
})

test('no visits at all: there is nothing to wind back', () => {
  const gathering = timelineLearner.gather(unitInput())
  const step = gathering.finish().next()
  expect(step.done).toBe(true)
  expect(rewoundTo({ state: () => step.value as Uint8Array })).toBe(0)
})

test('what a learner knew then is what it learns of the earlier events alone', async () => {
  const learners = [marketsLearner, scenesLearner, itemStatsLearner]
  const rows = daily(100)
  const run = await learnFrom([...learners, timelineLearner, ...learners.map(rewound)], rows)
  const input = await readInput(run, ['timeline', ...learners.map(({ name }) => rewoundName(name))])
  const untilMs = rewoundTo(input)
  const [wound] = rowsOf(rewoundRows(itemStatsLearner, input))
  const earlier = await learnFrom(
    learners,
    rows.filter(({ atMs }) => atMs < untilMs),
  )
  const columns = (row: string) => {
    const [, { ids, columns: own }] = JSON.parse(row) as [string, ItemStatsText]
    return { ids, firstDay: own.firstDay, lastDay: own.lastDay, all: own.all }
  }
  const alone = await earlier.folder.text(OBJECTS.rows('item_stats', 0))
  expect(columns(wound!)).toEqual(columns(alone))
  // And not what it learns of all of them.
  expect(columns(wound!)).not.toEqual(columns(await run.folder.text(OBJECTS.rows('item_stats', 0))))
})

function rowsOf(steps: Generator<void, string[]>): string[] {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
