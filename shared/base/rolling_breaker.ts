import type { Breaker } from './breaker.ts'
import type { Clock } from './clock.ts'

export interface RollingBreakerOptions {
  /** The newest outcomes that count. */
  window: number
  /** The share of them that must be failures. */
  failedShare: number
  /** Fewer failures than these say nothing, whatever their share. */
  failuresToOpen: number
  /** How long it refuses at first; a probe that fails doubles it, up to the longest. */
  openMs: number
  longestOpenMs: number
}

/**
 * Of a dependency that costs money or seconds: half of the last twenty failed. Five are enough where there were no more,
 * so that one that is wholly down is left alone after five calls and not after twenty.
 */
export const PROVIDER_BREAKER: RollingBreakerOptions = {
  window: 20,
  failedShare: 0.5,
  failuresToOpen: 5,
  openMs: 10_000,
  longestOpenMs: 30_000,
}

/**
 * A breaker that looks at the share of failures among the newest outcomes, so that one success in between does not hide
 * a dependency that mostly fails. Open, it lets one probe through a period. A success closes it, be it of a call that was
 * begun before: whoever answers is there.
 */
export function createRollingBreaker(clock: Clock, options: RollingBreakerOptions = PROVIDER_BREAKER): Breaker {
  let outcomes: boolean[] = []
  let open = false
  let probing = false
  let openMs = options.openMs
  let retryAtMs = 0

  function note(failed: boolean): void {
    outcomes.push(failed)
    if (outcomes.length > options.window) outcomes.shift()
  }

  return {
    allows() {
      if (!open) return true
      const now = clock.now()
      if (now < retryAtMs) return false
      // A probe that is never heard of again must not keep the next from being sent.
      probing = true
      retryAtMs = now + openMs
      return true
    },
    succeeded() {
      if (open) {
        open = false
        probing = false
        openMs = options.openMs
        outcomes = []
      }
      note(false)
    },
    failed() {
      if (open) {
        // Calls that were under way when it opened say nothing new.
        if (!probing) return
        probing = false
        openMs = Math.min(openMs * 2, options.longestOpenMs)
        retryAtMs = clock.now() + openMs
        return
      }
      note(true)
      const failures = outcomes.filter(Boolean).length
      if (failures < options.failuresToOpen || failures < outcomes.length * options.failedShare) return
      open = true
      probing = false
      retryAtMs = clock.now() + openMs
    },
    get open() {
      return open
    },
  }
}
