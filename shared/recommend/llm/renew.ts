import { DeadlineExceeded, withDeadline } from '../../base/deadline.ts'
import type { ContextItem } from '../../domain/card.ts'
import type { LlmOrder } from '../../domain/llm_order.ts'
import type { PastItem } from '../../recall/anchors.ts'
import { RERANK_LIMITS } from '../../rerank/limits.ts'
import { orderCandidate } from '../../rerank/order_candidate.ts'
import { ownProposal, type PooledItem } from '../../rerank/order_pool.ts'
import { type Asked, decideRefresh, type Refreshed, refreshOrder, type Wish } from '../../rerank/refresh.ts'
import type { ShelfDeps } from '../deps.ts'
import type { ShelfRequest } from '../request.ts'
import type { LlmPlan } from './contexts.ts'
import type { LlmDeps } from './deps.ts'
import { shelfPast } from './shelf_past.ts'

/** Behind an answer the platform gives half a minute: the order must be in KV before. */
const DEADLINE_MS = 20_000

/** A shelf that looked for orders, as those that make them need it. */
export interface RenewInput {
  request: ShelfRequest
  plan: LlmPlan
  orders: ReadonlyArray<LlmOrder | null>
  composed: readonly PooledItem[]
  /** What stood behind the shelf: an order that many share is to know more than one shopper's page. */
  behind(): readonly PooledItem[]
  past: readonly PastItem[]
  context: ReadonlyMap<string, ContextItem>
}

/** Has an order made, behind the answer, for the context that it is worth most for; mostly for none. */
export function renewBehind(input: RenewInput, deps: ShelfDeps & { llm: LlmDeps }): void {
  const { request, plan, orders, composed } = input
  const { allowance, memory } = deps.llm
  if (plan.use === 'none' || allowance.isDown(request.shop.shop)) return
  const nowMs = deps.clock.now()
  const shared = plan.contexts.flatMap(({ context, place }, at) =>
    context.audience.kind === 'exact' ? [] : [{ place, isMissing: (orders[at] ?? null) === null }],
  )
  const behind = shared.some(({ isMissing }) => isMissing) ? input.behind() : []
  for (const { place, isMissing } of shared) memory.pool.saw(place.digest, composed, nowMs, isMissing ? behind : [])
  const decision = decideRefresh(wishesOf(input, deps), composed, allowance, nowMs)
  if (decision.ask) deps.defer('llm_order', () => renew(decision.wish, decision.what, input, deps))
}

/**
 * Has the nearest context's order made and waits for it, at most so long: for requests that ask to wait. What comes later
 * is kept for the next shelf.
 */
export async function renewNow(
  input: RenewInput,
  waitMs: number,
  deps: ShelfDeps & { llm: LlmDeps },
): Promise<LlmOrder | null> {
  const wish = wishesOf(input, deps)[0]!
  const making = renew(wish, { items: wish.proposal().items, extend: null }, input, deps, true)
  try {
    const made = await withDeadline('llm_order', waitMs, making)
    return made.made ? made.order : null
  } catch (error) {
    if (!(error instanceof DeadlineExceeded)) throw error
    deps.defer('llm_order', () => making)
    return null
  }
}

/** Items of a past that a model is told. */
export const historyTold = (past: readonly PastItem[]): number =>
  Math.min(RERANK_LIMITS.historyShown, new Set(past.map(({ id }) => id)).size)

function wishesOf({ plan, orders, composed, past }: RenewInput, deps: ShelfDeps & { llm: LlmDeps }): Wish[] {
  const { pool } = deps.llm.memory
  return plan.contexts.map(({ context, place }, at) => ({
    ...{ place, context, order: orders[at] ?? null },
    history: context.audience.kind === 'exact' ? historyTold(past) : 0,
    proposal: () =>
      context.audience.kind === 'exact'
        ? ownProposal(composed)
        : pool.proposal(place.digest, RERANK_LIMITS.candidatesShown, deps.clock.now()),
  }))
}

async function renew(
  wish: Wish,
  { items: own, extend }: Asked,
  input: RenewInput,
  deps: ShelfDeps & { llm: LlmDeps },
  urgent = false,
): Promise<Refreshed> {
  const { llm, clock, log } = deps
  const { request, past, context: known } = input
  const items = own.length === 0 ? input.composed : own
  const candidates = items.map(({ card }) => orderCandidate(card, request.locale))
  return refreshOrder(
    { wish, candidates, extend, urgent },
    {
      ...{ allowance: llm.allowance, orders: llm.orders, clock, log },
      make: async (context, asked, options) =>
        llm.maker.makeOrder(context, asked, await shelfPast(context, request, past, known, deps), {
          ...options,
          deadlineMs: DEADLINE_MS,
        }),
    },
  )
}
