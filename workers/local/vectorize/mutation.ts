import type { MetadataIndexes, MetadataIndexType } from './metadata.ts'
import type { VectorEntry } from './rows.ts'

export type MutationChange =
  | { kind: 'insert' | 'upsert'; entries: VectorEntry[] }
  | { kind: 'delete'; ids: string[] }
  | { kind: 'create-index'; property: string; type: MetadataIndexType }
  | { kind: 'delete-index'; property: string }

/** One entry of the write-ahead log. */
export type Mutation = { seq: number; mutationId: string; atMs: number } & MutationChange

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
  /** Those that reads can see. */
  metadataIndexes?: MetadataIndexes
}

/** Where an engine keeps its state. Both calls must be durable when they return. */
export interface EngineStore {
  /** A mutation was accepted. */
  append(mutation: Mutation): void
  /** Accepted mutations became visible, in this order. */
  promote(mutations: readonly Mutation[]): void
}
