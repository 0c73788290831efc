import type { LearnRun, LearnRunStore } from '../store/operations/learn_runs.ts'
import type { RunContext, Step } from './step.ts'

/** Says when a turn is over: a run goes on in the next. */
export interface Turn {
  /** Asked after each unit of work. */
  over(): boolean
}

/** A unit that was done. */
export interface Progress {
  /** The step that it was of, that step's place and the number of steps. */
  name: string
  at: number
  steps: number
  /** The step that comes next, which may be the same. */
  step: string
  /** Where in its step it ended. */
  cursor: number
  total: number
}

export interface AdvanceDeps {
  runs: Pick<LearnRunStore, 'commit'>
  now(): number
  /** Told after each unit, before the next. */
  progress(done: Progress): Promise<void>
}

/** The end of the list of steps. */
export const DONE = 'done'

/**
 * Does a run's units of work in their order until they are done or the turn is over. A unit's objects are written before
 * its end is noted, so that a run that is killed anywhere goes on as if it had not been.
 * @returns the run where it stands; its step is DONE after the last
 * @throws RunEnded where somebody else ended the run or went on with it
 */
export async function advance(
  from: LearnRun,
  steps: readonly Step[],
  context: RunContext,
  deps: AdvanceDeps,
  turn: Turn,
): Promise<LearnRun> {
  let run = from
  while (run.step !== DONE) {
    const at = steps.findIndex((step) => step.name === run.step)
    // A step of another release: what it left may be of another form.
    if (at === -1) throw new StepUnknown(run.step)
    const open = await steps[at]!.open(context)
    try {
      for (let cursor: number | null = run.cursor; cursor !== null; ) {
        cursor = await open.next(cursor)
        const to = cursor === null ? { step: steps[at + 1]?.name ?? DONE, cursor: 0 } : { step: run.step, cursor }
        run = await deps.runs.commit(run, to, deps.now())
        const { total } = open
        const { name } = steps[at]!
        await deps.progress({ name, at, steps: steps.length, step: run.step, cursor: cursor ?? total, total })
        if (turn.over()) return run
      }
    } finally {
      open.close?.()
    }
  }
  return run
}

/** A run was begun by a release that had other steps. */
export class StepUnknown extends Error {
  constructor(step: string) {
    super(`no step of learning is called ${step}`)
    this.name = 'StepUnknown'
  }
}
