/** The order is learned in units: whoever is killed between or within them leaves what one goes on from, to the same end. */
import { beforeAll, expect, test } from 'vitest'
import { learnFrom } from '../../../tests/support/learned.ts'
import { DAY, interaction, NOW, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import type { Interaction } from '../../domain/event.ts'
import type { ImpressionRecord } from '../../recommend/impression.ts'
import { ArtefactMissing, type RunFolder } from '../../store/learning_artefacts.ts'
import { LEARNERS } from '../learners.ts'
import { OBJECTS, type RunContext, type Step } from '../step.ts'
import { FITTED, fitStep } from './fit_step.ts'
import { LISTS_MAX, listsStep, listsStepOf, readLists } from './lists_step.ts'
import { LEARNED_PURPOSES } from './tasks.ts'

const ITEMS = 30
const SHOPPERS = 320

/** Shoppers who come four times within forty days, and buy what is in fashion. */
function events(): Interaction[] {
  const rng = seededRng(20_261_121)
  return Array.from({ length: SHOPPERS * 4 }, (_, at) => {
    const day = rng.int(40)
    const items = new Set([(day >> 3) % ITEMS, rng.int(ITEMS), rng.int(ITEMS), rng.int(ITEMS), rng.int(ITEMS)])
    const atMs = NOW - day * DAY - rng.int(DAY)
    return [...items].map((item) => interaction({ item: `i${item}`, shopper: `u:${at % SHOPPERS}`, atMs }))
  }).flat()
}

/** Shelves that some were shown, a minute before what they then bought. */
const shelves = (all: readonly Interaction[]): ImpressionRecord[] =>
  all
    .filter(
      ({ shopper, atMs }, at) => Number(shopper.slice(2)) < 100 && atMs > NOW - 5 * DAY && atMs !== all[at - 1]?.atMs,
    )
    .map(({ shopper, atMs }, at) => ({
      ...{ v: 1, recommendation_id: `r${at}`, shop: SHOP, at: atMs - 60_000, placement: 'home', strategy: 'home' },
      ...{ market: 'DE', locale: 'de', shopper, rung: 'L2', cache: 'none', order: 'shipped-1', variant: 'control' },
      ...{ holdout: false, seeds: [], cart: [], query: null, shown: ['i1'], propensities: [1], rules_version: 0 },
      ...{ by_rule: [], candidates: Array.from({ length: ITEMS }, (_, item) => [`i${item}`, 1, []] as const) },
    }))

let learned: RunContext
beforeAll(async () => {
  const all = events()
  learned = await learnFrom(LEARNERS, all, undefined, shelves(all))
}, 60_000)

/** The same run, whose steps write beside what it has. */
function beside(hides: (name: string) => boolean = () => false) {
  const written = new Map<string, Uint8Array>()
  const { folder } = learned
  const own: RunFolder = {
    ...folder,
    async put(name, content) {
      if (!hides(name))
        written.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content.slice())
    },
    async bytes(name) {
      if (name.startsWith('parts/ranker.lists') && !written.has(name)) throw new ArtefactMissing(name)
      return written.get(name)?.slice() ?? folder.bytes(name)
    },
    range: async (name, offset, length) => (await own.bytes(name)).slice(offset, offset + length),
  }
  return { run: { ...learned, folder: own }, written }
}

/** @param times how often a unit is done before it is noted: its runner was killed in between */
async function inUnits(steps: readonly Step[], run: RunContext, times: number, each = true): Promise<string[]> {
  const done: string[] = []
  for (const step of steps) {
    let open = await step.open(run)
    for (let cursor: number | null = 0; cursor !== null; ) {
      const at: number = cursor
      done.push(`${step.name} ${at}`)
      for (let time = 0; time < times; time++) {
        if (each) {
          open.close?.()
          open = await step.open(run)
        }
        cursor = await open.next(at)
      }
    }
    open.close?.()
  }
  return done
}

const STEPS = [listsStep, fitStep]

test('cut anywhere, the lists and the orders are the same to the last byte', async () => {
  const whole = beside()
  const units = await inUnits(STEPS, whole.run, 1, false)
  expect(units.filter((name) => name.startsWith('ranker.lists')).length).toBeGreaterThan(3)
  expect(units.filter((name) => name.startsWith('ranker.fit'))).toHaveLength(FITTED.length)
  for (const times of [1, 2]) {
    const cut = beside()
    expect(await inUnits(STEPS, cut.run, times)).toEqual(units)
    expect(cut.written).toEqual(whole.written)
  }
  for (const name of FITTED)
    expect(await learned.folder.bytes(OBJECTS.state(name))).toEqual(whole.written.get(OBJECTS.state(name)))
  expect(new TextDecoder().decode(whole.written.get(OBJECTS.state('ranker_home')))).toContain('"lists":')
})

const listsOf = async (tasksPerUnit: number) => {
  const { run } = beside()
  const units = await inUnits([listsStepOf(tasksPerUnit)], run, 1)
  return {
    run,
    units: units.length,
    lists: await Promise.all(LEARNED_PURPOSES.map((own) => readLists(run, own, LISTS_MAX))),
  }
}

test('a unit is a part of the work: small ones ask of every task once, as a single one does', async () => {
  const single = await listsOf(Number.POSITIVE_INFINITY)
  expect([single.units, single.lists[0]!.length > 100]).toEqual([1, true])
  for (const tasks of [7, 50]) {
    const cut = await listsOf(tasks)
    expect(cut.units).toBeGreaterThan(5)
    expect(cut.lists).toEqual(single.lists)
  }
  expect(await readLists(single.run, 'home', 7)).toEqual(single.lists[0]!.slice(0, 7))
})

test('negative control: a unit that was noted before it was written is found out', async () => {
  const hasty = beside((name) => name === OBJECTS.part('ranker.lists', 1))
  await expect(inUnits(STEPS, hasty.run, 1)).rejects.toThrow(ArtefactMissing)
})

test('negative control: a unit that went on from elsewhere is found out', async () => {
  const whole = beside()
  await inUnits([listsStep], whole.run, 1)
  const astray = beside()
  const first = whole.written.get(OBJECTS.part('ranker.lists', 0))!
  // The second unit is told that the first ended where the second did.
  const { folder } = astray.run
  const second = whole.written.get(OBJECTS.part('ranker.lists', 1))!
  const range: RunFolder['range'] = async (name, offset, length) =>
    name === OBJECTS.part('ranker.lists', 0)
      ? second.slice(offset, offset + length)
      : folder.range(name, offset, length)
  await inUnits([listsStep], { ...astray.run, folder: { ...folder, range } }, 1)
  expect(astray.written.get(OBJECTS.part('ranker.lists', 0))).toEqual(first)
  expect(astray.written).not.toEqual(whole.written)
})
