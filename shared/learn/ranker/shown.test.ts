import { expect, test } from 'vitest'
import { learnFrom } from '../../../tests/support/learned.ts'
import { DAY, interaction, NOW, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { HOUR_MS } from '../../base/clock.ts'
import { shopperHigh } from '../../domain/shopper_hash.ts'
import type { ImpressionRecord } from '../../recommend/impression.ts'
import type { LearnInput } from '../learner.ts'
import { timelineLearner } from '../rewound.ts'
import { OBJECTS, type RunContext } from '../step.ts'
import { readInput, readVisits } from '../visits_step.ts'
import { SHOWN, type ShownShelf, shownByShopper, shownTasks } from './shown.ts'
import { shownStep } from './shown_step.ts'
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
  await toTheEnd(run)
  return { run, input: await readInput(run, ['timeline', SHOWN]) }
}

/** Every unit by a runner of its own, as if each were killed once its unit was noted. */
async function toTheEnd(run: RunContext, from = 0) {
  const cursors: number[] = []
  for (let cursor: number | null = from; cursor !== null; ) {
    cursors.push(cursor)
    cursor = await (await shownStep.open(run)).next(cursor)
  }
  return cursors
}

async function tasksFor(run: RunContext, input: LearnInput, shopper: string) {
  const byShopper = shownByShopper(input)
  for (let bucket = 0; bucket < input.bucketShoppers.length; bucket++) {
    const visits = await readVisits(run, bucket)
    for (const own of comers(visits, NOW - 30 * DAY))
      if (own.key.startsWith(`${shopperHigh(shopper)} `))
        return [...shownTasks(byShopper.get(own.key) ?? [], visits, own, input)]
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
  // Control: the visit was over, and what followed was another one.
  const over = later.map((own) => ({ ...own, atMs: own.atMs + (own.item === 'c' ? HOUR_MS : 0) }))
  const after = await shelves([impression({ at: NOW - DAY })], over)
  expect([...(await tasksFor(after.run, after.input, 'u:1'))[0]!.wanted]).toEqual(['c'])
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

const sampleOf = async (run: RunContext) => run.folder.text(OBJECTS.state(SHOWN))

/** More objects than a page has, a shelf each. */
const MANY = Array.from({ length: 700 }, (_, at) => impression({ recommendation_id: `r${at}`, at: NOW - at }))

test('impressions are read in pages, and a reader that is killed anywhere goes on and keeps the same', async () => {
  const { run } = await shelves(MANY)
  const whole = await sampleOf(run)
  expect((JSON.parse(whole) as ShownShelf[]).length).toBe(MANY.length)
  const one = await shownStep.open(run)
  expect([await one.next(0), await one.next(1), await one.next(2), await one.next(3)]).toEqual([1, 2, 3, null])
  expect(await sampleOf(run)).toBe(whole)
  // Killed before its end was noted: a unit is done again.
  for (const again of [3, 2, 1, 0]) {
    expect(await toTheEnd(run, again)).toEqual([0, 1, 2, 3].slice(again))
    expect(await sampleOf(run)).toBe(whole)
  }
})

test('what comes while they are read waits for the next run', async () => {
  const { run } = await shelves(MANY)
  const whole = await sampleOf(run)
  const later = { name: 'later', bytes: 1 }
  const { artefacts } = run
  const more = { ...run, artefacts: { ...artefacts, impressions: async () => [later, later] } }
  await toTheEnd(more, 1)
  expect(await sampleOf(run)).toBe(whole)
})

test('negative control: a page whose sample was not written before it was noted is found out', async () => {
  const { run } = await shelves(MANY)
  const whole = await sampleOf(run)
  const { folder } = run
  const lost = OBJECTS.part('ranker.shown', 2)
  await folder.put(lost, '[]')
  const hasty = {
    ...folder,
    put: async (name: string, content: string) => void (name !== lost && folder.put(name, content)),
  }
  await toTheEnd({ ...run, folder: hasty as typeof folder })
  expect(await sampleOf(run)).not.toBe(whole)
})
