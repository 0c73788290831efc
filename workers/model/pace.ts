import type { Breaker } from '../../shared/base/breaker.ts'
import type { Clock } from '../../shared/base/clock.ts'

/** A call is slow after this many times what calls of its purpose usually take ... */
const TIMES_USUAL = 4
/** ... and never before: a provider that hangs is known to within two seconds where calls are quick. */
const SLOW_MIN_MS = 1_200
/** How much the newest call counts for in what is usual. */
const NEWEST_SHARE = 0.2

/** One call under way. */
export interface Watch {
  /** It was answered: that is how long such calls take. */
  answered(): void
  /** It ended without an answer. @returns whether it has been counted as a failure already */
  ended(): boolean
}

/** Knows how long calls take, so that silence counts against a provider before the deadline of the call is over. */
export interface Pace {
  begin(purpose: string, breaker: Breaker): Watch
}

/**
 * Times are of answers alone, by purpose: an answer of one token and one of a thousand are not alike. A call that was
 * counted as failed for being slow and is answered after all closes the breaker again, and teaches what is usual.
 */
export function createPace(clock: Clock): Pace {
  const usual = new Map<string, number>()
  const slowAfter = (purpose: string) =>
    Math.max(SLOW_MIN_MS, TIMES_USUAL * (usual.get(purpose) ?? Math.max(0, ...usual.values())))
  return {
    begin(purpose, breaker) {
      const beganMs = clock.now()
      let counted = false
      const timer = setTimeout(() => {
        counted = true
        breaker.failed()
      }, slowAfter(purpose))
      return {
        answered() {
          clearTimeout(timer)
          const tookMs = clock.now() - beganMs
          const before = usual.get(purpose)
          usual.set(purpose, before === undefined ? tookMs : before + (tookMs - before) * NEWEST_SHARE)
        },
        ended() {
          clearTimeout(timer)
          return counted
        },
      }
    },
  }
}
