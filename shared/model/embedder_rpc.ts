/** One text of an item with how much it counts. */
export interface TextField {
  text: string
  weight: number
}

/**
 * With what a shop's texts are to be embedded. `local` is learned from the shop's own catalogue, so its version is known
 * only once that was done; a provider's is `{provider}/{model}/{dimensions}`.
 */
export type EmbedderChoice =
  | { kind: 'local'; dimensions: number }
  | { kind: 'provider'; version: string; dimensions: number }

export type EmbedAnswer =
  /** One vector per text, unit length; all zeros for a text without a letter or digit. */
  | { ok: true; vectors: Float32Array[] }
  | {
      ok: false
      /**
       * `unknown_version`: there is no such embedder (any more). `unavailable`: ask again later. `refused`: these texts
       * are not taken, and would not be if they were sent again.
       */
      reason: 'unknown_version' | 'unavailable' | 'refused'
    }

/** What the `model` worker offers of embedding. Versions are always named, so that no answer is of another embedder. */
export interface EmbedderRpc {
  /** What the shop ought to use now. */
  embedder(shop: string): Promise<EmbedderChoice>
  /** At most EMBED_BATCH items. */
  embedItems(shop: string, version: string, items: readonly TextField[][]): Promise<EmbedAnswer>
  /** Null when the version is unknown or its provider does not answer in time; search goes on by text alone. */
  embedQuery(shop: string, version: string, text: string): Promise<Float32Array | null>
}

/** Items of one RPC call: a message of at most about half a megabyte. */
export const EMBED_BATCH = 100

const LOCAL = 'local/'
export const localVersion = (contentHash: string, dimensions: number): string => `${LOCAL}${contentHash}/${dimensions}`
export const isLocalVersion = (version: string): boolean => version.startsWith(LOCAL)
