import type { Clock } from '../base/clock.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { hash32 } from '../base/hash.ts'
import type { LlmOrder, OrderCandidate, OrderContext } from '../domain/llm_order.ts'
import type { Log } from '../observe/log.ts'
import type { LlmOrders, OrderPlace } from '../store/llm_orders.ts'
import { type Allowance, callsOf, type RefreshFailure, type Withheld } from './allowance.ts'
import { extended } from './extend_order.ts'
import { RERANK_LIMITS } from './limits.ts'
import type { MadeOrder, OrderFailure } from './make_order.ts'
import { mergedOf } from './merge_orders.ts'
import type { Proposal } from './order_pool.ts'
import { KNOWN_WELL, orderState, type PresentItem } from './order_state.ts'

/** A context whose order a shelf looked for. */
export interface Wish {
  place: OrderPlace
  context: OrderContext
  /** What was found under the place. */
  order: LlmOrder | null
  /** Items of a history that a call tells beside its candidates; none for what many share. */
  history?: number
  /** Of the shelf itself for a single history, of what shelves of the context show for a shared one. */
  proposal(): Proposal
}

/** What is asked about, in base order. */
export interface Asked {
  items: Proposal['items']
  /** The order that is to know these as well; null for one of these alone. */
  extend: LlmOrder | null
}

/** What is to be made, or why nothing is. */
export type Decision =
  | { ask: true; wish: Wish; what: Asked }
  | { ask: false; why: 'fresh' | 'young' | 'no_gain' | 'too_few' | Withheld }

/** An order that fits badly is not made again before: two shoppers of unlike lists would take turns in having it made. */
const REMAKE_MIN_MS = 10 * MINUTE_MS
/** Another order has to know so much more of what shelves show; one that is extended loses nothing, and less will do. */
const GAIN_MIN = 0.2
const EXTENSION_GAIN_MIN = 0.06
/** Where even the most shown items are so small a share, no order holds for the next shelf. */
const COVERED_MIN = 0.3

/**
 * Which one of a shelf's contexts is asked for, if any: the audience that most shoppers share first, since its order
 * serves most shelves a call, and a single history's last. Counts each context that was wanted.
 * @param wishes the nearest audience first: exact, cluster, everyone
 */
export function decideRefresh(
  wishes: readonly Wish[],
  present: readonly PresentItem[],
  allowance: Allowance,
  nowMs: number,
): Decision {
  const states = wishes.map(({ order }) => orderState(order, present, nowMs))
  const nearestShared = wishes.findIndex(
    ({ context }, at) => context.audience.kind !== 'exact' && states[at] !== 'miss',
  )
  // Whoever is served by a taste's order needs nobody else's; nor does a list of which several orders know most together.
  const together = mergedOf(
    wishes.map(({ context, order }) => (context.audience.kind === 'exact' ? null : order)),
    present,
    nowMs,
  )
  const isEnough = nearestShared === -1 && together.known >= KNOWN_WELL
  const needed = isEnough
    ? wishes.filter(({ context }, at) => context.audience.kind === 'exact' || together.speaking.has(at))
    : nearestShared === -1
      ? wishes
      : wishes.slice(0, nearestShared + 1)
  const shared = needed.filter(({ context }) => context.audience.kind !== 'exact').reverse()
  // What a page or a cart is about says most of its shelves; what is liked at large only fills in.
  shared.sort((a, b) => Number(isAbout(b.context)) - Number(isAbout(a.context)))
  const exact = needed.filter(({ context }) => context.audience.kind === 'exact')
  for (const { place } of needed) allowance.wanted(place.digest)
  let why: Exclude<Decision, { ask: true }>['why'] = 'fresh'
  for (const wish of [...shared, ...exact]) {
    const { kind } = wish.context.audience
    const { shop, digest } = wish.place
    const held = kind !== 'exact' && isEnough
    const asked = worthAsking(wish, present, held, nowMs)
    const reason =
      typeof asked === 'string'
        ? asked
        : allowance.withheld(shop, digest, kind, false, callsOf(asked.items.length + (wish.history ?? 0)))
    if (typeof asked !== 'string' && reason === null) return { ask: true, wish, what: asked }
    if (reason !== null && reason !== 'fresh') why = reason
  }
  return { ask: false, why }
}

const isAbout = ({ seeds, cart, query }: OrderContext): boolean => seeds.length > 0 || cart.length > 0 || query !== null

/** What would be asked about, or why nothing is. @param held beside others it knows enough of the list, until it is old */
function worthAsking(
  { order, proposal }: Wish,
  present: readonly PresentItem[],
  held: boolean,
  nowMs: number,
): Asked | 'fresh' | 'young' | 'no_gain' | 'too_few' {
  const isFresh = held ? order !== null && nowMs < order.softUntilMs : orderState(order, present, nowMs) === 'fresh'
  if (isFresh) return 'fresh'
  if (order !== null && nowMs < order.softUntilMs && nowMs < order.madeAtMs + REMAKE_MIN_MS) return 'young'
  const { items, covers, further } = proposal()
  if (items.length < RERANK_LIMITS.candidatesMin) return 'too_few'
  const anew: Asked = { items, extend: null }
  const would = covers(items.map(({ id, version }) => [id, version]))
  if (order === null || nowMs >= order.softUntilMs) return would < COVERED_MIN ? 'no_gain' : anew
  // One unlike list is no reason: what counts is what an order knows of the context's shelves on the whole.
  const knows = covers(order.candidates)
  const more = further(order)
  const extending = covers([...order.candidates, ...more.map(({ id, version }) => [id, version] as const)])
  if (more.length > 0 && extending >= knows + EXTENSION_GAIN_MIN) return { items: more, extend: order }
  return would >= knows + GAIN_MIN ? anew : 'no_gain'
}

