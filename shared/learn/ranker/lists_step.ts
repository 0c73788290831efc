import { hash32 } from '../../base/hash.ts'
import { release } from '../arrays.ts'
import { itemStatsLearner } from '../item_stats.ts'
import type { LearnInput } from '../learner.ts'
import { trendingLearner } from '../popularity.ts'
import { REGRESSIONS } from '../regression/models.ts'
import { rewoundName, rewoundTo } from '../rewound.ts'
import { breathing, OBJECTS, type RunContext, type Step } from '../step.ts'
import type { Visits } from '../visits.ts'
import { readInput, readVisits } from '../visits_step.ts'
import { countOfComers } from './comers.ts'
import { knowledgeThen } from './knowledge.ts'
import { type Knowledge, listOf, type TaskList } from './lists.ts'
import { createListsPart, FIRST, listsOfPart, type PartHead, type Place, partHead } from './lists_part.ts'
import { SHOWN, type ShownShelf, shownByShopper, shownTasks } from './shown.ts'
import { comers, type LearnedPurpose, type RankTask, tasksOf } from './tasks.ts'

/** Shoppers of a shop's last weeks whose visits are learned from: enough that more change nothing. */
const SHOPPERS_MAX = 400
/** Lists a purpose: ninety rows of some fifty features each, 20 kB. */
export const LISTS_MAX = 300
/** Tasks a unit: some ten milliseconds each where pasts are long. */
const TASKS_PER_UNIT = 100
const TASKS_PER_BREATH = 4

const NAME = 'ranker.lists'
const NEEDS = [
  'timeline',
  'comers',
  SHOWN,
  ...REGRESSIONS.map(({ name }) => rewoundName(name)),
  ...[itemStatsLearner, trendingLearner].flatMap(({ name, dependsOn }) => [name, ...dependsOn].map(rewoundName)),
]

/** What lists are made from: the same in every unit. */
interface Source {
  input: LearnInput
  knowledge: Knowledge
  shown: ReadonlyMap<string, readonly ShownShelf[]>
  /** The share of shoppers whose visits are learned from. */
  share: number
}

/** Lists to learn an order from, so many tasks a unit; a part says where the next goes on, and how many lists there are. */
export const listsStepOf = (tasksPerUnit: number): Step => ({
  name: NAME,
  async open(run: RunContext) {
    const input = await readInput(run, NEEDS)
    let source: Source | null = null
    return {
      total: input.bucketShoppers.length,
      async next(cursor) {
        const before = cursor === 0 ? FIRST : await headOf(run, cursor - 1)
        source ??= {
          input,
          knowledge: await breathing(knowledgeThen(input), run.breathe),
          shown: shownByShopper(input),
          share: SHOPPERS_MAX / countOfComers(input),
        }
        const { bytes, next } = await makePart(before, tasksPerUnit, source, run)
        await run.folder.put(OBJECTS.part(NAME, cursor), bytes)
        return next === null ? null : cursor + 1
      },
      close: () => release(...NEEDS.map((name) => input.state(name))),
    }
  },
})

export const listsStep = listsStepOf(TASKS_PER_UNIT)

async function makePart(before: PartHead, tasks: number, source: Source, run: RunContext) {
  const part = createListsPart(before, LISTS_MAX)
  let place = before.next
  let left = tasks
  while (place !== null && left > 0) {
    const { bucket }: Place = place
    const visits = await readVisits(run, bucket)
    const stood = await breathing(addTasks(visits, place, part, left, source), run.breathe)
    release(visits.item)
    left = stood.left
    const after = bucket + 1 < source.input.bucketShoppers.length ? { bucket: bucket + 1, shopper: 0, task: 0 } : null
    place = part.isFull() ? null : (stood.place ?? after)
  }
  return { bytes: part.bytes(place), next: place }
}

/** @returns where it stands within the bucket, null at its end, and the tasks that are left to do */
function* addTasks(
  visits: Visits,
  from: Place,
  part: ReturnType<typeof createListsPart>,
  most: number,
  source: Source,
): Generator<void, { place: Place | null; left: number }> {
  let left = most
  let shopper = -1
  for (const own of comers(visits, rewoundTo(source.input))) {
    shopper += 1
    if (shopper < from.shopper) continue
    let task = -1
    for (const asked of tasksFrom(visits, own, source)) {
      task += 1
      if (shopper === from.shopper && task < from.task) continue
      if (!part.wants(asked.purpose)) continue
      if (left === 0) return { place: { bucket: from.bucket, shopper, task }, left }
      const list = listOf(asked, source.knowledge)
      if (list !== null) part.add(asked.purpose, list)
      left -= 1
      if (left % TASKS_PER_BREATH === 0) yield
    }
  }
  return { place: null, left }
}

/** A shopper's tasks: shelves that were shown, and where the shopper is of the sample, visits as if some had been. */
function* tasksFrom(
  visits: Visits,
  shopper: Parameters<typeof tasksOf>[1],
  { input, shown, share }: Source,
): Generator<RankTask> {
  yield* shownTasks(shown.get(shopper.key) ?? [], visits, shopper, input)
  // By the key, so that neither the order of shoppers nor their number of visits decides.
  if (hash32(shopper.key) / 2 ** 32 < share) yield* tasksOf(visits, shopper, input)
}

const headOf = async (run: RunContext, part: number): Promise<PartHead> =>
  partHead(await run.folder.range(OBJECTS.part(NAME, part), 0, HEAD_BYTES))
/** The first bytes of a part tell where it ends. */
const HEAD_BYTES = 4_096

/** All lists of a purpose, at most so many, a part in memory at a time. */
export async function readLists(run: RunContext, purpose: LearnedPurpose, most: number): Promise<TaskList[]> {
  const lists: TaskList[] = []
  for (let part = 0; ; part++) {
    const bytes = await run.folder.bytes(OBJECTS.part(NAME, part))
    const { next } = partHead(bytes)
    for (const list of listsOfPart(bytes, purpose)) if (lists.length < most) lists.push(list)
    release(bytes)
    if (next === null || lists.length === most) return lists
    await run.breathe()
  }
}
