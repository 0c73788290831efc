import { INTENT, type Interaction } from '../../domain/event.ts'
import { PROFILE_LIMITS } from './limits.ts'

/** How much a shopper wants an item now, by their whole past. */
export interface ItemWeight {
  item: string
  /** In [-1, 1]: below 0 when the last word on it was a refund or a dislike. */
  weight: number
  lastMs: number
  market: string | null
  did: readonly string[]
}

const intentOf = (one: Interaction) => INTENT[one.type] * (one.type === 'feedback' ? (one.value ?? 0) : 1)

/** Time first, and of one time an order that no arrival can change. */
export function byTime(a: Interaction, b: Interaction): number {
  return a.atMs - b.atMs || compare(tieOf(a), tieOf(b))
}
const tieOf = (one: Interaction) => JSON.stringify([one.item, one.type, one.value, one.market, one.eventId])
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * One weight an item, items by name: the strongest intent, halved by every half life before the shopper's newest
 * event. What came back or was disliked counts below nothing until it is wanted again, later.
 */
export function itemWeights(history: readonly Interaction[]): ItemWeight[] {
  const newestMs = history.reduce((newest, one) => Math.max(newest, one.atMs), 0)
  const decayed = (one: Interaction) => intentOf(one) * 0.5 ** ((newestMs - one.atMs) / PROFILE_LIMITS.halfLifeMs)
  const byItem = new Map<string, Interaction[]>()
  for (const one of history) {
    const own = byItem.get(one.item)
    if (own === undefined) byItem.set(one.item, [one])
    else own.push(one)
  }
  return [...byItem]
    .map(([item, events]) => {
      const sorted = events.toSorted(byTime)
      const refusedMs = sorted.findLast((one) => intentOf(one) < 0)?.atMs ?? Number.NEGATIVE_INFINITY
      const wanted = sorted.filter((one) => intentOf(one) > 0 && one.atMs > refusedMs).map(decayed)
      const refused = sorted.filter((one) => intentOf(one) < 0).map(decayed)
      const weight = wanted.length > 0 ? Math.max(...wanted) : refused.length > 0 ? Math.min(...refused) : 0
      const last = sorted.at(-1)!
      const market = sorted.findLast((one) => one.market !== null)?.market ?? null
      return { item, weight, lastMs: last.atMs, market, did: [...new Set(sorted.map((one) => one.type))].sort() }
    })
    .filter((own) => own.weight !== 0)
    .sort((a, b) => compare(a.item, b.item))
}
