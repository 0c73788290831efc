import type { Breaker } from '../../shared/base/breaker.ts'
import type { Bulkhead } from '../../shared/base/bulkhead.ts'
import type { Clock } from '../../shared/base/clock.ts'
import type { CompletionCall, CompletionCost, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { Log } from '../../shared/observe/log.ts'
import type { CallRecordStore } from '../../shared/store/call_records.ts'
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
  /** Where calls with a trace are kept; without it they are not. */
  records?: Pick<CallRecordStore, 'put'>
}

/** What holds a provider's calls together; lives as long as its client. */
export interface Guards {
  bulkhead: Bulkhead
  answersOf(call: Pick<CompletionCall, 'shop' | 'purpose'>): Breaker
}

/** Keeps the worker alive for work that nobody waits for. */
export type Later = (work: Promise<void>) => void

export const modelName = (deps: Pick<CompleterDeps, 'provider' | 'chat'>) => `${deps.provider}/${deps.chat.model}`

type Failed = Extract<CompletionResult, { ok: false }>

export const refusal = (key: string, reason: Failed['reason'], retryAfterMs: number | null = null): Failed => ({
  ok: false,
  key,
  reason,
  retryAfterMs,
})

export function toResult(key: string, answer: StoredAnswer, cached: boolean): CompletionResult {
  const { text, reason } = answer
  if (text === null) return refusal(key, reason ?? 'malformed')
  return { ok: true, key, text, cost: costOf(answer, cached), cached }
}

/** What was paid once is not paid again. */
export const costOf = ({ inputTokens, outputTokens, microCost }: StoredAnswer, cached: boolean): CompletionCost =>
  cached ? { inputTokens: 0, outputTokens: 0, microCost: 0 } : { inputTokens, outputTokens, microCost }
