import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { HABIT_FADE, type Habits } from '../domain/habits.ts'
import { isAnotherVisit } from '../domain/visit.ts'
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
    // Habits name the hour in which a visit ended: whatever was bought within it was bought on that visit.
    newestMs = Math.max(newestMs, lastMs + HOUR_MS - 1)
  }
  const visits = boughtByVisit(past, ({ id, atMs }) => atMs > newestMs || !items.has(id))
  const later = visits.filter((bought) => bought.at(-1)!.atMs > newestMs).length
  for (const own of items.values()) {
    own.sinceLast += later
    own.sinceFirst += later
    own.fade *= HABIT_FADE ** later
  }
  for (const [at, bought] of visits.entries()) {
    const since = visits.length - 1 - at
    const fade = HABIT_FADE ** since
    // Of one visit an item counts once, at its first purchase there.
    const firsts = new Map([...bought].reverse().map(({ id, atMs }) => [id, atMs]))
    for (const [id, atMs] of firsts) {
      const own = items.get(id)
      if (own === undefined) {
        items.set(id, { visits: 1, units: 1, firstMs: atMs, lastMs: atMs, sinceLast: since, sinceFirst: since, fade })
      } else if (atMs > own.lastMs) {
        Object.assign(own, { visits: own.visits + 1, units: own.units + 1, lastMs: atMs, sinceLast: since })
        own.fade += fade
      }
    }
  }
  return { items, visits: (habits?.visits ?? 0) + (habits === null ? visits.length : later) }
}

interface Purchase {
  id: string
  atMs: number
}

/** Purchases that count, oldest first, by the visits on which they were made; all that was done makes a visit go on. */
function boughtByVisit(past: readonly PastItem[], counts: (purchase: Purchase) => boolean): Purchase[][] {
  const done = past
    .map((one, place) => ({ id: one.id, type: one.type, atMs: one.atMs ?? place * DAY_MS }))
    .filter(({ type }) => type !== 'impression' && type !== 'refund')
    .sort((a, b) => a.atMs - b.atMs)
  const visits: Purchase[][] = []
  let visit: Purchase[] = []
  for (const [at, { id, type, atMs }] of done.entries()) {
    if (at > 0 && isAnotherVisit(done[at - 1]!.atMs, atMs)) visit = []
    if (type !== 'purchase' || !counts({ id, atMs })) continue
    if (visit.push({ id, atMs }) === 1) visits.push(visit)
  }
  return visits
}
