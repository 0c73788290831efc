import type { Rng } from '../../shared/base/rng.ts'
import { weightedIndex } from './draw.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Leaves room for a session that starts last to end before the period does. */
const LAST_START_MS = 20 * 60_000

/** Relative traffic by local hour, midnight first: quiet nights, a lunch bump, an evening peak. */
const BY_HOUR = [2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 14, 12, 10, 10, 11, 13, 16, 20, 24, 24, 17, 8]
/** Relative traffic by weekday, Sunday first. */
const BY_WEEKDAY = [13, 10, 9, 9, 10, 9, 12]
const PEAK = Math.max(...BY_WEEKDAY)

/**
 * Start times of one shopper's sessions, epoch milliseconds, ascending, at least two hours apart: days by weekday weight
 * (thinning, Lewis and Shedler, 1979), hours by the local daily profile.
 */
export function visitTimes(rng: Rng, count: number, days: number, endsAt: number, utcOffsetHours: number): number[] {
  const firstMs = endsAt - days * DAY_MS
  const times: number[] = []
  for (let tries = 0; times.length < count && tries < 20 * count; tries++) {
    const dayMs = Math.floor((firstMs + rng.next() * days * DAY_MS) / DAY_MS) * DAY_MS
    if (rng.next() * PEAK > BY_WEEKDAY[new Date(dayMs).getUTCDay()]!) continue
    const localHour = weightedIndex(rng, BY_HOUR) + rng.next()
    const atMs = Math.floor(dayMs + (localHour - utcOffsetHours) * HOUR_MS)
    if (atMs >= firstMs && atMs <= endsAt - LAST_START_MS) times.push(atMs)
  }
  times.sort((a, b) => a - b)
  return times.filter((atMs, i) => i === 0 || atMs - times[i - 1]! >= 2 * HOUR_MS)
}
