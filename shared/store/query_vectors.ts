import type { KVNamespace } from '@cloudflare/workers-types'
import { kvKeys } from './keys.ts'

/** Queries come back for days; a vector that nobody asks for is not worth its room. */
const TTL_SECONDS = 7 * 86_400

/** Vectors of shoppers' words that a provider was paid for, in KV: by embedder version and the words' digest. */
export interface QueryVectorCache {
  get(version: string, digest: string): Promise<Float32Array | null>
  put(version: string, digest: string, vector: Float32Array): Promise<void>
}

export function createQueryVectorCache(kv: KVNamespace): QueryVectorCache {
  return {
    async get(version, digest) {
      const bytes = await kv.get(kvKeys.queryVector(version, digest), 'arrayBuffer')
      return bytes === null || bytes.byteLength % 4 !== 0 ? null : new Float32Array(bytes)
    },
    put: (version, digest, vector) =>
      kv.put(kvKeys.queryVector(version, digest), vector.slice().buffer as ArrayBuffer, { expirationTtl: TTL_SECONDS }),
  }
}
