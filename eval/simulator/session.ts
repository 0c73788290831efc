import type { Rng } from '../../shared/base/rng.ts'
import type { SimItem } from './catalogue.ts'
import { type ChoiceModel, cartProbability, clickProbability, orderProbability, utilityOf } from './choice.ts'
import { weightedIndex } from './draw.ts'
import type { Memory } from './memory.ts'
import type { Shopper } from './shopper.ts'
import type { Placement, ShelfContext, ShelfPolicy, SimulatedEvent } from './types.ts'

/** Items on one shelf; the demo page shows as many. */
export const SHELF_LIMIT = 8
/** Chance of looking at the next position, and of leaving the shelf after a click (cascade with satisfaction). */
const LOOK_ON = 0.88
const LEAVE_AFTER_CLICK = 0.65
const MAX_SHELVES = 25
/** How far a look at the product page awakens the wish for its complements; the cart does so fully. */
const LOOKED_AT = 0.3

/** Where and when a session happens. `memory` belongs to the shopper and is changed. */
export interface Visit {
  model: ChoiceModel
  memory: Memory
  sessionId: string
  startMs: number
  /** Events later than this are not written. */
  endsAt: number
}

export interface SessionOutcome {
  events: SimulatedEvent[]
  /** Minor units of the shopper's market. */
  revenueMinor: number
  /** Examined positions: the denominator of a click rate. */
  examined: number
}

/**
 * Chance by what it decides (`click tp-001`, `pause`). One stream for everything replays a session; a stream for each
 * label gives two policies the same draw for the same decision, whatever else they showed (common random numbers).
 */
export type Chances = (label: string) => Rng

/** A session in progress: `steps` asks for one shelf after the other; `outcome` grows as it goes. */
export interface Session {
  outcome: SessionOutcome
  steps: Generator<ShelfContext, void, readonly string[]>
}

/** The mutable state of a session in progress. */
interface Walk extends Visit {
  shopper: Shopper
  chance: Chances
  nowMs: number
  cart: SimItem[]
  outcome: SessionOutcome
}

/**
 * Plays one session against a policy. Each shelf is read from the top with the cascade model of Craswell et al. (2008),
 * extended by satisfaction after a click (Chapelle and Zhang, 2009). A click opens the product page, whose shelf is asked
 * for next; tiredness grows with every shelf and ends the session; the cart is settled last.
 */
export function simulateSession(shopper: Shopper, shelfOf: ShelfPolicy, rng: Rng, visit: Visit): SessionOutcome {
  const { outcome, steps } = openSession(shopper, () => rng, visit)
  for (let step = steps.next(); step.done !== true; ) step = steps.next(shelfOf(step.value))
  return outcome
}

/** The same session, shelf by shelf, for a policy that takes its time. */
export function openSession(shopper: Shopper, chance: Chances, visit: Visit): Session {
  const outcome: SessionOutcome = { events: [], revenueMinor: 0, examined: 0 }
  return { outcome, steps: walkThrough({ ...visit, shopper, chance, nowMs: visit.startMs, cart: [], outcome }) }
}

function* walkThrough(walk: Walk): Session['steps'] {
  let page: { placement: Placement; category?: string; seed?: SimItem } = arrive(walk)
  for (let shelves = 0; shelves < MAX_SHELVES; shelves++) {
    const opened = readShelf(walk, yield contextOf(walk, page.placement, page.category, page.seed?.id))
    if (walk.chance('tire').next() < shelves / (shelves + walk.shopper.patience)) break
    if (opened === null) page = { placement: 'category', category: browse(walk) }
    else if (walk.cart.includes(opened)) page = { placement: 'cart', seed: opened }
    else page = { placement: 'product', seed: opened }
  }
  checkOut(walk)
}

/** Most sessions begin on the home page, some on a category, a few on a product found elsewhere. */
function arrive(walk: Walk): { placement: Placement; category?: string; seed?: SimItem } {
  const entry = walk.chance('arrive').next()
  if (entry < 0.5) return { placement: 'home' }
  const category = browse(walk)
  if (entry < 0.8) return { placement: 'category', category }
  const found = (walk.model.catalogue.byCategory.get(category) ?? []).filter((item) => onSale(walk, item))
  if (found.length === 0) return { placement: 'home' }
  const item = walk.chance('find').pick(found)
  openProduct(walk, item)
  return walk.cart.includes(item) ? { placement: 'cart', seed: item } : { placement: 'product', seed: item }
}

