import type { CallsRpc } from './calls_rpc.ts'
import type { CompleterRpc } from './completer_rpc.ts'
import type { EmbedderRpc } from './embedder_rpc.ts'
import type { ScorerRpc } from './scorer_rpc.ts'

/** What the `model` worker offers over RPC: the one door to an embedding or language model provider. */
export type ModelRpc = EmbedderRpc & CompleterRpc & ScorerRpc & CallsRpc

/** The RPC binding with its answers let go at once: they hold resources of the session, and we only want the values. */
export function releasing(model: ModelRpc): ModelRpc {
  const release = <T>(answer: T): T => {
    ;(answer as Partial<Disposable> | null)?.[Symbol.dispose]?.()
    return answer
  }
  return {
    embedder: async (shop) => release(await model.embedder(shop)),
    embedItems: async (shop, version, items) => release(await model.embedItems(shop, version, items)),
    embedQuery: async (shop, version, text) => release(await model.embedQuery(shop, version, text)),
    completer: async () => release(await model.completer()),
    complete: async (call, deadlineMs) => release(await model.complete(call, deadlineMs)),
    submitBatch: async (shop, calls) => release(await model.submitBatch(shop, calls)),
    batch: async (shop, name) => release(await model.batch(shop, name)),
    score: async (call, letters, deadlineMs) => release(await model.score(call, letters, deadlineMs)),
    call: async (shop, key) => release(await model.call(shop, key)),
    callAgain: async (shop, key, deadlineMs) => release(await model.callAgain(shop, key, deadlineMs)),
  }
}
