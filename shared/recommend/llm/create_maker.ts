import type { Clock } from '../../base/clock.ts'
import { createLru, type Lru } from '../../base/lru.ts'
import type { OrderCandidate, OrderContext } from '../../domain/llm_order.ts'
import { REFUSED_MAX, REFUSED_TTL_MS, type TellRequest, type Told, tellReasons } from '../../explain/tell_reasons.ts'
import type { CompleterRpc } from '../../model/completer_rpc.ts'
import type { Log } from '../../observe/log.ts'
import { type MadeOrder, makeOrder, type OrderOptions } from '../../rerank/make_order.ts'
import type { ShelfPast } from '../../rerank/past.ts'
import { sayableQuery } from '../../rerank/sayable.ts'
import type { ReasonStore } from '../../store/reasons.ts'
import type { MakerRpc } from './maker.ts'

export interface MakerDeps {
  completer: Pick<CompleterRpc, 'completer' | 'complete'>
  reasons: ReasonStore
  /** Keys of reasons that were refused lately. */
  refused?: Lru<true>
  clock: Clock
  log: Log
}

/** Makes orders and reasons beside the door to the provider: prompts, word lists and checks are no part of what shelves run. */
export function createMaker({
  completer,
  reasons,
  refused = createLru<true>(REFUSED_MAX, REFUSED_TTL_MS),
  clock,
  log,
}: MakerDeps): MakerRpc {
  return {
    completer: () => completer.completer(),
    makeOrder: async (
      context: OrderContext,
      candidates: readonly OrderCandidate[],
      past: ShelfPast,
      options: OrderOptions,
    ): Promise<MadeOrder> =>
      // Words that may not be shown to a model: an order for no words would be another question's.
      context.query !== null && sayableQuery(context.query) === null
        ? { ok: false, reason: 'refused', cost: { inputTokens: 0, outputTokens: 0, microCost: 0 }, reports: [] }
        : makeOrder(context, candidates, past, { complete: completer.complete, clock }, options),
    tellReasons: (request: TellRequest): Promise<Told> =>
      tellReasons({ store: reasons, model: completer, refused, clock, log }, request),
  }
}
