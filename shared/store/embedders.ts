import type { KVNamespace } from '@cloudflare/workers-types'
import { kvKeys } from './keys.ts'

/**
 * Learned embedders in KV: immutable artefacts by version. Which of them a shop uses stands in D1 (`vector_spaces`) and
 * travels with the shop's configuration, so a reader that holds an outdated name still finds what it names.
 */
export interface EmbedderStore {
  artefact(shop: string, version: string): Promise<Uint8Array | null>
  put(shop: string, version: string, artefact: Uint8Array): Promise<void>
  remove(shop: string, version: string): Promise<void>
}

export function createEmbedderStore(kv: KVNamespace): EmbedderStore {
  return {
    async artefact(shop, version) {
      const bytes = await kv.get(kvKeys.embedder(shop, version), 'arrayBuffer')
      return bytes === null ? null : new Uint8Array(bytes)
    },
    put: (shop, version, artefact) => kv.put(kvKeys.embedder(shop, version), artefact as Uint8Array<ArrayBuffer>),
    remove: (shop, version) => kv.delete(kvKeys.embedder(shop, version)),
  }
}
