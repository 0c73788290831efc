import { randomUUID } from 'node:crypto'
import type { Vectorize, VectorizeQueryOptions } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'
import { asSent } from '../vectorize/as_sent.ts'
import { decodeConfig, type VectorizeProps } from '../vectorize/config.ts'
import { VectorEngine } from '../vectorize/engine.ts'
import type { EngineState } from '../vectorize/mutation.ts'

export interface MemoryVectorizeOptions extends Omit<VectorizeProps, 'index' | 'clock'> {
  clock: Clock
  /** For runs that must repeat bit for bit. */
  newMutationId?: () => string
  /** Where another index stands; empty when absent. */
  state?: EngineState
}

/** A Vectorize binding, and what another one is made with to begin where this one stands. */
export interface MemoryVectorize extends Vectorize {
  state(): EngineState
}

/** A Vectorize binding over the local engine, without storage. Defaults: 256 dimensions, cosine, 1,000 ms delay. */
export function createMemoryVectorize({
  clock,
  newMutationId,
  state,
  ...props
}: MemoryVectorizeOptions): MemoryVectorize {
  const engine = new VectorEngine({
    config: decodeConfig(props, {}),
    clock,
    newMutationId: newMutationId ?? randomUUID,
    ...(state === undefined ? {} : { state }),
  })
  // Async functions: what the engine throws is a rejection, as over a binding.
  const index = {
    describe: async () => engine.describe(),
    query: async (vector: unknown, options?: VectorizeQueryOptions) => engine.query(vector, asSent(options)),
    queryById: async (id: string, options?: VectorizeQueryOptions) => engine.queryById(id, asSent(options)),
    insert: async (vectors: unknown) => engine.insert(vectors),
    upsert: async (vectors: unknown) => engine.upsert(vectors),
    getByIds: async (ids: string[]) => engine.getByIds(ids),
    deleteByIds: async (ids: string[]) => engine.deleteByIds(ids),
    state: () => engine.state(),
  }
  return index as unknown as MemoryVectorize
}
