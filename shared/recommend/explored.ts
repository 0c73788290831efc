import { MINUTE_MS } from '../base/clock.ts'
import type { ItemStats } from '../domain/item_stats.ts'
import { explore, isNewcomer, mayExplore } from '../rank/explore.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import type { Ranked } from './compose.ts'
import type { ShelfRequest } from './request.ts'

/** Of a shelf's places, on average, and at most; between the fourth place, since the best answers stay, and the twelfth. */
const NEWCOMERS = { floor: 0.04, cap: 0.25, first: 4, last: 12 }
/** A shopper who looks again meanwhile sees the same. */
const SAME_FOR_MS = 10 * MINUTE_MS

/** One place of a shelf, and how likely it was to be filled so. */
export interface Placed {
  one: Ranked
  propensity: number
}

/**
 * Gives items that nobody knows yet their part of shelves that are for looking around; the others stay as they are, and
 * so does what a rule has arranged.
 * @param shelf the page, and behind it what is kept for later
 */
export function explored(
  request: ShelfRequest,
  shelf: readonly Ranked[],
  ranked: readonly Ranked[],
  stats: ItemStats | null,
  force: RulesInForce,
  nowMs: number,
): Placed[] {
  const plain = shelf.map((one) => ({ one, propensity: 1 }))
  if (!looksAround(request) || force.ids.length > 0) return plain
  const fresh = ranked.filter((one) => one.candidate.fresh > 0)
  const newcomers = fresh
    .map((one) => ({ id: one.card.id, events: wishesOf(stats, one.card.id), shown: 0, clicks: 0, entry: wrapped(one) }))
    .filter((one) => isNewcomer(one.events))
  if (newcomers.length === 0) return plain
  const seed = `${request.shopper ?? ''} ${request.placementName} ${request.market} ${Math.floor(nowMs / SAME_FOR_MS)}`
  const page = explore(shelf.slice(0, request.limit).map(wrapped), newcomers, { ...NEWCOMERS, seed })
  const shown = new Set(page.map(({ entry }) => entry.id))
  return [
    ...page.map(({ entry, propensity }) => ({ one: entry.one, propensity })),
    ...plain.slice(request.limit).filter(({ one }) => !shown.has(one.card.id)),
  ]
}

const wrapped = (one: Ranked) => ({ id: one.card.id, one })

const looksAround = (request: ShelfRequest): boolean =>
  mayExplore(request) &&
  request.shown.size === 0 &&
  request.candidates === null &&
  request.seeds.length === 0 &&
  request.cart.length === 0 &&
  (request.placement.strategy === 'home' || request.placement.strategy === 'generic')

/** Shopper-days with the item so far. */
const wishesOf = (stats: ItemStats | null, id: string): number =>
  stats === null ? 0 : Math.max(0, Math.exp(stats.value('all', stats.of(id))) - 0.5)