/** The category the shopper goes to unprompted: by taste, or anywhere when taste is switched off. */
function browse({ shopper, model, chance }: Walk): string {
  const rng = chance('browse')
  const { categories } = model.catalogue
  if (model.strengths.taste === 0) return rng.pick(categories)
  return categories[
    weightedIndex(
      rng,
      categories.map((category) => shopper.categoryTaste.get(category) ?? 0),
    )
  ]!
}

function contextOf(walk: Walk, placement: Placement, category?: string, seedItemId?: string): ShelfContext {
  return {
    shopper: walk.shopper.id,
    sessionId: walk.sessionId,
    market: walk.shopper.market.market,
    placement,
    atMs: walk.nowMs,
    limit: SHELF_LIMIT,
    ...(category !== undefined && { category }),
    ...(seedItemId !== undefined && { seedItemId }),
    recentItemIds: walk.memory.recent,
    cartItemIds: walk.cart.map((item) => item.id),
  }
}

/** Reads one shelf from the top; returns the item that was opened last, or null. */
function readShelf(walk: Walk, itemIds: readonly string[]): SimItem | null {
  let opened: SimItem | null = null
  for (const itemId of itemIds.slice(0, SHELF_LIMIT)) {
    const item = walk.model.catalogue.byId.get(itemId)
    if (item === undefined || !onSale(walk, item)) continue
    walk.outcome.examined += 1
    pause(walk, 1, 6)
    const utility = utilityOf(walk.model, walk.shopper, item, walk.memory, walk.nowMs)
    if (walk.chance(`click ${itemId}`).next() < clickProbability(utility)) {
      emit(walk, 'click', item)
      openProduct(walk, item)
      opened = item
      if (walk.chance('leave').next() < LEAVE_AFTER_CLICK) break
    } else walk.memory.sawWithoutClick(item, walk.nowMs)
    if (walk.chance('look').next() > LOOK_ON) break
  }
  return opened
}

function openProduct(walk: Walk, item: SimItem): void {
  pause(walk, 1, 3)
  emit(walk, 'view', item)
  walk.memory.clicked(item)
  walk.memory.took(item, walk.nowMs, LOOKED_AT)
  pause(walk, 8, 90)
  const utility = utilityOf(walk.model, walk.shopper, item, walk.memory, walk.nowMs)
  if (walk.cart.includes(item) || walk.chance(`cart ${item.id}`).next() >= cartProbability(utility)) return
  emit(walk, 'add_to_cart', item)
  walk.cart.push(item)
  walk.memory.took(item, walk.nowMs)
}

function checkOut(walk: Walk): void {
  pause(walk, 30, 240)
  for (const item of walk.cart) {
    const utility = utilityOf(walk.model, walk.shopper, item, walk.memory, walk.nowMs)
    const rng = walk.chance(`order ${item.id}`)
    if (rng.next() >= orderProbability(utility)) continue
    const quantity = item.consumable && rng.next() < 0.3 ? 2 + rng.int(2) : 1
    emit(walk, 'purchase', item, quantity)
    walk.memory.bought(item, walk.nowMs)
  }
}

function onSale(walk: Walk, item: SimItem): boolean {
  return item.createdMs <= walk.nowMs && item.prices.has(walk.shopper.market.market)
}

function pause(walk: Walk, fromSeconds: number, toSeconds: number): void {
  walk.nowMs += 1_000 * (fromSeconds + walk.chance('pause').int(toSeconds - fromSeconds + 1))
}

function emit(walk: Walk, type: SimulatedEvent['type'], item: SimItem, quantity = 1): void {
  if (walk.nowMs > walk.endsAt) return
  const { shopper, outcome } = walk
  const price = item.prices.get(shopper.market.market)!
  if (type === 'purchase') outcome.revenueMinor += quantity * price
  outcome.events.push({
    event_id: `${walk.sessionId}-${String(outcome.events.length + 1).padStart(2, '0')}`,
    type,
    item_id: item.id,
    ...(shopper.anonymous ? { anonymous_id: shopper.id } : { user_id: shopper.id }),
    session_id: walk.sessionId,
    market: shopper.market.market,
    occurred_at: `${new Date(walk.nowMs).toISOString().slice(0, 19)}Z`,
    ...(type === 'purchase' && { quantity, price, currency: shopper.market.currency }),
  })
}
