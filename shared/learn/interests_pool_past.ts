import { DAY_MS } from '../base/clock.ts'
import type { Past } from './interests_pool.ts'
import type { Visits } from './visits.ts'

/** Of a long past the newest items: more of them blur what is wanted now, and cost. */
const ITEMS_MAX = 60

/** What a shopper wanted on the visits from..to, newest first, each item with its newest wish. */
export interface DatedPast {
  items: number[]
  /** Days before the newest event. */
  ages: number[]
}

/** @param wants whether an item has a direction */
export function pastOf(
  visits: Visits,
  from: number,
  to: number,
  newestMs: number,
  wants: (item: number) => boolean,
): DatedPast {
  const past: DatedPast = { items: [], ages: [] }
  const seen = new Set<number>()
  for (let visit = to - 1; visit >= from; visit--) {
    const age = (newestMs - visits.visitAt[visit]!) / DAY_MS
    for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++) {
      const item = visits.item[entry]!
      if (visits.intent[entry]! <= 0 || seen.has(item) || !wants(item)) continue
      seen.add(item)
      past.items.push(item)
      past.ages.push(age)
    }
    // Whole visits: items of one moment are a set.
    if (past.items.length >= ITEMS_MAX) break
  }
  return past
}

/** The past with its weights: half for every half-life; relative to its newest wish, so that nobody fades away. */
export function fadedPast({ items, ages }: DatedPast, halfLifeDays: number | null): Past {
  const newest = ages[0] ?? 0
  const weights = ages.map((age) => (halfLifeDays === null ? 1 : 0.5 ** ((age - newest) / halfLifeDays)))
  return { items, weights }
}
