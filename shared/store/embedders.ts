import type { KVNamespace } from '@cloudflare/workers-types'
import { kvKeys } from './keys.ts'

/** Which embedder a shop uses. */
export interface EmbedderPointer {
  version: string
  /** Documents that it was learned from. */
  documents: number
  fittedAtMs: number
}

/** Learned embedders in KV: immutable artefacts, and one pointer a shop. */
export interface EmbedderStore {
  pointer(shop: string): Promise<EmbedderPointer | null>
  artefact(shop: string, version: string): Promise<Uint8Array | null>
  /** Writes the artefact before the pointer, so that the pointer never names what is not there. */
  put(shop: string, pointer: EmbedderPointer, artefact: Uint8Array): Promise<void>
}

export function createEmbedderStore(kv: KVNamespace): EmbedderStore {
  return {
    pointer: (shop) => kv.get<EmbedderPointer>(kvKeys.embedderPointer(shop), 'json'),
    async artefact(shop, version) {
      const bytes = await kv.get(kvKeys.embedder(shop, version), 'arrayBuffer')
      return bytes === null ? null : new Uint8Array(bytes)
    },
    async put(shop, pointer, artefact) {
      await kv.put(kvKeys.embedder(shop, pointer.version), artefact as Uint8Array<ArrayBuffer>)
      await kv.put(kvKeys.embedderPointer(shop), JSON.stringify(pointer))
    },
  }
}
