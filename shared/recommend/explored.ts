import { MINUTE_MS } from '../base/clock.ts'
import type { ItemStats } from '../domain/item_stats.ts'
import { Caps } from '../rank/caps.ts'
import { explore, isNewcomer, mayExplore, type Room } from '../rank/explore.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import { capsOf, type Ranked } from './compose.ts'
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
 * Gives items that nobody knows yet their part of shelves that are for looking around, within the placement's caps; the
 * others stay as they are, and so does what a rule has arranged.
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
  const roomOn = (entries: readonly Wrapped[]) => roomBeside(entries, request)
  const page = explore(shelf.slice(0, request.limit).map(wrapped), newcomers, { ...NEWCOMERS, seed }, roomOn)
  const shown = new Set(page.map(({ entry }) => entry.id))
  const behind = shelf.slice(request.limit).filter((one) => !shown.has(one.card.id))
  return [
    ...page.map(({ entry, propensity }) => ({ one: entry.one, propensity })),
    ...roomiest(behind, roomOn(page.map(({ entry }) => entry))).map((one) => ({ one, propensity: 1 })),
  ]
}

interface Wrapped {
  id: string
  one: Ranked
}

function roomBeside(entries: readonly Wrapped[], request: ShelfRequest): Room<Wrapped> {
  const caps = new Caps(capsOf(request))
  for (const { one } of entries) caps.add(one.card)
  return { fits: ({ one }) => !caps.reached(one.card), add: ({ one }) => caps.add(one.card) }
}

/** What is kept for later moves up into the page: what fits into it comes first, since newcomers may have taken its room. */
function roomiest(behind: readonly Ranked[], room: Room<Wrapped>): Ranked[] {
  const fits = behind.map((one) => {
    const fit = room.fits(wrapped(one))
    if (fit) room.add(wrapped(one))
    return fit
  })
  return [...behind.filter((_one, at) => fits[at]), ...behind.filter((_one, at) => !fits[at])]
}

const wrapped = (one: Ranked): Wrapped => ({ id: one.card.id, one })

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
