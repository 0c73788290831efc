import type { CompletionCall, CompletionCost, CompletionResult } from './completion.ts'

/** A question whose answer is one letter: what counts is how likely each of them was. */
export type ScoreCall = Omit<CompletionCall, 'schemaName' | 'schema' | 'maxOutputTokens'>

export type ScoreResult =
  | {
      ok: true
      key: string
      /**
       * By letter its log-probability as the first token. Only the likeliest tokens are told: a letter that is missing
       * was less likely than all that are here.
       */
      scores: Readonly<Record<string, number>>
      cost: CompletionCost
      cached: boolean
    }
  | {
      ok: false
      key: string
      /** `unsupported`: this provider tells no log-probabilities, or not of so many letters. Nothing was asked. */
      reason: Extract<CompletionResult, { ok: false }>['reason'] | 'unsupported'
      retryAfterMs: number | null
    }

/**
 * Candidates scored by one token instead of a written list (Lite-LLM4Rec, arXiv 2402.09617; LlamaRec, arXiv 2311.02089):
 * one output token a call whatever the number of candidates.
 */
export interface ScorerRpc {
  /** @param letters single upper case letters, one a candidate, at most as many as the provider tells alternatives */
  score(call: ScoreCall, letters: readonly string[], deadlineMs: number): Promise<ScoreResult>
}
