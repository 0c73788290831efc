import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { HABIT_FADE, type Habits } from '../domain/habits.ts'
import type { PastItem } from './anchors.ts'

/** What is known of a shopper's purchases of one item. */
export interface Owned {
  /** Visits on which it was bought. */
  visits: number
  units: number
  firstMs: number
  lastMs: number
  /** The shopper's visits with a purchase since the last one of this item, and since the first. */
  sinceLast: number
  sinceFirst: number
  /** Its purchases, each less by HABIT_FADE a visit since. */
  fade: number
}

/** Habits name the hour in which a visit began; what was bought on it was bought within this time. */
const VISIT_MAX_MS = 4 * HOUR_MS

/** A shopper's purchases by item, and on how many visits they were made. */
export interface Ownership {
  items: ReadonlyMap<string, Owned>
  visits: number
}

/**
 * What is remembered of a shopper, joined by what the request or the live store tells. What is remembered was complete
 * when it was learned: only purchases after it are new to it. A past without times knows an order and no days: there one
 * place in the list is one visit and one day.
 */
export function ownership(past: readonly PastItem[], habits: Habits | null): Ownership {
  const items = new Map<string, Owned>()
  let newestMs = Number.NEGATIVE_INFINITY
  for (const one of habits?.items ?? []) {
    const { item, visits, units, sinceLast, sinceFirst, decayed } = one
    const [firstMs, lastMs] = [one.firstHour * HOUR_MS, one.lastHour * HOUR_MS]
    items.set(item, { visits, units, firstMs, lastMs, sinceLast, sinceFirst, fade: decayed })
    newestMs = Math.max(newestMs, lastMs + VISIT_MAX_MS)
  }
  const bought = past
    .map((one, place) => ({ id: one.id, type: one.type, atMs: one.atMs ?? place * DAY_MS }))
    .filter(({ id, type, atMs }) => type === 'purchase' && (atMs > newestMs || !items.has(id)))
    .sort((a, b) => a.atMs - b.atMs)
  const moments = Float64Array.from(new Set(bought.map(({ atMs }) => atMs))).sort()
  const later = moments.filter((atMs) => atMs > newestMs).length
  for (const own of items.values()) {
    own.sinceLast += later
    own.sinceFirst += later
    own.fade *= HABIT_FADE ** later
  }
  for (const { id, atMs } of bought) {
    const since = moments.length - 1 - placeOf(moments, atMs)
    const own = items.get(id)
    const fade = HABIT_FADE ** since
    if (own === undefined) {
      items.set(id, { visits: 1, units: 1, firstMs: atMs, lastMs: atMs, sinceLast: since, sinceFirst: since, fade })
    } else if (atMs > own.lastMs) {
      Object.assign(own, { visits: own.visits + 1, units: own.units + 1, lastMs: atMs, sinceLast: since })
      own.fade += fade
    }
  }
  return { items, visits: (habits?.visits ?? 0) + (habits === null ? moments.length : later) }
}

/** The place of a value that is in the sorted list. */
function placeOf(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
