import type { Clock } from './clock.ts'

/** Consecutive failures that open the breaker. */
const FAILURES_TO_OPEN = 5
/** How long an open breaker refuses before it lets one probe through. */
const OPEN_MS = 5_000

/** Stops asking a dependency that keeps failing, so that its deadline is not paid by every request. */
export interface Breaker {
  /** True when a call may be made now. An open breaker lets one probe through per period. */
  allows(): boolean
  succeeded(): void
  failed(): void
  readonly open: boolean
}

export function createBreaker(clock: Clock): Breaker {
  let failures = 0
  let retryAt = 0
  return {
    allows() {
      if (failures < FAILURES_TO_OPEN) return true
      const now = clock.now()
      if (now < retryAt) return false
      retryAt = now + OPEN_MS
      return true
    },
    succeeded() {
      failures = 0
    },
    failed() {
      failures += 1
      if (failures >= FAILURES_TO_OPEN) retryAt = clock.now() + OPEN_MS
    },
    get open() {
      return failures >= FAILURES_TO_OPEN
    },
  }
}
