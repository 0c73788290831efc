import { sha256 } from '../../shared/base/hash.ts'
import type { CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { Reserved, StoredAnswer } from '../../shared/store/operations/model_calls.ts'
import { isOfUse } from './answer_breakers.ts'
import { ask, type Form } from './ask.ts'
import { maxMicro } from './chat.ts'
import { type CompleterDeps, costOf, type Guards, type Later, modelName, refusal } from './completer_parts.ts'

/** A call that waits in a batch is worth asking for again after this. */
const BATCH_PATIENCE_MS = 60_000
/** A place is held a little longer than the call may take: settling follows it. */
const SETTLING_MS = 2_000

/** What the ledger, or else the provider, gave for a call. */
export type Paid =
  | { ok: true; answer: StoredAnswer; cached: boolean }
  | { ok: false; refusal: Extract<CompletionResult, { ok: false }> }

interface Manner {
  form?: Form | undefined
  later?: Later | undefined
}

/** The answer to a call: from the ledger where it was paid for, from the provider where the budget holds it. Never throws. */
export async function paidAnswer(
  call: CompletionCall,
  deadlineMs: number,
  deps: CompleterDeps,
  guards: Guards,
  manner: Manner,
): Promise<Paid> {
  const { key } = call
  const endsAt = deps.clock.now() + deadlineMs
  const most = maxMicro(call, deps.chat)
  const claim = deps.unique()
  const reserved = await reserve(call, most, claim, deps)
  if (reserved === null) return refused(key, 'unavailable')
  switch (reserved.state) {
    case 'answered':
      return { ok: true, answer: reserved.answer, cached: true }
    case 'reserved':
      return reserved.batch === null ? refused(key, 'in_doubt') : refused(key, 'unavailable', BATCH_PATIENCE_MS)
    case 'budget':
      return refused(key, 'budget')
    case 'granted':
      return guarded(call, most, claim, endsAt, deps, guards, manner)
  }
}

/** Null where the ledger does not answer: without it nothing is asked. */
async function reserve(
  call: CompletionCall,
  most: number,
  claim: string,
  deps: CompleterDeps,
): Promise<Reserved | null> {
  const { key, shop, purpose } = call
  try {
    const wanted = { key, shop, purpose, model: modelName(deps), maxMicro: most }
    return (await deps.calls.reserve([wanted], claim, null, deps.dailyMicro, deps.clock.now())).get(key) ?? null
  } catch (error) {
    deps.log.error('call_not_reserved', error, { shop, key })
    return null
  }
}

/** Asks from one of the provider's places, as long as its answers to such calls are worth having. */
async function guarded(
  call: CompletionCall,
  most: number,
  claim: string,
  endsAt: number,
  deps: CompleterDeps,
  { bulkhead, answersOf }: Guards,
  manner: Manner,
): Promise<Paid> {
  const answers = answersOf(call)
  const leftMs = endsAt - deps.clock.now()
  const leave = answers.allows() ? await bulkhead.enter(leftMs, leftMs + SETTLING_MS) : null
  if (leave === null) {
    await release(call, claim, deps)
    return refused(call.key, 'unavailable')
  }
  try {
    const paid = await settled(call, most, claim, endsAt - deps.clock.now(), deps, manner)
    if (paid.ok) {
      if (isOfUse(paid.answer.text, call.schema)) answers.succeeded()
      else answers.failed()
    }
    return paid
  } finally {
    leave()
  }
}

async function settled(
  call: CompletionCall,
  most: number,
  claim: string,
  deadlineMs: number,
  deps: CompleterDeps,
  { form, later }: Manner,
): Promise<Paid> {
  const { calls, clock, log } = deps
  const { key, shop } = call
  const result = await ask(call, most, deadlineMs, deps, form)
  switch (result.outcome) {
    case 'answered':
      // The answer is worth more than its book-keeping: unsettled it stays counted in full, and is never paid twice.
      await calls
        .settle([[key, result.answer]], claim, clock.now())
        .catch((error: unknown) => log.error('call_not_settled', error, { shop, key }))
      await keep(call, result.answer, deps, later)
      return { ok: true, answer: result.answer, cached: false }
    case 'not_taken':
      await release(call, claim, deps)
      return refused(key, result.final ? 'refused' : 'unavailable', result.retryAfterMs)
    case 'unknown':
      log.info('call_in_doubt', { shop, key, purpose: call.purpose })
      return refused(key, 'in_doubt')
  }
}

/** What cannot be freed now stays counted: too much is set aside, never too little. */
async function release({ key, shop }: CompletionCall, claim: string, deps: CompleterDeps): Promise<void> {
  await deps.calls
    .release([key], claim)
    .catch((error: unknown) => deps.log.error('call_not_released', error, { shop, key }))
}

/** Keeps a call with its answer, so that it can be looked at and asked again. */
async function keep(
  call: CompletionCall,
  answer: StoredAnswer,
  deps: CompleterDeps,
  later: Later | undefined,
): Promise<void> {
  const { trace, key, shop, purpose, system, user, schemaName, schema, maxOutputTokens } = call
  if (trace === undefined || deps.records === undefined) return
  const { records } = deps
  const write = async () => {
    await records.put({
      v: 1,
      ...{ key, shop, purpose, model: modelName(deps), trace, system, user, schemaName, schema, maxOutputTokens },
      promptHash: await sha256(`${system.length}:${system}${user}`),
      answer: answer.text,
      reason: answer.reason,
      cost: costOf(answer, false),
      askedAtMs: deps.clock.now(),
    })
  }
  const kept = write().catch((error: unknown) => deps.log.error('call_not_kept', error, { shop, key }))
  if (later === undefined) await kept
  else later(kept)
}

const refused = (key: string, reason: Parameters<typeof refusal>[1], retryAfterMs: number | null = null): Paid => ({
  ok: false,
  refusal: refusal(key, reason, retryAfterMs),
})
