/** One text of an item with how much it counts. */
export interface TextField {
  text: string
  weight: number
}

/** Vectors of one embedder: only vectors of equal version may be compared. */
export interface Embedded {
  version: string
  /** One per text, unit length; all zeros for a text without a letter or digit. */
  vectors: Float32Array[]
}

/**
 * What the `model` worker offers over RPC: the one door to an embedding or language model provider.
 * Answers are null where the shop has no embedder yet.
 */
export interface ModelRpc {
  embedItems(shop: string, items: readonly TextField[][]): Promise<Embedded | null>
  embedQuery(shop: string, text: string): Promise<{ version: string; vector: Float32Array } | null>
}

/** Items of one RPC call: a message of at most about half a megabyte. */
export const EMBED_BATCH = 100

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
