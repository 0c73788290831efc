import type { Card } from '../../domain/card.ts'
import type { LlmShelf } from '../../domain/gate.ts'
import type { LlmOrder } from '../../domain/llm_order.ts'
import type { Rung } from '../../domain/recommendation.ts'
import { teamDraft } from '../../gate/team_draft.ts'
import { draftRng } from '../../gate/use.ts'
import { applyOrder, CONTRADICTORY } from '../../rerank/apply_order.ts'
import { pickOrder } from '../../rerank/merge_orders.ts'
import { candidateVersion } from '../../rerank/order_key.ts'
import type { PooledItem } from '../../rerank/order_pool.ts'
import type { FoundOrder } from '../../rerank/order_state.ts'
import type { Ranked } from '../compose.ts'
import type { Placed } from '../explored.ts'
import type { ShelfRequest } from '../request.ts'
import type { AppliedRules } from '../request_rules.ts'
import type { LlmPlan } from './contexts.ts'

/**
 * D: places that an item may move on one pass's word; where passes agree it may sink twice as far. Up it never comes further: a
 * model that was talked into something agrees with itself.
 */
export const MOVES = 3
/** Items behind the page that an order may bring up. */
export const MOVES_SPARE = MOVES

/** What was made of a shelf: its items, which rung that is, and what is remembered of it. */
export interface OrderedShelf {
  placed: readonly Placed[]
  rung: Rung
  llm?: LlmShelf
  found: FoundOrder | null
}

/** Shelves of a page differ by shopper: an order that many share is asked about so many more than one of them shows. */
const BEHIND_MAX = 25

/** The page and what an order may bring up, as orders know items. Rules and exploration hold theirs where they are. */
export const composedOf = (placed: readonly Placed[], limit: number, rules: AppliedRules) =>
  asKnown(placed.slice(0, limit + MOVES_SPARE), rules)

const asKnown = (placed: readonly Placed[], rules: AppliedRules) =>
  placed.map(({ one, propensity }) => ({
    ...pooled(one.card),
    pinned: propensity < 1 || (rules.effects.get(one.card.id) ?? []).some(({ effect }) => effect === 'pinned'),
  }))

/** The next best of what was ranked for the shelf, which another shopper's may show. */
export function behindOf(ranked: readonly Ranked[], composed: readonly PooledItem[]): PooledItem[] {
  const shown = new Set(composed.map(({ id }) => id))
  const others = ranked.filter(({ card }) => !shown.has(card.id))
  return others.slice(0, BEHIND_MAX).map(({ card }) => pooled(card))
}

const pooled = (card: Card): PooledItem => ({ id: card.id, version: candidateVersion(card), card })

/**
 * Puts a shelf in the order that a language model gave its items, as far as it may and as the placement's gate says: not at
 * all, beside the base order in a draft of both, or in its place. Always the same items or, from just behind the page, the
 * next ones; never others.
 * @param placed the page in base order, and what follows it
 * @param orders what is kept for each of the plan's contexts, in their order
 */
export function orderShelf(
  request: ShelfRequest,
  placed: readonly Placed[],
  composed: ReadonlyArray<PooledItem & { pinned: boolean }>,
  plan: LlmPlan,
  orders: ReadonlyArray<LlmOrder | null>,
  nowMs: number,
): OrderedShelf {
  const base: OrderedShelf = { placed, rung: 'L2', found: null }
  const kept = plan.contexts.map(({ context }, at) => ({
    shared: context.audience.kind !== 'exact',
    order: heard(orders[at] ?? null),
  }))
  const found = plan.use === 'none' ? null : pickOrder(kept, composed, nowMs)
  if (found === null) return base
  const { ids } = applyOrder(composed, found.order, { maxMoves: MOVES, maxRise: MOVES })
  const page = (list: readonly string[]) => list.slice(0, request.limit)
  const own = composed.map(({ id }) => id)
  const about = {
    maker: `${plan.maker.model} ${plan.contexts[0]!.context.prompt}`.slice(0, 200),
    order: plan.contexts.find(({ place }) => place.key === found.order.key)?.place.digest ?? '',
    history: plan.history,
  }
  if (plan.use === 'shadow')
    return { ...base, found, llm: { mode: 'shadow', ...about, base: page(own), wanted: page(ids) } }
  const as = (order: readonly string[]) => reordered(placed, order)
  if (plan.use === 'serve')
    return { placed: as(ids), rung: found.level, found, llm: { mode: 'served', ...about, base: page(own) } }
  const pinned = new Map(composed.flatMap(({ id, pinned: holds }, at) => (holds ? [[at, id] as const] : [])))
  const draft = teamDraft(own, ids, request.limit, draftRng(request.coin), pinned)
  return {
    placed: as(draft.ids),
    rung: found.level,
    found,
    llm: { mode: 'draft', ...about, base: page(own), wanted: page(ids), teams: draft.teams },
  }
}

/** An order whose passes contradict each other says nothing: the next context's serves, or the base order. */
const heard = (order: LlmOrder | null): LlmOrder | null =>
  order !== null && order.passes > 1 && order.agreement < CONTRADICTORY ? null : order

/** The named items first, the others behind them as they were. */
function reordered(placed: readonly Placed[], ids: readonly string[]): Placed[] {
  const byId = new Map(placed.map((one) => [one.one.card.id, one]))
  const first = ids.flatMap((id) => byId.get(id) ?? [])
  const named = new Set(ids)
  return [...first, ...placed.filter(({ one }) => !named.has(one.card.id))]
}
