import type { Vectorize, VectorizeVector } from '@cloudflare/workers-types'
import { chunk, mapConcurrent } from '../base/batch.ts'
import type { VectorBinding, VectorSpace, VectorView } from '../domain/vector_space.ts'
import { vectorId, vectorNamespace } from './keys.ts'

export interface VectorMatch {
  id: string
  /** Cosine in [-1, 1]. */
  score: number
}

/** How far an index has come with what it was given. */
export interface Watermark {
  mutation: string | null
  /** When the last processed mutation was given; null before the first. */
  atMs: number | null
}

/**
 * Item vectors by space and view. The namespace is shop, embedder version and view, so that no query can reach another
 * shop's items or vectors that another embedder made.
 */
export interface VectorStore {
  /** Nearest items to a vector of the same embedder, best first. */
  near(space: VectorSpace, view: VectorView, vector: Float32Array, limit: number): Promise<VectorMatch[]>
  /** Nearest items to an item's own words, itself left out; empty when it has no vector yet. */
  nearItem(space: VectorSpace, item: string, limit: number): Promise<VectorMatch[]>
  /**
   * @param stamp says which content a vector was made from
   * @returns the index's name of the (last) write, null when there was nothing to write
   */
  upsert(
    space: VectorSpace,
    view: VectorView,
    vectors: ReadonlyArray<{ item: string; values: Float32Array; stamp: string }>,
  ): Promise<string | null>
  remove(space: VectorSpace, view: VectorView, items: readonly string[]): Promise<void>
  get(
    space: VectorSpace,
    view: VectorView,
    items: readonly string[],
  ): Promise<Map<string, { values: Float32Array; stamp: string }>>
  /** The last mutation that queries see. */
  watermark(binding: VectorBinding): Promise<Watermark>
  /** Of the bound index; null where none is bound. */
  dimensions(binding: VectorBinding): Promise<number | null>
}

/** Whether a write is seen by queries: mutations are processed in the order in which they were given. */
export const passed = (watermark: Watermark, mutation: string | null, writtenAtMs: number): boolean =>
  (mutation !== null && watermark.mutation === mutation) || (watermark.atMs !== null && watermark.atMs > writtenAtMs)

/** Vectorize returns at most 50 matches with metadata. */
export const NEAREST_MAX = 50
/** Vectorize takes at most 1,000 vectors a call through the binding. */
const UPSERT_MAX = 1_000
/** It refuses more ids than these in one call, which no page of its documentation says. */
const GET_MAX = 20
const DELETE_MAX = 100
/** A worker may have six connections open. */
const GET_LANES = 5

/** Where the index is reached over RPC its answers hold resources of the session until they are let go. */
function release(answer: object): void {
  ;(answer as Partial<Disposable>)[Symbol.dispose]?.()
}

/** Refusals of a query that do not speak of the id: of topK, of a body that cannot be read, of too many requests. */
const OTHER_REFUSALS = ['40025', '40026', '40041']

/**
 * What a query by id means when the index does not hold the id: no failure, the item is only too new. Vectorize refuses
 * it with a code that is written nowhere, so every refusal that is not known to mean something else is taken for it.
 */
function missing(error: unknown): null {
  const code = error instanceof Error ? /^VECTOR_QUERY_ERROR \(code = (40\d{3})\)/.exec(error.message)?.[1] : undefined
  if (code !== undefined && !OTHER_REFUSALS.includes(code)) return null
  throw error
}

/** A space of an index that this worker is not bound to. */
export class IndexNotBound extends Error {
  constructor(binding: VectorBinding) {
    super(`the vector index of binding ${binding === 'a' ? 'ITEM_VECTORS' : 'ITEM_VECTORS_B'} is not bound`)
    this.name = 'IndexNotBound'
  }
}

const matchesOf = (matches: ReadonlyArray<{ score: number; metadata?: Record<string, unknown> }>): VectorMatch[] =>
  matches.flatMap((match) =>
    typeof match.metadata?.item === 'string' ? [{ id: match.metadata.item, score: match.score }] : [],
  )

export function createVectorStore(indexes: { a: Vectorize; b?: Vectorize | undefined }): VectorStore {
  const indexOf = (binding: VectorBinding): Vectorize => {
    const index = indexes[binding]
    if (index === undefined) throw new IndexNotBound(binding)
    return index
  }
  const namespaceOf = (space: VectorSpace, view: VectorView) => vectorNamespace(space.shop, space.version, view)
  return {
    async near(space, view, vector, limit) {
      const found = await indexOf(space.binding).query(Array.from(vector), {
        topK: Math.min(limit, NEAREST_MAX),
        namespace: namespaceOf(space, view),
        returnMetadata: 'all',
      })
      release(found)
      return matchesOf(found.matches)
    },
    async nearItem(space, item, limit) {
      const namespace = namespaceOf(space, 'text')
      const options = { topK: Math.min(limit + 1, NEAREST_MAX), namespace, returnMetadata: 'all' as const }
      const found = await indexOf(space.binding).queryById(vectorId(namespace, item), options).catch(missing)
      if (found === null) return []
      release(found)
      return matchesOf(found.matches)
        .filter((match) => match.id !== item)
        .slice(0, limit)
    },
    async upsert(space, view, vectors) {
      const namespace = namespaceOf(space, view)
      let mutation: string | null = null
      for (const part of chunk(vectors, UPSERT_MAX)) {
        const rows: VectorizeVector[] = part.map((one) => ({
          id: vectorId(namespace, one.item),
          values: Array.from(one.values),
          namespace,
          metadata: { item: one.item, stamp: one.stamp },
        }))
        const accepted = await indexOf(space.binding).upsert(rows)
        release(accepted)
        mutation = accepted.mutationId
      }
      return mutation
    },
    async remove(space, view, items) {
      const namespace = namespaceOf(space, view)
      for (const part of chunk(items, DELETE_MAX))
        release(await indexOf(space.binding).deleteByIds(part.map((item) => vectorId(namespace, item))))
    },
    async get(space, view, items) {
      const namespace = namespaceOf(space, view)
      const found = new Map<string, { values: Float32Array; stamp: string }>()
      await mapConcurrent(chunk(items, GET_MAX), GET_LANES, async (part) => {
        const rows = await indexOf(space.binding).getByIds(part.map((item) => vectorId(namespace, item)))
        release(rows)
        for (const row of rows) {
          const { item, stamp } = row.metadata ?? {}
          if (row.namespace === namespace && typeof item === 'string')
            found.set(item, { values: Float32Array.from(row.values), stamp: String(stamp) })
        }
      })
      return found
    },
    async watermark(binding) {
      const description = await indexOf(binding).describe()
      release(description)
      // Typed as a number, sent as text.
      const at = description.processedUpToDatetime as unknown
      const mutation = description.processedUpToMutation as unknown
      return {
        mutation: mutation === null || mutation === undefined ? null : String(mutation),
        atMs: typeof at === 'string' ? Date.parse(at) : typeof at === 'number' ? at : null,
      }
    },
    async dimensions(binding) {
      const index = indexes[binding]
      if (index === undefined) return null
      const description = await index.describe()
      release(description)
      // The older form of the answer has it inside `config`.
      const { dimensions, config } = description as unknown as { dimensions?: number; config?: { dimensions?: number } }
      return dimensions ?? config?.dimensions ?? null
    },
  }
}
