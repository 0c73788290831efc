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

/** What the `model` worker offers of embedding. Answers are null where the shop has no embedder yet. */
export interface EmbedderRpc {
  embedItems(shop: string, items: readonly TextField[][]): Promise<Embedded | null>
  embedQuery(shop: string, text: string): Promise<{ version: string; vector: Float32Array } | null>
}

/** Items of one RPC call: a message of at most about half a megabyte. */
export const EMBED_BATCH = 100
