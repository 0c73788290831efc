import { withDeadline } from '../base/deadline.ts'
import type { Deadlines } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import type { ShelfDeps } from './deps.ts'
import { timeFor } from './time_left.ts'

/** D1 was not asked: its breaker is open. */
export class D1Refused extends Error {
  constructor() {
    super('the D1 breaker is open')
    this.name = 'D1Refused'
  }
}

interface Guard {
  /** Whose deadline holds. */
  stage: keyof Deadlines
  /** What it is called in a refusal by the deadline; the stage's name without it. */
  name?: string
  /** Of the stage's deadline, what went by before D1 was asked, in ms. */
  spentMs?: number
}

/** The call within its deadline, counted as a storage call. */
const inTime = <T>({ stage, name, spentMs = 0 }: Guard, deps: ShelfDeps, stages: Stages, call: () => Promise<T>) =>
  withDeadline(name ?? stage, Math.max(1, timeFor(stage, deps, stages) - spentMs), stages.storage(call))

/**
 * A read of D1 that shelves cannot do without: refused while the breaker is open, but for a probe, and the breaker goes
 * by how it ends.
 * @param isOwnDoing whether a failure is the request's own, and no sign that D1 is down for the others
 */
export async function d1Call<T>(
  guard: Guard,
  deps: ShelfDeps,
  stages: Stages,
  call: () => Promise<T>,
  isOwnDoing: (error: unknown) => boolean = () => false,
): Promise<T> {
  const { d1 } = deps.memory
  if (!d1.allows()) throw new D1Refused()
  try {
    const answer = await inTime(guard, deps, stages, call)
    d1.succeeded()
    return answer
  } catch (error) {
    if (!isOwnDoing(error)) d1.failed()
    throw error
  }
}

/**
 * A read of D1 beside those, in the place of KV: refused while the breaker is open. It takes no probe from them, and a
 * value of megabytes that is slow says nothing of D1.
 */
export async function d1Beside<T>(guard: Guard, deps: ShelfDeps, stages: Stages, call: () => Promise<T>): Promise<T> {
  if (deps.memory.d1.open) throw new D1Refused()
  return inTime(guard, deps, stages, call)
}
