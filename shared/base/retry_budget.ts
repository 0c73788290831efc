/** How many second tries a dependency is given, over all calls together. */
export interface RetryBudget {
  /** A call is made: it earns a part of a retry. */
  called(): void
  /** Takes a retry where one was earned. */
  take(): boolean
}

/** Of calls that may be tried again: a tenth, well below the fifth of Finagle's default. */
const SHARE = 0.1
/** Earned in quiet times and kept: enough for a stumble, too little to double an outage. */
const SAVED_MAX = 3
/** To begin with: the first call of an isolate may stumble too. */
const SAVED_FIRST = 1

/**
 * A token bucket filled by calls (twitter.github.io/finagle, RetryBudget): whatever fails, attempts stay below
 * 1.1 x calls plus what was saved.
 */
export function createRetryBudget(): RetryBudget {
  let saved = SAVED_FIRST
  return {
    called() {
      saved = Math.min(SAVED_MAX, saved + SHARE)
    },
    take() {
      if (saved < 1) return false
      saved -= 1
      return true
    },
  }
}
