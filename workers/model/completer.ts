import { createBulkhead } from '../../shared/base/bulkhead.ts'
import { createRetryBudget } from '../../shared/base/retry_budget.ts'
import type { CompleterRpc, CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { ScoreCall, ScoreResult } from '../../shared/model/scorer_rpc.ts'
import { createAnswerBreakers } from './answer_breakers.ts'
import { pollBatch, submitBatch } from './batches.ts'
import { type CompleterDeps, type Later, modelName, toResult } from './completer_parts.ts'
import { createPace } from './pace.ts'
import { type Paid, paidAnswer } from './paid_answer.ts'
import { redacted } from './redacted.ts'
import { asCompletion, canScore, scoreForm } from './score.ts'

/** The completer as the worker has it: it may leave work behind. */
export interface DoorCompleter extends CompleterRpc {
  complete(call: CompletionCall, deadlineMs: number, later?: Later): Promise<CompletionResult>
  score(call: ScoreCall, letters: readonly string[], deadlineMs: number, later?: Later): Promise<ScoreResult>
}

/**
 * Answers questions through one provider: at most one paid call a key, never above the budget. What guards the provider
 * (places, second tries, its pace) lives as long as the completer.
 */
export function createCompleter(given: CompleterDeps): DoorCompleter {
  const { clock, chat } = given
  const deps = { retries: createRetryBudget(), pace: createPace(clock), ...given }
  const guards = {
    bulkhead: createBulkhead(clock, chat.concurrency, chat.queue),
    answersOf: createAnswerBreakers(clock),
  }
  const info = {
    model: modelName(deps),
    batch: chat.batch,
    capabilities: {
      format: chat.format,
      logprobs: chat.logprobs,
      batch: chat.batch,
      fineTuning: chat.fine_tuning,
      promptCaching: chat.prompt_caching,
    },
  }
  return {
    completer: async () => info,
    async complete(call, deadlineMs, later) {
      return writtenOf(call.key, await paidAnswer(redacted(call), deadlineMs, deps, guards, { later }))
    },
    async score(call, letters, deadlineMs, later) {
      const { key } = call
      if (!canScore(letters, chat)) return { ok: false, key, reason: 'unsupported', retryAfterMs: null }
      const form = scoreForm(letters)
      const paid = await paidAnswer(redacted(asCompletion(call)), deadlineMs, deps, guards, { later, form })
      const result = writtenOf(key, paid)
      if (!result.ok) return result
      const { cost, cached } = result
      return { ok: true, key, scores: JSON.parse(result.text) as Record<string, number>, cost, cached }
    },
    submitBatch: (shop, calls) => submitBatch(shop, calls.map(redacted), deps),
    batch: (shop, name) => pollBatch(shop, name, deps),
  }
}

const writtenOf = (key: string, paid: Paid): CompletionResult =>
  paid.ok ? toResult(key, paid.answer, paid.cached) : paid.refusal
