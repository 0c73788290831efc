import { HOUR_MS } from '../base/clock.ts'

/** Scenes of a moment by a market's own clock: milliseconds since the epoch with the market's shift added. */

const DAY_HOURS = 24
const PART_HOURS = 6
/** Where the first part of a day begins: 3 to 9, 9 to 15, 15 to 21, and the night. */
const FIRST_HOUR = 3
/** 1970-01-01 was a Thursday: Saturday is the third day of each week that begins there. */
const THURSDAY = 4

/** 0 to 3. */
export const dayPartAt = (localMs: number): number =>
  Math.floor(modulo(localMs / HOUR_MS - FIRST_HOUR, DAY_HOURS) / PART_HOURS)

/** 1 on Saturdays and Sundays. */
export function weekPartAt(localMs: number): number {
  const weekday = modulo(Math.floor(localMs / (DAY_HOURS * HOUR_MS)) + THURSDAY, 7)
  return weekday === 0 || weekday === 6 ? 1 : 0
}

/** 0 to 3. */
export const quarterAt = (localMs: number): number => Math.floor(new Date(localMs).getUTCMonth() / 3)

/**
 * The two parts of the day between whose middles a moment lies, and how much of the second there is in it: nothing
 * changes at a stroke of the clock.
 */
export function dayPartsAround(localMs: number): readonly [part: number, next: number, share: number] {
  const at = modulo(localMs / HOUR_MS - FIRST_HOUR - PART_HOURS / 2, DAY_HOURS) / PART_HOURS
  const part = Math.floor(at)
  return [part, (part + 1) % (DAY_HOURS / PART_HOURS), at - part]
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by
