/** A Vectorize index as a Worker, for local use: RPC in, one SQLite Durable Object per index behind. Never deployed. */
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'
import type { DurableObjectNamespace, VectorizeQueryOptions } from '@cloudflare/workers-types'
import { systemClock } from '../../../shared/base/clock.ts'
import { decodeConfig, INDEX_DEFAULT, type VectorizeProps, type VectorizeVars } from './config.ts'
import { type EngineConfig, type IndexInfo, type Match, type StoredVector, VectorEngine } from './engine.ts'
import { type IndexStorage, SqliteIndexStore } from './storage.ts'

interface Env extends VectorizeVars {
  INDEXES: DurableObjectNamespace
}

/** The methods that the object serves; every call carries the configuration that the caller's binding declares. */
interface IndexStub {
  describe(config: EngineConfig): Promise<IndexInfo>
  query(config: EngineConfig, vector: unknown, options?: VectorizeQueryOptions): Promise<Matches>
  queryById(config: EngineConfig, id: unknown, options?: VectorizeQueryOptions): Promise<Matches>
  insert(config: EngineConfig, vectors: unknown): Promise<{ mutationId: string }>
  upsert(config: EngineConfig, vectors: unknown): Promise<{ mutationId: string }>
  getByIds(config: EngineConfig, ids: unknown): Promise<StoredVector[]>
  deleteByIds(config: EngineConfig, ids: unknown): Promise<{ mutationId: string }>
}

interface Matches {
  matches: Match[]
  count: number
}

/** The state of one index. */
export class VectorIndexObject extends DurableObject<Env> {
  #engine: VectorEngine | null = null
  #configText = ''

  describe(config: EngineConfig): IndexInfo {
    return this.#open(config).describe()
  }

  query(config: EngineConfig, vector: unknown, options?: VectorizeQueryOptions): Matches {
    return this.#open(config).query(vector, options)
  }

  queryById(config: EngineConfig, id: unknown, options?: VectorizeQueryOptions): Matches {
    return this.#open(config).queryById(id, options)
  }

  insert(config: EngineConfig, vectors: unknown): { mutationId: string } {
    return this.#open(config).insert(vectors)
  }

  upsert(config: EngineConfig, vectors: unknown): { mutationId: string } {
    return this.#open(config).upsert(vectors)
  }

  getByIds(config: EngineConfig, ids: unknown): StoredVector[] {
    return this.#open(config).getByIds(ids)
  }

  deleteByIds(config: EngineConfig, ids: unknown): { mutationId: string } {
    return this.#open(config).deleteByIds(ids)
  }

  /** Loads the rows once per wake. Two bindings with different settings reload: rare, and always right. */
  #open(config: EngineConfig): VectorEngine {
    const text = JSON.stringify(config)
    if (this.#engine !== null && this.#configText === text) return this.#engine
    const store = new SqliteIndexStore(this.ctx.storage as unknown as IndexStorage)
    store.claim(config)
    const newMutationId = () => crypto.randomUUID()
    this.#engine = new VectorEngine({ config, clock: systemClock, newMutationId, store, state: store.load() })
    this.#configText = text
    return this.#engine
  }
}

/** The methods of the `Vectorize` binding. Bind with `entrypoint = "ItemVectors"` and `props = { index = "items" }`. */
export class ItemVectors extends WorkerEntrypoint<Env, VectorizeProps> {
  describe(): Promise<IndexInfo> {
    return this.#call((index, config) => index.describe(config))
  }

  query(vector: unknown, options?: VectorizeQueryOptions): Promise<Matches> {
    return this.#call((index, config) => index.query(config, vector, options))
  }

  queryById(id: unknown, options?: VectorizeQueryOptions): Promise<Matches> {
    return this.#call((index, config) => index.queryById(config, id, options))
  }

  insert(vectors: unknown): Promise<{ mutationId: string }> {
    return this.#call((index, config) => index.insert(config, vectors))
  }

  upsert(vectors: unknown): Promise<{ mutationId: string }> {
    return this.#call((index, config) => index.upsert(config, vectors))
  }

  getByIds(ids: unknown): Promise<StoredVector[]> {
    return this.#call((index, config) => index.getByIds(config, ids))
  }

  deleteByIds(ids: unknown): Promise<{ mutationId: string }> {
    return this.#call((index, config) => index.deleteByIds(config, ids))
  }

  async #call<T>(work: (index: IndexStub, config: EngineConfig) => Promise<T>): Promise<T> {
    const props = this.ctx.props ?? {}
    const stub = this.env.INDEXES.getByName(props.index ?? INDEX_DEFAULT) as unknown as IndexStub
    return work(stub, decodeConfig(props, this.env))
  }
}

/** A module worker needs a default export; nothing is served over HTTP. */
export default {
  fetch: () => new Response('This worker is called over RPC only.\n', { status: 404 }),
}
