import { expect, test } from 'vitest'
import { learnFrom } from '../../../tests/support/learned.ts'
import { DAY, interaction, NOW, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { HOUR_MS } from '../../base/clock.ts'
import { shopperHigh } from '../../domain/shopper_key.ts'
import type { ImpressionRecord } from '../../recommend/impression.ts'
import type { LearnInput } from '../learner.ts'
import { timelineLearner } from '../rewound.ts'
import { OBJECTS, type RunContext } from '../step.ts'
import { readInput, readVisits } from '../visits_step.ts'
import { SHOWN, type ShownShelf, shownByShopper, shownStep, shownTasks } from './shown.ts'
import { comers } from './tasks.ts'

const impression = (over: Partial<ImpressionRecord> = {}): ImpressionRecord => ({
  ...{ v: 1, recommendation_id: 'r1', shop: SHOP, at: NOW, placement: 'home', strategy: 'home', market: 'DE' },
  ...{
    locale: 'de',
    shopper: 'u:1',
    rung: 'L2',
    cache: 'none',
    order: 'shipped-1',
    variant: 'control',
    holdout: false,
  },
  ...{ seeds: [], cart: [], query: null, shown: ['a'], propensities: [1], rules_version: 0, by_rule: [] },
  candidates: ['a', 'b', 'c'].map((id) => [id, 1, []] as const),
  ...over,
})

/** Old visits, so that learning is wound back to before the last days; then the given ones. */
const HISTORY = Array.from({ length: 60 }, (_, day) =>
  interaction({ item: 'a', shopper: `u:old${day}`, atMs: NOW - (40 + day) * DAY }),
)

async function shelves(impressions: readonly ImpressionRecord[], later: Parameters<typeof interaction>[0][] = []) {
  const learner = { ...timelineLearner, steps: [] }
  const run = await learnFrom([learner], [...HISTORY, ...later.map((own) => interaction(own))], undefined, impressions)
  await (await shownStep.open(run)).next(0)
  return { run, input: await readInput(run, ['timeline', SHOWN]) }
}

async function tasksFor(run: RunContext, input: LearnInput, shopper: string) {
  const byShopper = shownByShopper(input)
  for (let bucket = 0; bucket < input.bucketShoppers.length; bucket++) {
    const visits = await readVisits(run, bucket)
    for (const own of comers(visits, NOW - 30 * DAY))
      if (own.key.startsWith(`${shopperHigh(shopper)} `))
        return shownTasks(byShopper.get(own.key) ?? [], visits, own, input)
  }
  return []
}

test('a shelf teaches what its shopper turned to within a day, of what was ranked for it', async () => {
  const { run, input } = await shelves(
    [impression({ at: NOW - DAY })],
    [
      { item: 'z', shopper: 'u:1', atMs: NOW - 3 * DAY },
      { item: 'b', shopper: 'u:1', type: 'click', atMs: NOW - DAY + HOUR_MS },
      { item: 'other', shopper: 'u:1', atMs: NOW - DAY + HOUR_MS },
      { item: 'c', shopper: 'u:1', atMs: NOW + 5 * HOUR_MS },
      { item: 'a', shopper: 'u:2', atMs: NOW - DAY + HOUR_MS },
    ],
  )
  const [task, ...more] = await tasksFor(run, input, 'u:1')
  expect(more).toEqual([])
  expect(task).toMatchObject({ purpose: 'home', market: 'DE', candidates: ['a', 'b', 'c'], atMs: NOW - DAY })
  expect([...task!.wanted]).toEqual(['b'])
  expect(task!.past.map(({ id }) => id)).toEqual(['z'])
})

test('a shelf in the middle of a visit teaches nothing: what came before it cannot be told from what came after', async () => {
  const later = [
    { item: 'b', shopper: 'u:1', type: 'view' as const, atMs: NOW - DAY - 600_000 },
    { item: 'c', shopper: 'u:1', atMs: NOW - DAY + 300_000 },
  ]
  const { run, input } = await shelves([impression({ at: NOW - DAY })], later)
  expect(await tasksFor(run, input, 'u:1')).toEqual([])
})

test('control: an outcome without an end would take what came days later', async () => {
  const later = [{ item: 'c', shopper: 'u:1', atMs: NOW }]
  const { run, input } = await shelves([impression({ at: NOW - 2 * DAY })], later)
  expect(await tasksFor(run, input, 'u:1')).toEqual([])
})

test('what teaches nothing is left out: words, strangers, lower rungs, other forms, other times', async () => {
  const { run } = await shelves([
    impression({ recommendation_id: 'good' }),
    impression({ recommendation_id: 'words', query: 'tea' }),
    impression({ recommendation_id: 'nobody', shopper: null }),
    impression({ recommendation_id: 'down', rung: 'L3' }),
    impression({ recommendation_id: 'older', strategy: undefined as never }),
    impression({ recommendation_id: 'known already', at: NOW - 90 * DAY }),
  ])
  const kept = JSON.parse(await run.folder.text(OBJECTS.state(SHOWN))) as ShownShelf[]
  expect(kept).toHaveLength(1)
})

test('what stood there because of a rule is no candidate, and nobody’s name is kept', async () => {
  const { run } = await shelves([impression({ by_rule: ['b'] })])
  const text = await run.folder.text(OBJECTS.state(SHOWN))
  expect((JSON.parse(text) as ShownShelf[])[0]!.candidates).toEqual(['a', 'c'])
  expect(text).not.toContain('u:1')
})

test('of too many a sample stays that does not depend on their order', async () => {
  const many = Array.from({ length: 6_200 }, (_, at) => impression({ recommendation_id: `r${at}`, at: NOW - at }))
  const sample = async (list: readonly ImpressionRecord[]) => {
    const { run } = await shelves(list)
    return JSON.parse(await run.folder.text(OBJECTS.state(SHOWN))) as ShownShelf[]
  }
  const [one, other] = [await sample(many), await sample([...many].reverse())]
  expect(one).toHaveLength(3_000)
  expect(other).toEqual(one)
})
