import type { CallsRpc } from './calls_rpc.ts'
import type { CompletionCall, CompletionResult } from './completion.ts'
import type { ScorerRpc } from './scorer_rpc.ts'

export type { CallTrace, CompletionCall, CompletionCost, CompletionResult } from './completion.ts'

/** What a provider's model can do, as its configuration declares it. */
export interface ModelCapabilities {
  /** How an answer's form is asked for; with `json_object` the schema travels in the system text. */
  format: 'json_schema' | 'json_object'
  /** The most alternatives it tells of a token; 0: no log-probabilities. */
  logprobs: number
  batch: boolean
  fineTuning: boolean
  promptCaching: boolean
}

/** Which language model answers, and what it can do. Null where none is configured: rules answer then. */
export interface CompleterInfo {
  /** `provider/model`: part of every key under which an answer is kept. */
  model: string
  batch: boolean
  capabilities?: ModelCapabilities
}

/** The Batch API's view of many calls: handed over together, answered within a day, at half the price. */
export type BatchState =
  | { state: 'running'; done: number; total: number }
  | { state: 'ended'; results: CompletionResult[] }

export interface CompleterRpc {
  completer(): Promise<CompleterInfo | null>
  complete(call: CompletionCall, deadlineMs: number): Promise<CompletionResult>
  /** @returns the provider's name of the batch; null when it cannot take one now */
  submitBatch(shop: string, calls: readonly CompletionCall[]): Promise<string | null>
  batch(shop: string, name: string): Promise<BatchState>
}

/** Where no language model is configured: rules answer. */
export const NO_COMPLETER: CompleterRpc & ScorerRpc & CallsRpc = {
  completer: async () => null,
  complete: async ({ key }) => ({ ok: false, key, reason: 'unavailable', retryAfterMs: null }),
  submitBatch: async () => null,
  batch: async () => ({ state: 'ended', results: [] }),
  score: async ({ key }) => ({ ok: false, key, reason: 'unsupported', retryAfterMs: null }),
  call: async () => null,
  callAgain: async () => null,
}
