import type { EmbedderRpc } from './embedder_rpc.ts'

/** What the `model` worker offers over RPC: the one door to an embedding or language model provider. */
export type ModelRpc = EmbedderRpc

/** The RPC binding with its answers let go at once: they hold resources of the session, and we only want the values. */
export function releasing(model: ModelRpc): ModelRpc {
  const release = <T>(answer: T): T => {
    ;(answer as Partial<Disposable> | null)?.[Symbol.dispose]?.()
    return answer
  }
  return {
    embedItems: async (shop, items) => release(await model.embedItems(shop, items)),
    embedQuery: async (shop, text) => release(await model.embedQuery(shop, text)),
  }
}
