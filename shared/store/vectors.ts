import type { Vectorize, VectorizeVector } from '@cloudflare/workers-types'
import { chunk } from '../base/batch.ts'
import { vectorId } from './keys.ts'

export interface VectorMatch {
  id: string
  /** Cosine in [-1, 1]. */
  score: number
}

/** Item vectors; the namespace is the shop, so that no query can reach another shop's items. */
export interface VectorStore {
  /** Nearest items to a vector, best first. */
  near(shop: string, vector: Float32Array, limit: number): Promise<VectorMatch[]>
  /** Nearest items to an item's own vector, itself left out; empty when it has none yet. */
  nearItem(shop: string, item: string, limit: number): Promise<VectorMatch[]>
  /** @param stamp says which text and embedder a vector was made from */
  upsert(
    shop: string,
    vectors: ReadonlyArray<{ item: string; values: Float32Array; stamp: string }>,
  ): Promise<string | null>
  remove(shop: string, items: readonly string[]): Promise<void>
  get(shop: string, items: readonly string[]): Promise<Map<string, { values: Float32Array; stamp: string }>>
  /** The last mutation that queries see. */
  watermark(): Promise<string>
}

/** Vectorize returns at most 50 matches with metadata. */
export const NEAREST_MAX = 50
/** Vectorize takes at most 1,000 vectors a call through the binding. */
const UPSERT_MAX = 1_000
/** getByIds is answered in one message; small pages keep it far below the 1,000 limit. */
const GET_MAX = 100

/** Where the index is reached over RPC its answers hold resources of the session until they are let go. */
function release(answer: object): void {
  ;(answer as Partial<Disposable>)[Symbol.dispose]?.()
}

/** Vectorize's code for an id that it does not hold: no failure, the item is only too new. */
const UNKNOWN_VECTOR = /code = 40027\b/

function missing(error: unknown): null {
  if (error instanceof Error && UNKNOWN_VECTOR.test(error.message)) return null
  throw error
}

export function createVectorStore(index: Vectorize): VectorStore {
  const matchesOf = (matches: ReadonlyArray<{ score: number; metadata?: Record<string, unknown> }>): VectorMatch[] =>
    matches.flatMap((match) =>
      typeof match.metadata?.item === 'string' ? [{ id: match.metadata.item, score: match.score }] : [],
    )
  return {
    async near(shop, vector, limit) {
      const found = await index.query(Array.from(vector), {
        topK: Math.min(limit, NEAREST_MAX),
        namespace: shop,
        returnMetadata: 'all',
      })
      release(found)
      return matchesOf(found.matches)
    },
    async nearItem(shop, item, limit) {
      const options = { topK: Math.min(limit + 1, NEAREST_MAX), namespace: shop, returnMetadata: 'all' as const }
      const found = await index.queryById(vectorId(shop, item), options).catch(missing)
      if (found === null) return []
      release(found)
      return matchesOf(found.matches)
        .filter((match) => match.id !== item)
        .slice(0, limit)
    },
    async upsert(shop, vectors) {
      let mutation: string | null = null
      for (const part of chunk(vectors, UPSERT_MAX)) {
        const rows: VectorizeVector[] = part.map((one) => ({
          id: vectorId(shop, one.item),
          values: Array.from(one.values),
          namespace: shop,
          metadata: { item: one.item, stamp: one.stamp },
        }))
        const accepted = await index.upsert(rows)
        release(accepted)
        mutation = accepted.mutationId
      }
      return mutation
    },
    async remove(shop, items) {
      for (const part of chunk(items, UPSERT_MAX))
        release(await index.deleteByIds(part.map((item) => vectorId(shop, item))))
    },
    async get(shop, items) {
      const found = new Map<string, { values: Float32Array; stamp: string }>()
      for (const part of chunk(items, GET_MAX)) {
        const rows = await index.getByIds(part.map((item) => vectorId(shop, item)))
        release(rows)
        for (const row of rows) {
          const { item, stamp } = row.metadata ?? {}
          if (typeof item === 'string') found.set(item, { values: Float32Array.from(row.values), stamp: String(stamp) })
        }
      }
      return found
    },
    async watermark() {
      const description = await index.describe()
      release(description)
      return String(description.processedUpToMutation)
    },
  }
}
