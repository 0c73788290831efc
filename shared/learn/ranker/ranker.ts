import { hash32 } from '../../base/hash.ts'
import type { LinearOrder, Ranker, RankerReport } from '../../domain/ranker.ts'
import { DEFAULT_ORDERS } from '../../rank/defaults.ts'
import { itemStatsLearner } from '../item_stats.ts'
import type { LearnInput } from '../learner.ts'
import type { SteppedLearner } from '../learner_steps.ts'
import { trendingLearner } from '../popularity.ts'
import { REGRESSIONS } from '../regression/models.ts'
import { regressionSteps } from '../regression/regression_steps.ts'
import { rewoundModel, rewoundName, rewoundTo } from '../rewound.ts'
import { fitOrder } from './fit_order.ts'
import { knowledgeThen } from './knowledge.ts'
import { type Knowledge, listOf, type TaskList } from './lists.ts'
import { SHOWN, shownByShopper, shownStep, shownTasks } from './shown.ts'
import { comers, LEARNED_PURPOSES, type LearnedPurpose, tasksOf } from './tasks.ts'

/** Shoppers of a shop's last weeks whose visits are learned from: enough that more change nothing. */
const SHOPPERS_MAX = 400
/** Lists a purpose: ninety rows of some fifty features each, 20 kB; all of them are in memory at once, and one purpose's twice. */
const LISTS_MAX = 300
const TASKS_PER_BREATH = 4

/**
 * Learns what each feature of the base order counts for: everything is learned as if the shop's last weeks had not been,
 * and what shoppers then did is the lesson: on shelves that they were shown, and on visits as if they had been shown some. The orders go with what is learned of all events.
 */
export const rankerLearner: SteppedLearner = {
  name: 'ranker',
  version: 3,
  dependsOn: [
    'timeline',
    SHOWN,
    ...REGRESSIONS.map(({ name }) => rewoundName(name)),
    ...[itemStatsLearner, trendingLearner].flatMap(({ name, dependsOn }) => [name, ...dependsOn].map(rewoundName)),
  ],
  steps: [shownStep, ...REGRESSIONS.map(rewoundModel).flatMap(regressionSteps)],
  gather: gatherLists,
  open: (state) => ({
    count: 1,
    // biome-ignore lint/correctness/useYield: one row
    *block() {
      const text = new TextDecoder().decode(state)
      return text === '' ? [] : [text]
    },
  }),
}

function gatherLists(input: LearnInput) {
  const untilMs = rewoundTo(input)
  const lists = new Map<LearnedPurpose, TaskList[]>(LEARNED_PURPOSES.map((purpose) => [purpose, []]))
  const shown = shownByShopper(input)
  let shoppers = 0
  let knowledge: Knowledge | null = null
  return {
    passes: 2,
    *bucket(pass: number, _bucket: number, visits: Parameters<typeof comers>[0]): Generator<void, void> {
      if (pass === 1) knowledge ??= yield* knowledgeThen(input)
      let sinceBreath = 0
      for (const shopper of comers(visits, untilMs)) {
        if (pass === 0) {
          shoppers += 1
          continue
        }
        // By the key, so that neither the order of shoppers nor their number of visits decides.
        const sampled = hash32(shopper.key) / 2 ** 32 < SHOPPERS_MAX / shoppers
        const shelves = shownTasks(shown.get(shopper.key) ?? [], visits, shopper, input)
        for (const task of [...shelves, ...(sampled ? tasksOf(visits, shopper, input) : [])]) {
          const own = lists.get(task.purpose)!
          if (own.length >= LISTS_MAX) continue
          const list = listOf(task, knowledge!)
          if (list !== null) own.push(list)
          sinceBreath += 1
        }
        if (sinceBreath < TASKS_PER_BREATH) continue
        sinceBreath = 0
        yield
      }
    },
    *finish(): Generator<void, Uint8Array> {
      const orders: Partial<Record<keyof Ranker['orders'], LinearOrder>> = {}
      const report: RankerReport = {}
      for (const purpose of [...LEARNED_PURPOSES].reverse()) {
        const fitted = yield* fitOrder(lists.get(purpose)!, DEFAULT_ORDERS[purpose])
        report[purpose] = fitted.report
        if (fitted.order !== null) orders[purpose] = fitted.order
        // What is not needed again makes room for the next fit.
        if (purpose === 'cart' || purpose === 'again') lists.set(purpose, [])
      }
      // Where nothing says what a shelf is for it may have a page, a cart or neither.
      const generic = yield* fitOrder(
        [...lists.get('home')!.slice(0, LISTS_MAX / 2), ...lists.get('product')!.slice(0, LISTS_MAX / 2)],
        DEFAULT_ORDERS.generic,
      )
      report.generic = generic.report
      if (generic.order !== null) orders.generic = generic.order
      if (Object.keys(orders).length === 0) return new Uint8Array()
      const ranker = { version: `learned-${hash32(JSON.stringify(orders)).toString(36)}`, orders }
      return new TextEncoder().encode(JSON.stringify(['ranker', ranker, report]))
    },
  }
}
