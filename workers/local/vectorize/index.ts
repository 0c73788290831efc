/**
 * A Vectorize index as a Worker, for local use. One SQLite Durable Object holds an index; before it stand two doors, RPC
 * and the wire protocol of the runtime's own client, and a third for what an account does to an index. Never deployed.
 */
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'
import type { DurableObjectNamespace, VectorizeQueryOptions } from '@cloudflare/workers-types'
import { type Clock, manualClock, systemClock } from '../../../shared/base/clock.ts'
import type { IndexInfo, Matches, Mutated, StoredVector } from './answers.ts'
import { asSent } from './as_sent.ts'
import { decodeConfig, INDEX_DEFAULT, type IndexConfig, type VectorizeProps, type VectorizeVars } from './config.ts'
import { VectorEngine } from './engine.ts'
import { OperationError, type WireRefusal } from './errors.ts'
import type { MetadataIndexes } from './metadata.ts'
import { type IndexStorage, SqliteIndexStore } from './storage.ts'
import { answerWire } from './wire.ts'

interface Env extends VectorizeVars {
  INDEXES: DurableObjectNamespace
}

type Method = Exclude<keyof VectorEngine, 'state'>
/** A refusal is told as a value: an error loses its class on the way between objects. */
type Outcome = { value: unknown } | { refused: WireRefusal; message: string }

interface IndexStub {
  run(config: IndexConfig, method: Method, args: unknown[]): Promise<Outcome>
  advance(config: IndexConfig, ms: number): Promise<void>
}

/** The state of one index. */
export class VectorIndexObject extends DurableObject<Env> {
  readonly #store = new SqliteIndexStore(this.ctx.storage as unknown as IndexStorage)
  #engine: VectorEngine | null = null
  #clock: Clock & { advance?(ms: number): void } = systemClock
  #configText = ''

  /** Every call carries the configuration that the caller's binding declares. */
  run(config: IndexConfig, method: Method, args: unknown[]): Outcome {
    const engine = this.#open(config)
    try {
      return { value: (engine[method] as (...args: unknown[]) => unknown).apply(engine, args) }
    } catch (error) {
      if (error instanceof OperationError) return { refused: error.refusal, message: error.message }
      throw error
    }
  }

  /** Moves the time of an index whose configuration says `clock: 'manual'`. It stands still across restarts. */
  advance(config: IndexConfig, ms: number): void {
    this.#open(config)
    if (this.#clock.advance === undefined) throw new Error('The clock of this index is the machine’s')
    this.#clock.advance(ms)
    this.#store.setClockMs(this.#clock.now())
  }

  /** Loads the rows once per wake. Two bindings with different settings reload: rare, and always right. */
  #open({ clock, ...config }: IndexConfig): VectorEngine {
    const text = JSON.stringify({ clock, ...config })
    if (this.#engine !== null && this.#configText === text) return this.#engine
    this.#store.claim(config)
    this.#clock = clock === 'manual' ? manualClock(this.#store.clockMs() ?? systemClock.now()) : systemClock
    const newMutationId = () => crypto.randomUUID()
    const state = this.#store.load()
    this.#engine = new VectorEngine({ config, clock: this.#clock, newMutationId, store: this.#store, state })
    this.#configText = text
    return this.#engine
  }
}

/** Calls the object of the caller's index. */
class Door extends WorkerEntrypoint<Env, VectorizeProps> {
  protected async run<T>(method: Method, ...args: unknown[]): Promise<T> {
    const outcome = await this.stub().run(this.config(), method, args)
    if ('value' in outcome) return outcome.value as T
    throw new OperationError(outcome.message, outcome.refused)
  }

  protected stub(): IndexStub {
    return this.env.INDEXES.getByName(this.ctx.props?.index ?? INDEX_DEFAULT) as unknown as IndexStub
  }

  protected config(): IndexConfig {
    return decodeConfig(this.ctx.props ?? {}, this.env)
  }
}

/** The methods of the `Vectorize` binding. Bind with `entrypoint = "ItemVectors"` and `props = { index = "items" }`. */
export class ItemVectors extends Door {
  describe(): Promise<IndexInfo> {
    return this.run('describe')
  }

  async query(vector: unknown, options?: VectorizeQueryOptions): Promise<Matches> {
    return this.run('query', vector, asSent(options))
  }

  async queryById(id: unknown, options?: VectorizeQueryOptions): Promise<Matches> {
    return this.run('queryById', id, asSent(options))
  }

  insert(vectors: unknown): Promise<Mutated> {
    return this.run('insert', vectors)
  }

  upsert(vectors: unknown): Promise<Mutated> {
    return this.run('upsert', vectors)
  }

  getByIds(ids: unknown): Promise<StoredVector[]> {
    return this.run('getByIds', ids)
  }

  deleteByIds(ids: unknown): Promise<Mutated> {
    return this.run('deleteByIds', ids)
  }
}

/** The same index for the runtime's own client: what it sends, answered. Bound through `plugin.ts`. */
export class VectorSearch extends Door {
  override fetch(request: Request): Promise<Response> {
    return answerWire(request, {
      describe: () => this.run('describe'),
      query: (vector, options) => this.run('query', vector, options),
      queryById: (id, options) => this.run('queryById', id, options),
      insert: (vectors) => this.run('insert', vectors),
      upsert: (vectors) => this.run('upsert', vectors),
      getByIds: (ids) => this.run('getByIds', ids),
      deleteByIds: (ids) => this.run('deleteByIds', ids),
    })
  }
}

/** What no binding can do: metadata indexes, which an account makes, and the passing of time. */
export class IndexControl extends Door {
  createMetadataIndex(property: string, type: string): Promise<Mutated> {
    return this.run('createMetadataIndex', property, type)
  }

  deleteMetadataIndex(property: string): Promise<Mutated> {
    return this.run('deleteMetadataIndex', property)
  }

  listMetadataIndexes(): Promise<MetadataIndexes> {
    return this.run('listMetadataIndexes')
  }

  /** @param ms milliseconds that pass for an index with `clock: 'manual'` */
  advance(ms: number): Promise<void> {
    return this.stub().advance(this.config(), ms)
  }
}

/** A module worker needs a default export; nothing is served over HTTP. */
export default {
  fetch: () => new Response('This worker is reached through a binding only.\n', { status: 404 }),
}
