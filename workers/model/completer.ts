import type { CompleterRpc, CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import { ask } from './ask.ts'
import { pollBatch, submitBatch } from './batches.ts'
import { maxMicro } from './chat.ts'
import { type CompleterDeps, modelName, refusal, toResult } from './completer_parts.ts'

/** A call that waits in a batch is worth asking for again after this. */
const BATCH_PATIENCE_MS = 60_000

/** Answers questions through one provider: at most one paid call a key, never above the budget. */
export function createCompleter(deps: CompleterDeps): CompleterRpc {
  return {
    completer: async () => ({ model: modelName(deps), batch: deps.chat.batch }),
    complete: (call, deadlineMs) => complete(call, deadlineMs, deps),
    submitBatch: (shop, calls) => submitBatch(shop, calls, deps),
    batch: (shop, name) => pollBatch(shop, name, deps),
  }
}

async function complete(call: CompletionCall, deadlineMs: number, deps: CompleterDeps): Promise<CompletionResult> {
  const { calls, chat, clock } = deps
  const { key } = call
  const most = maxMicro(call, chat)
  const wanted = { key, shop: call.shop, purpose: call.purpose, model: modelName(deps), maxMicro: most }
  const claim = deps.unique()
  const reserved = (await calls.reserve([wanted], claim, null, deps.dailyMicro, clock.now())).get(key)!
  switch (reserved.state) {
    case 'answered':
      return toResult(key, reserved.answer, true)
    case 'reserved':
      return reserved.batch === null ? refusal(key, 'in_doubt') : refusal(key, 'unavailable', BATCH_PATIENCE_MS)
    case 'budget':
      return refusal(key, 'budget')
    case 'granted':
      return settled(call, most, claim, deadlineMs, deps)
  }
}

async function settled(
  call: CompletionCall,
  most: number,
  claim: string,
  deadlineMs: number,
  deps: CompleterDeps,
): Promise<CompletionResult> {
  const { calls, clock, log } = deps
  const result = await ask(call, most, deadlineMs, deps)
  switch (result.outcome) {
    case 'answered':
      // The answer is worth more than its book-keeping: unsettled it stays counted in full, and is never paid twice.
      await calls
        .settle([[call.key, result.answer]], claim, clock.now())
        .catch((error: unknown) => log.error('call_not_settled', error, { shop: call.shop, key: call.key }))
      return toResult(call.key, result.answer, false)
    case 'not_taken':
      await calls.release([call.key], claim)
      return refusal(call.key, result.final ? 'refused' : 'unavailable', result.retryAfterMs)
    case 'unknown':
      log.info('call_in_doubt', { shop: call.shop, key: call.key, purpose: call.purpose })
      return refusal(call.key, 'in_doubt')
  }
}
