import type { CompletionResult } from '../model/completer_rpc.ts'
import type { EnrichDeps } from './deps.ts'
import type { ContextOf } from './enrich_context.ts'
import type { Wanted } from './enrich_wanted.ts'

/** Why a run asks no more for now. */
export type Stop = 'budget' | 'unavailable' | 'time'

/** One run of a shop's enrichment. */
export interface EnrichRun {
  shop: string
  shopLocale: string
  deps: EnrichDeps
  keep: () => Promise<void>
  wanted: Wanted
  contextOf: ContextOf
  asking: Asking
}

/** What a run has learned of the model so far. */
export interface Asking {
  stopped: Stop | null
  /** How long the provider wants to be left alone. */
  retryAfterMs: number
  answered: number
  endsAtMs: number
  /** Rules stand in a while longer; what is left then waits for the next run, which is a process of its own. */
  rulesEndAtMs: number
  /** Answers that a batch brought, by key. */
  readonly brought: Map<string, CompletionResult>
  failuresInARow: number
}

const RULES_LONGER_MS = 20_000

export const newAsking = (endsAtMs: number, stopped: Stop | null): Asking => ({
  stopped,
  retryAfterMs: 0,
  answered: 0,
  endsAtMs,
  rulesEndAtMs: endsAtMs + RULES_LONGER_MS,
  brought: new Map(),
  failuresInARow: 0,
})

/** So many items in a row that the provider did not take: it is the provider, not the items. */
const FAILURES_TO_STOP = 3

/** Notes what came of a question, and whether it was the last for now. */
export function heard(asking: Asking, result: CompletionResult): void {
  // What was kept, and a call that nobody heard the end of, say nothing of the provider: neither clears it of an outage.
  if (result.ok ? result.cached : result.reason === 'in_doubt') return
  if (result.ok || !['budget', 'unavailable'].includes(result.reason)) {
    asking.answered += 1
    asking.failuresInARow = 0
    return
  }
  asking.retryAfterMs = Math.max(asking.retryAfterMs, result.retryAfterMs ?? 0)
  if (result.reason === 'budget') asking.stopped = 'budget'
  else if (++asking.failuresInARow >= FAILURES_TO_STOP) asking.stopped ??= 'unavailable'
}

/** Whether another question may be asked. */
export function mayAsk({ asking, deps }: Pick<EnrichRun, 'asking' | 'deps'>): boolean {
  if (asking.stopped === null && deps.clock.now() >= asking.endsAtMs) asking.stopped = 'time'
  return asking.stopped === null
}

/** Whether the rules may go on: a run has a limited time on the processor. */
export const mayRule = ({ asking, deps }: Pick<EnrichRun, 'asking' | 'deps'>): boolean =>
  deps.clock.now() < asking.rulesEndAtMs
