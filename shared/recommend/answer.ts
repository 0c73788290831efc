import type { Card, ContextItem } from '../domain/card.ts'
import type { LlmShelf } from '../domain/gate.ts'
import type { Rung, ServedLlm } from '../domain/recommendation.ts'
import type { CandidatePool } from '../recall/candidates.ts'
import type { Ranked, Shown } from './compose.ts'
import type { AppliedRules } from './request_rules.ts'
import type { WaveOne } from './wave_one.ts'

/** What a rung made: the page, all that was ranked, and how certain it is. */
export interface ShelfAnswer {
  rung: Rung
  shown: Shown[]
  /** All candidates in order; for the impression record and the trace. */
  ranked: readonly Ranked[]
  context: ReadonlyMap<string, ContextItem>
  degraded: readonly string[]
  cache: 'none' | 'hit'
  /** The shop's epoch that D1 answered with; null when D1 did not answer. */
  epoch: number | null
  /** Null when availability was read from D1 for this answer. */
  availabilityAsOfMs: number | null
  /** How many candidates each source brought. */
  sourceCounts: Record<string, number>
  /** Of a shelf from the cache: what was ranked when it was made. */
  candidates?: ReadonlyArray<readonly [string, number, readonly string[]]>
  rules: AppliedRules
  /** What was done with the order of a language model, where there was one. */
  llm?: LlmShelf
  /** The order of a language model that the shelf has, for who asked. */
  servedLlm: ServedLlm | null
  /** Seeds that the shop does not have. */
  missing: string[]
  /** What it was made from, for who asks why; absent of a shelf from the cache. */
  made?: Making
}

export interface Making {
  wave: WaveOne
  /** What is left of the candidates. */
  pool: CandidatePool
  /** Cards that were read, whether they pass the request's filter or not. */
  cards: ReadonlyMap<string, Card>
}
