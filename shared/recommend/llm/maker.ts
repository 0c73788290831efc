import type { OrderCandidate, OrderContext } from '../../domain/llm_order.ts'
import type { TellRequest, Told } from '../../explain/tell_reasons.ts'
import type { CompleterInfo } from '../../model/completer_rpc.ts'
import type { MadeOrder, OrderOptions } from '../../rerank/make_order.ts'
import type { ShelfPast } from '../../rerank/past.ts'

/** What the `model` worker makes for shelves, over RPC: `makeOrder` and `tellReasons`, with the provider beside them. */
export interface MakerRpc {
  completer(): Promise<CompleterInfo | null>
  makeOrder(
    context: OrderContext,
    candidates: readonly OrderCandidate[],
    past: ShelfPast,
    options: OrderOptions,
  ): Promise<MadeOrder>
  tellReasons(request: TellRequest): Promise<Told>
}

/** The RPC binding with its answers let go at once: they hold resources of the session, and we only want the values. */
export function releasingMaker(maker: MakerRpc): MakerRpc {
  const release = <T>(answer: T): T => {
    ;(answer as Partial<Disposable> | null)?.[Symbol.dispose]?.()
    return answer
  }
  return {
    completer: async () => release(await maker.completer()),
    makeOrder: async (context, candidates, past, options) =>
      release(await maker.makeOrder(context, candidates, past, options)),
    tellReasons: async (request) => release(await maker.tellReasons(request)),
  }
}
