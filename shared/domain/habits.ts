import { HOUR_MS, SECOND_MS } from '../base/clock.ts'

/** What a shopper has bought of an item, counted in visits in which anything was bought. */
export interface HabitItem {
  item: string
  /** Visits in which it was bought. */
  visits: number
  /** Visits after the first and after the last of these: 0 is the newest visit; at most 255. */
  sinceFirst: number
  sinceLast: number
  /** Hours since 1970: in which the first of these visits began, and in which the last one ended. */
  firstHour: number
  lastHour: number
  units: number
  /** The sum of HABIT_FADE ** (visits since) over its purchases. */
  decayed: number
}

/** A shopper's purchases of all time: what buy-again shelves know beyond the last events. */
export interface Habits {
  /** Visits in which anything was bought. */
  visits: number
  /** Different items that were bought. */
  distinct: number
  /** Purchases of an item in a visit after the first of it. */
  repeats: number
  /** Items of all these visits, added up: `lines / visits` is the mean basket. */
  lines: number
  /** The most habitual first, at most HABITS_KEPT. */
  items: HabitItem[]
  /** What was liked or not rated badly, and what was: had, in any case, and nothing to be shown as news. At most OPINIONS_KEPT of both: those that were judged last. */
  liked: Opinion[]
  disliked: Opinion[]
}

/** What was judged, and the second since 1970 of the last word on it. */
export type Opinion = readonly [item: string, second: number]

export const HABITS_KEPT = 300
export const OPINIONS_KEPT = 1_000
/** How much of a purchase is left a visit later. */
export const HABIT_FADE = 0.8

/** How they are kept: [3, visits, distinct, repeats, lines, [[item, visits, sinceFirst, ...], ...], liked, disliked], `decayed` in hundredths. */
export type PackedHabits = readonly [
  version: 3,
  visits: number,
  distinct: number,
  repeats: number,
  lines: number,
  items: ReadonlyArray<PackedHabitItem>,
  liked: readonly Opinion[],
  disliked: readonly Opinion[],
]
export type PackedHabitItem = readonly [
  item: string,
  visits: number,
  sinceFirst: number,
  sinceLast: number,
  firstHour: number,
  lastHour: number,
  units: number,
  decayedHundredths: number,
]

/** @returns null where another release wrote another form */
export function unpackHabits([
  version,
  visits,
  distinct,
  repeats,
  lines,
  items,
  liked,
  disliked,
]: PackedHabits): Habits | null {
  if (version !== 3) return null
  const unpacked = items.map(
    ([item, times, sinceFirst, sinceLast, firstHour, lastHour, units, hundredths]): HabitItem => ({
      item,
      visits: times,
      sinceFirst,
      sinceLast,
      firstHour,
      lastHour,
      units,
      decayed: hundredths / 100,
    }),
  )
  return { visits, distinct, repeats, lines, items: unpacked, liked: [...liked], disliked: [...disliked] }
}

/**
 * What was known at an earlier moment, all of it for null: opinions by their seconds. What was bought counts visits since
 * and sums up, which nobody can take apart again: where anything was bought later there is none of it.
 */
export function habitsAsOf(habits: Habits, asOfMs: number | null): Habits {
  if (asOfMs === null) return habits
  const then = (opinions: readonly Opinion[]) => opinions.filter(([, second]) => second * SECOND_MS <= asOfMs)
  const opinions = { liked: then(habits.liked), disliked: then(habits.disliked) }
  return habits.items.some(({ lastHour }) => lastHour * HOUR_MS > asOfMs)
    ? { visits: 0, distinct: 0, repeats: 0, lines: 0, items: [], ...opinions }
    : { ...habits, ...opinions }
}