export interface RefreshDeps {
  allowance: Allowance
  orders: Pick<LlmOrders, 'keep'>
  clock: Clock
  log: Log
  /** `makeOrder`, for a context whose past is known. An equal seed asks equal questions, which the ledger pays once. */
  make(
    context: OrderContext,
    candidates: readonly OrderCandidate[],
    options: { passes: number; seed: number },
  ): Promise<MadeOrder>
}

/** What is asked about: the items of `wish.proposal()` as a model sees them, in base order. */
export interface RefreshJob {
  wish: Pick<Wish, 'place' | 'context' | 'history'>
  candidates: readonly OrderCandidate[]
  /** What it is to be added to. */
  extend?: LlmOrder | null
  /** Somebody waits for it. */
  urgent?: boolean
}

/** What became of it: an order that is kept, or the reason why there is none. */
export type Refreshed =
  | { made: true; order: LlmOrder; kept: boolean }
  | { made: false; reason: RefreshFailure | Withheld }

/**
 * Has an order made and keeps it, behind an answer or from cron. Takes its cost from the allowance at once, so that of
 * jobs that start together none spends what another has. Never throws; a failure is never kept, and is not repeated
 * for a while.
 */
export async function refreshOrder(
  { wish, candidates, extend = null, urgent = false }: RefreshJob,
  deps: RefreshDeps,
): Promise<Refreshed> {
  const { allowance, log, clock } = deps
  const { place, context } = wish
  const { kind } = context.audience
  const passes = allowance.passesOf(place.digest, kind)
  const about = { shop: place.shop, placement: context.placement, audience: kind, candidates: candidates.length }
  const startedMs = clock.now()
  // Since it was decided, another shelf may have begun it.
  const calls = callsOf(candidates.length + (wish.history ?? 0))
  const withheld = allowance.withheld(place.shop, place.digest, kind, urgent, calls)
  if (withheld !== null) return { made: false, reason: withheld }
  allowance.begin(place.shop, place.digest, kind, calls)
  const failed = (failure: RefreshFailure, reason: string): Refreshed => {
    allowance.end(place.digest, failure)
    log.info('llm_order_failed', { ...about, reason, tookMs: clock.now() - startedMs })
    return { made: false, reason: failure }
  }
  try {
    const made = await deps.make(context, candidates, { passes, seed: seedOf(place, startedMs) })
    if (!made.ok) return failed(FAILURES[made.reason], made.reason)
    const own = lived(made.order, passes)
    // Made for another key, or for other candidates than were asked about: no reader would believe it.
    if (own.key !== place.key || !isOf(own, candidates)) return failed('internal', 'foreign')
    const order = extend === null ? own : extended(extend, own)
    const kept = await deps.orders.keep(place, order).catch((error: unknown) => {
      // It is paid for, and held by this isolate at least.
      log.error('llm_order_not_kept', error, about)
      return false
    })
    allowance.end(place.digest, null)
    const { agreement, cost } = order
    log.info('llm_order_made', {
      ...about,
      kept,
      passes: order.passes,
      agreement,
      ...cost,
      tookMs: clock.now() - startedMs,
    })
    return { made: true, order, kept }
  } catch (error) {
    log.error('llm_order_broke', error, about)
    return failed('internal', 'threw')
  }
}

/**
 * An equal question within half a life is asked once, whoever asks it; after that it is another one. An order that has aged is
 * then really made anew, and a call whose end nobody knows does not keep its context from ever having one.
 */
const seedOf = ({ key }: OrderPlace, nowMs: number): number =>
  hash32(`${key} ${Math.floor((2 * nowMs) / RERANK_LIMITS.softTtlMs)}`)

/** An order of fewer passes than were asked is served, and asked anew soon: it is not what was wanted. */
const PARTIAL_LIFE_MS = 10 * MINUTE_MS
const lived = (order: LlmOrder, passes: number): LlmOrder =>
  order.passes >= passes
    ? order
    : { ...order, softUntilMs: Math.min(order.softUntilMs, order.madeAtMs + PARTIAL_LIFE_MS) }

const isOf = (order: LlmOrder, candidates: readonly OrderCandidate[]): boolean =>
  order.candidates.length === candidates.length &&
  candidates.every(({ id, version }, at) => order.candidates[at]![0] === id && order.candidates[at]![1] === version)

const FAILURES: Record<OrderFailure, RefreshFailure> = {
  unavailable: 'unavailable',
  budget: 'budget',
  late: 'late',
  // Somebody else has begun it: its answer will be in the ledger.
  in_doubt: 'late',
  too_few: 'useless',
  unreadable: 'useless',
  refused: 'useless',
  malformed: 'useless',
  too_long: 'useless',
}
