import type { EventType } from '../domain/event.ts'
import { LIMITS } from '../domain/limits.ts'
import type { RecentEvent } from '../store/live/live.ts'

/** An item that candidates are measured against: what the page is about, what is in the cart, what the shopper did. */
export interface Anchor {
  id: string
  kind: 'seed' | 'cart' | 'past'
  /** What was done with it says this much of taste, in (0, 1]. */
  strength: number
  /** How many moments ago, a purchase with all its items being one; 0 for the last one, for the page and for the cart. */
  visit: number
  /** How much it counts in all, in (0, 1]: the strength, less by every visit since. */
  weight: number
}

/** What a past event says about taste, in (0, 1]; 0 leaves it out. */
const PAST_WEIGHT: Record<EventType, number> = {
  impression: 0,
  click: 0.6,
  view: 0.6,
  add_to_cart: 0.9,
  purchase: 1,
  refund: 0,
  feedback: 1,
}

/** The n-th last moment counts this to the power of n. Found on purchase histories; see docs/design.md. */
const VISIT_DECAY = 0.8

/** One past item in the order of time. `atMs` null: only its place in the list is known. */
export interface PastItem {
  id: string
  type: EventType
  atMs: number | null
  value: number | null
}

/**
 * Weighs a shopper's past. Items of equal time weigh the same whatever their order in the list; without times
 * the list's own order counts, newest last. Finer than a visit on purpose: of a long one what came last says most.
 */
export function pastAnchors(past: readonly PastItem[]): Anchor[] {
  const byRank = [...past.entries()].filter(
    ([, event]) => PAST_WEIGHT[event.type] > 0 && (event.value === null || event.value > 0),
  )
  const timeOf = ([index, event]: [number, PastItem]) => event.atMs ?? index
  // Sorted by time, then by id: a cut among equal times must not depend on how they were listed.
  byRank.sort((a, b) => timeOf(b) - timeOf(a) || (a[1].id < b[1].id ? -1 : 1))
  const anchors = new Map<string, Anchor>()
  let visit = -1
  let visitTime = Number.NaN
  for (const entry of byRank) {
    const time = timeOf(entry)
    if (time !== visitTime) {
      visit += 1
      visitTime = time
    }
    const { id, type } = entry[1]
    const strength = PAST_WEIGHT[type]
    const weight = strength * VISIT_DECAY ** visit
    const known = anchors.get(id)
    if (known && weight > known.weight) Object.assign(known, { strength, visit, weight })
    else if (!known && anchors.size < LIMITS.historyItemsUsed)
      anchors.set(id, { id, kind: 'past', strength, visit, weight })
  }
  return [...anchors.values()]
}

/** Seeds first, then the cart, then the past; an item counts once, as the first of these that it is. */
export function allAnchors(seeds: readonly string[], cart: readonly string[], past: readonly Anchor[]): Anchor[] {
  const anchors = new Map<string, Anchor>()
  const present = { strength: 1, visit: 0, weight: 1 }
  for (const id of seeds) if (!anchors.has(id)) anchors.set(id, { id, kind: 'seed', ...present })
  for (const id of cart) if (!anchors.has(id)) anchors.set(id, { id, kind: 'cart', ...present })
  for (const anchor of past) if (!anchors.has(anchor.id)) anchors.set(anchor.id, anchor)
  return [...anchors.values()]
}

/** Items that the shopper turned down. */
export function rejectedItems(past: readonly PastItem[]): string[] {
  return past.filter((event) => event.value !== null && event.value < 0).map((event) => event.id)
}

export const fromRecent = (event: RecentEvent): PastItem => ({
  id: event.item,
  type: event.type,
  atMs: event.atMs,
  value: event.value,
})

/** The past as it was at a moment; all of it for null. Items without a time were listed as past, and stay. */
export const upTo = (asOfMs: number | null, past: readonly PastItem[]): PastItem[] =>
  past.filter(
    (item) => asOfMs === null || item.atMs === null || item.atMs <= asOfMs || item.atMs === Number.MAX_SAFE_INTEGER,
  )
