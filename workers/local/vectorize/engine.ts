/**
 * A Vectorize index in memory: asynchronous visibility, approximate scores, the platform's limits and refusals.
 *
 * Not enforced, or different from the platform:
 * - visibility is one fixed delay from the call; the platform coalesces mutations into jobs;
 * - without values, the best are chosen among twice as many by an 8-bit form; the platform may miss others;
 * - string ranges compare UTF-16 units, which differs from UTF-8 order only beyond the basic plane;
 * - numbers of namespaces, of vectors and of requests are not limited;
 * - guesses: that an unknown id in queryById and an empty batch are refused, and every code from 40100 on (errors.ts).
 */
import type { Clock } from '../../../shared/base/clock.ts'
import type { IndexInfo, Match, Matches, Mutated, StoredVector } from './answers.ts'
import { asOperation, CODE, Refusal } from './errors.ts'
import { DELETE_IDS_MAX, DIMENSIONS_MAX, GET_IDS_MAX } from './limits.ts'
import { type Metadata, type MetadataIndexes, withIndex, withoutIndex } from './metadata.ts'
import type { EngineState, EngineStore, Mutation, MutationChange, Watermark } from './mutation.ts'
import { NamespaceRows, type VectorEntry } from './rows.ts'
import { type Metric, nearest } from './search.ts'
import { checkId, checkIds, checkQueryVector, checkVectors, planQuery, type QueryPlan } from './validate.ts'

export type { EngineState, EngineStore } from './mutation.ts'

export interface EngineConfig {
  dimensions: number
  metric: Metric
  /** Metadata indexes that are there from the start. */
  metadataIndexes: MetadataIndexes
  /** Milliseconds between a mutation and the first read that sees it. */
  visibilityDelayMs: number
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
  /** As of the last processed mutation: what queries see. */
  #indexes: MetadataIndexes
  /** As of the last accepted mutation: what the next vectors are indexed by. */
  #acceptedIndexes: MetadataIndexes

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
    this.#indexes = { ...state?.metadataIndexes, ...config.metadataIndexes }
    this.#acceptedIndexes = this.#pending.reduce(indexesAfter, this.#indexes)
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
    const pending = [...this.#pending]
    return {
      vectors,
      pending,
      watermark: this.#watermark,
      nextSeq: this.#nextSeq,
      metadataIndexes: { ...this.#indexes },
    }
  }

  /** Accepts vectors; ids that exist when it is processed are skipped without an error. */
  insert(vectors: unknown): Mutated {
    return asOperation('VECTOR_INSERT', () => this.#accept({ kind: 'insert', entries: this.#checked(vectors) }))
  }

  /** Accepts vectors; an existing id is replaced whole, and the last of equal ids wins. */
  upsert(vectors: unknown): Mutated {
    return asOperation('VECTOR_UPSERT', () => this.#accept({ kind: 'upsert', entries: this.#checked(vectors) }))
  }

  deleteByIds(ids: unknown): Mutated {
    return asOperation('VECTOR_DELETE', () => this.#accept({ kind: 'delete', ids: checkIds(ids, DELETE_IDS_MAX) }))
  }

  /** The visible vectors among `ids`, in the order asked; unknown ids are left out. */
  getByIds(ids: unknown): StoredVector[] {
    return asOperation('VECTOR_GET', () => {
      const wanted = new Set(checkIds(ids, GET_IDS_MAX))
      this.#settle()
      return [...wanted].flatMap((id) => {
        const place = this.#places.get(id)
        if (place === undefined) return []
        const { namespace, metadata } = place.rows.entries[place.slot]!
        return [{ id, values: [...place.rows.view(place.slot)], ...optional(namespace, metadata) }]
      })
    })
  }

  /** @param options as on the wire: see asSent for what a client makes of them */
  query(vector: unknown, options?: unknown): Matches {
    return asOperation('VECTOR_QUERY', () => {
      const plan = planQuery(options)
      this.#settle()
      return this.#search(checkQueryVector(vector, this.#config.dimensions), plan)
    })
  }

  /** Searches around a stored vector, which is itself among the matches. */
  queryById(id: unknown, options?: unknown): Matches {
    return asOperation('VECTOR_QUERY', () => {
      const plan = planQuery(options)
      this.#settle()
      const place = this.#places.get(checkId(id))
      if (place === undefined) throw new Refusal(CODE.vectorNotFound, `vector with id ${JSON.stringify(id)} not found`)
      return this.#search(place.rows.values(place.slot), plan)
    })
  }

  /** Accepts a metadata index: it will hold the vectors that are written from now on, and none of the earlier ones. */
  createMetadataIndex(property: unknown, type: unknown): Mutated {
    return asOperation('METADATA_INDEX', () => {
      const index = withIndex(this.#acceptedIndexes, property, type)
      return this.#accept({ kind: 'create-index', ...index })
    })
  }

  deleteMetadataIndex(property: unknown): Mutated {
    return asOperation('METADATA_INDEX', () => {
      return this.#accept({ kind: 'delete-index', property: withoutIndex(this.#acceptedIndexes, property) })
    })
  }

  listMetadataIndexes(): MetadataIndexes {
    this.#settle()
    return { ...this.#indexes }
  }

  #checked(vectors: unknown): VectorEntry[] {
    return checkVectors(vectors, this.#config.dimensions, this.#acceptedIndexes)
  }

  #accept(change: MutationChange): Mutated {
    const mutationId = this.#newMutationId()
    const mutation: Mutation = { seq: this.#nextSeq, mutationId, atMs: this.#clock.now(), ...change }
    this.#store?.append(mutation)
    this.#nextSeq++
    this.#pending.push(mutation)
    this.#acceptedIndexes = indexesAfter(this.#acceptedIndexes, mutation)
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
    this.#indexes = indexesAfter(this.#indexes, mutation)
    if (mutation.kind === 'delete') {
      for (const id of mutation.ids) this.#remove(id)
    } else if (mutation.kind === 'delete-index') {
      for (const { rows, slot } of this.#places.values()) {
        const entry = rows.entries[slot]!
        const { [mutation.property]: _, ...indexed } = entry.indexed
        rows.entries[slot] = { ...entry, indexed }
      }
    } else if (mutation.kind !== 'create-index') {
      for (const entry of mutation.entries) {
        if (mutation.kind === 'upsert' || !this.#places.has(entry.id)) this.#put(entry)
      }
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

  #search(query: Float32Array, plan: QueryPlan): Matches {
    const { namespace: wanted, topK, predicate, returnValues, returnMetadata } = plan
    const inWanted = wanted === null ? undefined : this.#namespaces.get(wanted)
    // A query without a namespace searches the whole index.
    const searched = wanted === null ? this.#namespaces.values() : inWanted === undefined ? [] : [inWanted]
    const found = nearest(searched, { metric: this.#config.metric, query, topK, predicate, exact: returnValues })
    const matches = found.map(({ id, score, rows, slot }): Match => {
      const { namespace, metadata, indexed } = rows.entries[slot]!
      const returned = returnMetadata === 'all' ? metadata : returnMetadata === 'indexed' ? present(indexed) : null
      const values = returnValues ? { values: [...rows.view(slot)] } : {}
      return { id, score, ...values, ...optional(namespace, returned) }
    })
    return { matches, count: matches.length }
  }
}

function indexesAfter(indexes: MetadataIndexes, mutation: Mutation): MetadataIndexes {
  if (mutation.kind === 'create-index') return { ...indexes, [mutation.property]: mutation.type }
  if (mutation.kind !== 'delete-index') return indexes
  const { [mutation.property]: _, ...rest } = indexes
  return rest
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
