import { DAY_MS } from '../base/clock.ts'
import { decodeArrays, encodeArrays, type NumberArray } from './arrays.ts'
import { type Learner, type LearnInput, NO_BLOCKS } from './learner.ts'
import type { RegressionModel } from './regression/models.ts'
import type { Visits } from './visits.ts'

/** Of all visits, those that learning is judged by: what came after the rest. */
const LATER_SHARE = 0.12

/** What a learner is called that knows nothing of the shop's last weeks. */
export const rewoundName = (name: string): string => `${name}_then`

const TIMELINE = 'timeline'

/** Finds the moment to which learning is wound back: a midnight that most visits lie before. */
export const timelineLearner: Learner = {
  name: TIMELINE,
  version: 1,
  dependsOn: [],
  gather() {
    const visitsOfDay = new Map<number, number>()
    return {
      passes: 1,
      // biome-ignore lint/correctness/useYield: a bucket is some ten thousand visits
      *bucket(_pass, _bucket, { visitAt }) {
        for (const at of visitAt) {
          const day = Math.floor(at / DAY_MS)
          visitsOfDay.set(day, (visitsOfDay.get(day) ?? 0) + 1)
        }
      },
      *finish() {
        const days = [...visitsOfDay].sort((a, b) => b[0] - a[0])
        const total = days.reduce((sum, [, visits]) => sum + visits, 0)
        let later = 0
        let from = days[0]?.[0] ?? 0
        for (const [day, visits] of days) {
          if (later + visits > total * LATER_SHARE && later > 0) break
          later += visits
          from = day
        }
        return encodeArrays({ untilMs: Float64Array.of(from * DAY_MS) })
      },
    }
  },
  open: () => NO_BLOCKS,
}

/** The moment to which learning was wound back. */
export const rewoundTo = (input: Pick<LearnInput, 'state'>): number =>
  decodeArrays(input.state(TIMELINE), { untilMs: 'Float64' }).arrays.untilMs[0]!

/** What a learner is told that knows nothing of the last weeks. */
const then = (input: LearnInput): LearnInput => ({
  ...input,
  newestMs: rewoundTo(input),
  state: (name) => input.state(rewoundName(name)),
})

const dependsThen = ({ dependsOn }: Pick<Learner, 'dependsOn'>): string[] => [TIMELINE, ...dependsOn.map(rewoundName)]

/**
 * The same learner over the events before the shop's last weeks: a state under another name, and no rows. What it
 * depends on is wound back as well, and must be among the learners.
 */
export const rewound = (learner: Learner): Learner => ({
  name: rewoundName(learner.name),
  version: learner.version,
  dependsOn: dependsThen(learner),
  gather(input) {
    const inner = learner.gather(then(input))
    const untilMs = rewoundTo(input)
    return {
      passes: inner.passes,
      bucket: (pass, bucket, visits) => inner.bucket(pass, bucket, before(visits, untilMs)),
      finish: () => inner.finish(),
    }
  },
  open: () => NO_BLOCKS,
})

/** The same regression over the same events. */
export const rewoundModel = (model: RegressionModel): RegressionModel => ({
  ...model,
  name: rewoundName(model.name),
  dependsOn: dependsThen(model),
  moments: (input) => model.moments(then(input)),
})

/** The rows of a learner that was wound back. */
export function* rewoundRows(learner: Learner, input: LearnInput): Generator<void, string[]> {
  const blocks = learner.open(input.state(rewoundName(learner.name)), then(input))
  const rows: string[] = []
  for (let index = 0; index < blocks.count; index++) for (const row of yield* blocks.block(index)) rows.push(row)
  return rows
}

/** A bucket without the visits that began at a moment or after it; shoppers without a visit stay, and have none. */
export function before(visits: Visits, untilMs: number): Visits {
  const kept: number[] = []
  const shopperStart = new Int32Array(visits.shopperStart.length)
  for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
    for (let visit = visits.shopperStart[shopper]!; visit < visits.shopperStart[shopper + 1]!; visit++)
      if (visits.visitAt[visit]! < untilMs) kept.push(visit)
    shopperStart[shopper + 1] = kept.length
  }
  const visitStart = new Int32Array(kept.length + 1)
  const entries: number[] = []
  for (const [at, visit] of kept.entries()) {
    for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++) entries.push(entry)
    visitStart[at + 1] = entries.length
  }
  const picked = <A extends NumberArray>(from: A, places: readonly number[]): A => {
    const made = new (from.constructor as new (length: number) => A)(places.length)
    for (const [at, place] of places.entries()) made[at] = from[place]!
    return made
  }
  const byVisit = <A extends NumberArray>(from: A) => picked(from, kept)
  const byEntry = <A extends NumberArray>(from: A) => picked(from, entries)
  return {
    ...visits,
    shopperStart,
    visitStart,
    visitAt: byVisit(visits.visitAt),
    visitEnd: byVisit(visits.visitEnd),
    visitMarket: byVisit(visits.visitMarket),
    item: byEntry(visits.item),
    intent: byEntry(visits.intent),
    basket: byEntry(visits.basket),
    verdict: byEntry(visits.verdict),
    judgedAt: byEntry(visits.judgedAt),
    quantity: byEntry(visits.quantity),
    price: byEntry(visits.price),
  }
}
