import type { Clock } from '../../shared/base/clock.ts'
import type { CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { Log } from '../../shared/observe/log.ts'
import type { ModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import type { ModelCallStore, StoredAnswer } from '../../shared/store/operations/model_calls.ts'
import type { AskDeps } from './ask.ts'

/** What one provider's completer works with. */
export interface CompleterDeps extends AskDeps {
  provider: string
  calls: ModelCallStore
  batches: ModelBatchStore
  clock: Clock
  log: Log
  /** What a shop without a budget of its own may spend a day. */
  dailyMicro: number
  unique(): string
}

export const modelName = (deps: Pick<CompleterDeps, 'provider' | 'chat'>) => `${deps.provider}/${deps.chat.model}`

type Failed = Extract<CompletionResult, { ok: false }>

export const refusal = (key: string, reason: Failed['reason'], retryAfterMs: number | null = null): Failed => ({
  ok: false,
  key,
  reason,
  retryAfterMs,
})

export function toResult(key: string, answer: StoredAnswer, cached: boolean): CompletionResult {
  const { text, reason, inputTokens, outputTokens, microCost } = answer
  if (text === null) return refusal(key, reason ?? 'malformed')
  // What was paid once is not paid again.
  const cost = cached ? { inputTokens: 0, outputTokens: 0, microCost: 0 } : { inputTokens, outputTokens, microCost }
  return { ok: true, key, text, cost, cached }
}
