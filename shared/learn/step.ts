import type { LearningArtefacts, RunFolder } from '../store/learning_artefacts.ts'
import type { Tier } from './limits.ts'
import type { Plan } from './plan.ts'

/** What the steps of a run have at hand. */
export interface RunContext {
  shop: string
  run: string
  /** The run's objects. */
  folder: RunFolder
  artefacts: Pick<LearningArtefacts, 'lines' | 'impressions'>
  tier: Tier
  /** Lets whoever shares the thread go first. */
  breathe(): Promise<void>
}

/**
 * A part of a run. A unit of it leaves objects, and only then is the cursor noted: a run that is killed repeats one
 * unit, which leaves the same objects.
 */
export interface Step {
  readonly name: string
  /** Called once in each turn that the run spends in this step; what it holds is let go at the step's end. */
  open(run: RunContext): Promise<OpenStep>
}

export interface OpenStep {
  /** Units, for people; cursors need not be their numbers. */
  total: number
  /** Does the unit at the cursor, the first at 0. @returns the next cursor; null when the step is done */
  next(cursor: number): Promise<number | null>
  /** Called when the step or the turn is over. */
  close?(): void
}

/** A step of numbered units. */
export const units = (total: number, unit: (index: number) => Promise<void>): OpenStep => ({
  total,
  async next(cursor) {
    if (cursor >= total) return null
    await unit(cursor)
    return cursor + 1 < total ? cursor + 1 : null
  },
})

/** Runs pure work to its end, with a breath wherever it yields. */
export async function breathing<T>(work: Generator<void, T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value as T
    await breathe()
  }
}

export const OBJECTS = {
  plan: 'plan.json',
  chunk: (index: number) => `chunks/${numbered(index)}.bin`,
  chunkIndex: (index: number) => `chunks/${numbered(index)}.json`,
  items: 'items.json',
  numbers: 'numbers.bin',
  visits: (bucket: number) => `visits/${numbered(bucket)}.bin`,
  census: 'census.json',
  part: (step: string, block: number) => `parts/${step}-${numbered(block)}.bin`,
  state: (learner: string) => `state/${learner}.bin`,
  rows: (learner: string, block: number) => `rows/${learner}-${numbered(block)}.ndjson`,
  manifest: 'manifest.json',
} as const
const numbered = (index: number) => String(index).padStart(5, '0')

export const readPlan = async (folder: RunFolder): Promise<Plan> => JSON.parse(await folder.text(OBJECTS.plan)) as Plan
