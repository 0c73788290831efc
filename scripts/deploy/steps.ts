import { DeployFailure } from './failure.ts'

/** What a look at a step's thing found. */
export interface Standing {
  /** True when nothing is to be done. */
  done: boolean
  /** For people: what is there, or what is to be done. */
  said: string
}

/** One thing that is to be so. Looking writes nothing; doing it twice is the same as once. */
export interface Step {
  name: string
  look(): Promise<Standing>
  take(): Promise<void>
  /** The word of `take` is not enough: it is looked at again. */
  proves?: boolean
}

export interface Told {
  step: string
  standing: Standing
  /** Whether it was done in this run. */
  taken: boolean
}

const LOOKS = 5
const LOOK_AGAIN_MS = 1_000

interface Ways {
  dryRun: boolean
  tell(told: Told): void
  signal: AbortSignal
  sleep(ms: number): Promise<void>
}

/** Takes the steps in their order; what is there already is left alone. @throws DeployFailure */
export async function takeSteps(steps: readonly Step[], { dryRun, tell, signal, sleep }: Ways): Promise<void> {
  for (const step of steps) {
    if (signal.aborted) throw new DeployFailure('interrupted', `stopped before “${step.name}”`)
    const standing = await step.look()
    if (standing.done || dryRun) {
      tell({ step: step.name, standing, taken: false })
      continue
    }
    await step.take()
    const after = step.proves === true ? await proved(step, sleep) : standing
    tell({ step: step.name, standing: after, taken: true })
  }
}

/** What was done is not always seen at once. */
async function proved(step: Step, sleep: Ways['sleep']): Promise<Standing> {
  for (let look = 1; ; look++) {
    const standing = await step.look()
    if (standing.done) return standing
    if (look === LOOKS) throw new DeployFailure('did_not_hold', `${step.name}: it was done, and yet: ${standing.said}`)
    await sleep(LOOK_AGAIN_MS)
  }
}
