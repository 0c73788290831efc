import type { CallTrace } from '../domain/call_record.ts'

export type { CallTrace } from '../domain/call_record.ts'

/** One question whose answer is worth paying for once. */
export interface CompletionCall {
  /** Equal keys are one call, whoever asks and however often: content hash, prompt versions and model are in it. */
  key: string
  shop: string
  /** What the money is spent on: `understand`, `expand`, `profile`, `rerank`, `reasons`. */
  purpose: string
  system: string
  user: string
  schemaName: string
  schema: Record<string, unknown>
  maxOutputTokens: number
  /** With it the call and its answer are kept for a while (`shelfwise replay`). */
  trace?: CallTrace
  /**
   * Another provider may answer where the first does not take the call. Not for answers that are kept under a model's
   * name; the result says who it was.
   */
  anyProvider?: boolean
}

export interface CompletionCost {
  inputTokens: number
  outputTokens: number
  /** Millionths of the budget's currency unit. */
  microCost: number
}

export type CompletionResult =
  | {
      ok: true
      key: string
      text: string
      cost: CompletionCost
      cached: boolean
      /** Who answered, where that is not who was asked first. */
      model?: string
    }
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
