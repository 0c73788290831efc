/** Which language model answers, and what it can do. Null where none is configured: rules answer then. */
export interface CompleterInfo {
  /** `provider/model`: part of every key under which an answer is kept. */
  model: string
  batch: boolean
}

/** One question whose answer is worth paying for once. */
export interface CompletionCall {
  /** Equal keys are one call, whoever asks and however often: content hash, prompt versions and model are in it. */
  key: string
  shop: string
  /** What the money is spent on: `understand`, `expand`, `profile`. */
  purpose: string
  system: string
  user: string
  schemaName: string
  schema: Record<string, unknown>
  maxOutputTokens: number
}

export interface CompletionCost {
  inputTokens: number
  outputTokens: number
  /** Millionths of the budget's currency unit. */
  microCost: number
}

export type CompletionResult =
  | { ok: true; key: string; text: string; cost: CompletionCost; cached: boolean }
  | {
      ok: false
      key: string
      /**
       * `budget`: not today. `unavailable`: the provider did not take the call, ask again. `refused`, `malformed`,
       * `too_long`: it answered, and asking the same again would give the same. `in_doubt`: a call was begun and its end is
       * unknown; it is never made twice.
       */
      reason: 'budget' | 'unavailable' | 'refused' | 'malformed' | 'too_long' | 'in_doubt'
      retryAfterMs: number | null
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
export const NO_COMPLETER: CompleterRpc = {
  completer: async () => null,
  complete: async ({ key }) => ({ ok: false, key, reason: 'unavailable', retryAfterMs: null }),
  submitBatch: async () => null,
  batch: async () => ({ state: 'ended', results: [] }),
}
