import type { ContextItem } from '../domain/card.ts'
import type { Rung } from '../domain/recommendation.ts'
import type { Ranked, Shown } from './compose.ts'
import type { AppliedRules } from './request_rules.ts'

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
  /** Seeds that the shop does not have. */
  missing: string[]
}
