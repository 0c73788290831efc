/**
 * A Vectorize index in memory: exact search, asynchronous visibility, the platform's limits and errors.
 *
 * Not yet enforced, or different from the platform:
 * - scores are always exact; the platform's are approximate unless returnValues is true, and it may miss a neighbour;
 * - visibility is one fixed delay from the call; the platform coalesces mutations into jobs;
 * - metadata indexes come from the configuration: adding one marks the vectors written from then on, but there is no
 *   call to create or drop one, and dropping one leaves the older vectors' values in place;
 * - string ranges compare UTF-16 units, which differs from UTF-8 order only beyond the basic plane;
 * - numbers of namespaces, vectors and requests, and the wire protocol, are not checked;
 * - a few rules are guesses: queryById of an unknown id is an error, and the codes beside 40025 are placeholders.
 */
import type { VectorizeQueryOptions } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'
import { asOperation, CODE, Refusal } from './errors.ts'
import { DIMENSIONS_MAX } from './limits.ts'
import type { Metadata, MetadataIndexes } from './metadata.ts'
import { NamespaceRows, type VectorEntry } from './rows.ts'
import { type Metric, scorer } from './score.ts'
import { TopK } from './top_k.ts'
import { checkId, checkIds, checkValues, checkVectors, planQuery, type QueryPlan } from './validate.ts'

export interface EngineConfig {
  dimensions: number
  metric: Metric
  metadataIndexes: MetadataIndexes
  /** Milliseconds between a mutation and the first read that sees it. */
  visibilityDelayMs: number
}

/** One entry of the write-ahead log. */
export type Mutation = { seq: number; mutationId: string; atMs: number } & (
  | { kind: 'insert' | 'upsert'; entries: VectorEntry[] }
  | { kind: 'delete'; ids: string[] }
)

/** The last mutation that reads can see. */
export interface Watermark {
  mutationId: string
  atMs: number
}

/** What survived a restart. */
export interface EngineState {
  vectors: Iterable<VectorEntry>
  pending: Mutation[]
  watermark: Watermark | null
  nextSeq: number
}

/** Where an engine keeps its state. Both calls must be durable when they return. */
export interface EngineStore {
  /** A mutation was accepted. */
  append(mutation: Mutation): void
  /** Accepted mutations became visible, in this order. */
  promote(mutations: readonly Mutation[]): void
}

export interface StoredVector {
  id: string
  values: number[]
  namespace?: string
  metadata?: Metadata
}

export interface Match {
  id: string
  score: number
  values?: number[]
  namespace?: string
  metadata?: Metadata
}

export interface IndexInfo {
  vectorCount: number
  dimensions: number
  /** ISO 8601; null while nothing was processed. workers-types says number, the platform sends text. */
  processedUpToDatetime: string | null
  processedUpToMutation: string | null
}

export interface EngineOptions {
  config: EngineConfig
  clock: Clock
  newMutationId: () => string
  store?: EngineStore
  state?: EngineState
}

export class VectorEngine {
  readonly #config: EngineConfig
  readonly #clock: Clock
  readonly #newMutationId: () => string
  readonly #store: EngineStore | null
  readonly #namespaces = new Map<string | null, NamespaceRows>()
  readonly #places = new Map<string, { rows: NamespaceRows; slot: number }>()
  #pending: Mutation[]
  #watermark: Watermark | null
  #nextSeq: number

  constructor({ config, clock, newMutationId, store, state }: EngineOptions) {
    if (!Number.isInteger(config.dimensions) || config.dimensions < 1 || config.dimensions > DIMENSIONS_MAX) {
      throw new RangeError(`dimensions must be between 1 and ${DIMENSIONS_MAX}, but got ${config.dimensions}`)
    }
    this.#config = config
    this.#clock = clock
    this.#newMutationId = newMutationId
    this.#store = store ?? null
    for (const entry of state?.vectors ?? []) this.#put(entry)
    this.#pending = [...(state?.pending ?? [])]
    this.#watermark = state?.watermark ?? null
    this.#nextSeq = state?.nextSeq ?? 1
  }

  describe(): IndexInfo {
    this.#settle()
    return {
      vectorCount: this.#places.size,
      dimensions: this.#config.dimensions,
      processedUpToDatetime: this.#watermark === null ? null : new Date(this.#watermark.atMs).toISOString(),
      processedUpToMutation: this.#watermark?.mutationId ?? null,
    }
  }

