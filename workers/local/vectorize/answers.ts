import type { Metadata } from './metadata.ts'

/** What a mutation is answered with, before it is processed. */
export interface Mutated {
  mutationId: string
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

export interface Matches {
  matches: Match[]
  count: number
}

export interface IndexInfo {
  vectorCount: number
  dimensions: number
  /** ISO 8601; null while nothing was processed. workers-types says number, the platform sends text. */
  processedUpToDatetime: string | null
  processedUpToMutation: string | null
}