  /** What an engine that goes on from here is made with. */
  state(): EngineState {
    const vectors = [...this.#namespaces.values()].flatMap((rows) =>
      rows.entries.map((entry, slot) => ({ ...entry, values: rows.values(slot) })),
    )
    return { vectors, pending: [...this.#pending], watermark: this.#watermark, nextSeq: this.#nextSeq }
  }

  /** Accepts vectors; ids that exist when it is processed are skipped without an error. */
  insert(vectors: unknown): { mutationId: string } {
    return asOperation('VECTOR_INSERT', () => this.#accept({ kind: 'insert', entries: this.#checked(vectors) }))
  }

  /** Accepts vectors; an existing id is replaced whole, and the last of equal ids wins. */
  upsert(vectors: unknown): { mutationId: string } {
    return asOperation('VECTOR_UPSERT', () => this.#accept({ kind: 'upsert', entries: this.#checked(vectors) }))
  }

  deleteByIds(ids: unknown): { mutationId: string } {
    return asOperation('VECTOR_DELETE', () => this.#accept({ kind: 'delete', ids: checkIds(ids) }))
  }

  /** The visible vectors among `ids`, in the order asked; unknown ids are left out. */
  getByIds(ids: unknown): StoredVector[] {
    return asOperation('VECTOR_GET', () => {
      const wanted = new Set(checkIds(ids))
      this.#settle()
      return [...wanted].flatMap((id) => {
        const place = this.#places.get(id)
        if (place === undefined) return []
        const { namespace, metadata } = place.rows.entries[place.slot]!
        return [{ id, values: [...place.rows.values(place.slot)], ...optional(namespace, metadata) }]
      })
    })
  }

  query(vector: unknown, options?: VectorizeQueryOptions): { matches: Match[]; count: number } {
    return asOperation('VECTOR_QUERY', () => {
      const plan = planQuery(options)
      this.#settle()
      return this.#search(checkValues(vector, this.#config.dimensions, 'query vector'), plan)
    })
  }

  /** Searches around a stored vector, which is itself among the matches. */
  queryById(id: unknown, options?: VectorizeQueryOptions): { matches: Match[]; count: number } {
    return asOperation('VECTOR_QUERY', () => {
      const plan = planQuery(options)
      this.#settle()
      const place = this.#places.get(checkId(id))
      if (place === undefined) throw new Refusal(CODE.vectorNotFound, `vector with id ${JSON.stringify(id)} not found`)
      return this.#search(place.rows.values(place.slot), plan)
    })
  }

  #checked(vectors: unknown): VectorEntry[] {
    return checkVectors(vectors, this.#config.dimensions, this.#config.metadataIndexes)
  }

  #accept(change: { kind: 'insert' | 'upsert'; entries: VectorEntry[] } | { kind: 'delete'; ids: string[] }): {
    mutationId: string
  } {
    const mutationId = this.#newMutationId()
    const mutation = { seq: this.#nextSeq, mutationId, atMs: this.#clock.now(), ...change }
    this.#store?.append(mutation)
    this.#nextSeq++
    this.#pending.push(mutation)
    return { mutationId }
  }

  /** Makes visible what is old enough, oldest first; a younger mutation never overtakes. */
  #settle(): void {
    const visibleUpToMs = this.#clock.now() - this.#config.visibilityDelayMs
    let due = 0
    while (due < this.#pending.length && this.#pending[due]!.atMs <= visibleUpToMs) due++
    if (due === 0) return
    const settled = this.#pending.slice(0, due)
    // Durable first: if the store throws, nothing was shown and the next read tries again.
    this.#store?.promote(settled)
    this.#pending = this.#pending.slice(due)
    for (const mutation of settled) this.#apply(mutation)
    const { mutationId, atMs } = settled[due - 1]!
    this.#watermark = { mutationId, atMs }
  }

  #apply(mutation: Mutation): void {
    if (mutation.kind === 'delete') {
      for (const id of mutation.ids) this.#remove(id)
      return
    }
    for (const entry of mutation.entries) {
      if (mutation.kind === 'upsert' || !this.#places.has(entry.id)) this.#put(entry)
    }
  }

  #put(entry: VectorEntry): void {
    const rows = this.#rowsOf(entry.namespace)
    const place = this.#places.get(entry.id)
    if (place?.rows === rows) {
      rows.set(place.slot, entry)
      return
    }
    this.#remove(entry.id)
    this.#places.set(entry.id, { rows, slot: rows.push(entry) })
  }

  #remove(id: string): void {
    const place = this.#places.get(id)
    if (place === undefined) return
    const moved = place.rows.remove(place.slot)
    this.#places.delete(id)
    if (moved !== null) this.#places.get(moved)!.slot = place.slot
  }

  #rowsOf(namespace: string | null): NamespaceRows {
    let rows = this.#namespaces.get(namespace)
    if (rows === undefined) {
      rows = new NamespaceRows(this.#config.dimensions)
      this.#namespaces.set(namespace, rows)
    }
    return rows
  }

  #search(query: Float32Array, plan: QueryPlan): { matches: Match[]; count: number } {
    const best = new TopK<{ id: string; rows: NamespaceRows; slot: number }>(plan.topK)
    let read: (goodness: number) => number = (goodness) => goodness
    for (const [namespace, rows] of this.#namespaces) {
      // A query without a namespace searches the whole index.
      if (plan.namespace !== null && namespace !== plan.namespace) continue
      const { goodness, score } = scorer(this.#config.metric, rows, query)
      read = score
      for (let slot = 0; slot < rows.count; slot++) {
        if (plan.predicate !== null && !plan.predicate(rows.entries[slot]!.indexed)) continue
        const value = goodness(slot)
        if (value >= best.floor) best.offer(value, { id: rows.entries[slot]!.id, rows, slot })
      }
    }
    const matches = best.sorted().map(({ goodness, payload: { id, rows, slot } }) => {
      const { namespace, metadata, indexed } = rows.entries[slot]!
      const returned =
        plan.returnMetadata === 'all' ? metadata : plan.returnMetadata === 'indexed' ? present(indexed) : null
      const values = plan.returnValues ? { values: [...rows.values(slot)] } : {}
      return { id, score: read(goodness), ...values, ...optional(namespace, returned) }
    })
    return { matches, count: matches.length }
  }
}

/** Absent fields are left out, as in the platform's JSON. Metadata is copied: a caller must not reach the store. */
function optional(namespace: string | null, metadata: Metadata | null): { namespace?: string; metadata?: Metadata } {
  return {
    ...(namespace === null ? {} : { namespace }),
    ...(metadata === null ? {} : { metadata: structuredClone(metadata) }),
  }
}

function present(indexed: Metadata): Metadata {
  return Object.fromEntries(Object.entries(indexed).filter(([, value]) => value !== null))
}
