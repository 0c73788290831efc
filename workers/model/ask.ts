import type OpenAI from 'openai'
import type { Breaker } from '../../shared/base/breaker.ts'
import type { Clock } from '../../shared/base/clock.ts'
import type { RetryBudget } from '../../shared/base/retry_budget.ts'
import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import type { StoredAnswer } from '../../shared/store/operations/model_calls.ts'
import { chatBody, readCompletion } from './chat.ts'
import type { ChatConfig } from './config.ts'
import { failureOf, isAnswer } from './openai_client.ts'
import type { Pace } from './pace.ts'

/** Tries of one call, all of them before the provider took it: what may have been done is never asked twice. */
const TRIES = 2
/** Between two tries where the provider does not say. */
const PAUSE_MS = 400
/** A try that has less than this left is not begun. */
const WORTHWHILE_MS = 50

export type AskOutcome =
  | { outcome: 'answered'; answer: StoredAnswer }
  | { outcome: 'not_taken'; final: boolean; retryAfterMs: number | null }
  | { outcome: 'unknown' }

/** A provider not heard of for this long is greeted before money is put on the wire. */
const HEARD_LATELY_MS = 2_000
/** How long a greeting waits. */
const GREETING_MS = 1_500

/** When a provider last answered anything. Lives as long as its client. */
export interface Heard {
  atMs: number
}

export interface AskDeps {
  client: OpenAI
  heard: Heard
  chat: ChatConfig
  breaker: Breaker
  clock: Clock
  sleep(ms: number): Promise<void>
  /** Second tries of all calls together; without one every call has its own. */
  retries?: RetryBudget
  /** Without one only a deadline says that a call takes too long. */
  pace?: Pace
}

/** How a question is put and its answer read: a written answer, or the likelihood of letters. */
export interface Form {
  body(call: CompletionCall, chat: ChatConfig): object
  /** @param body null where the answer was no JSON */
  read(body: unknown, chat: ChatConfig, most: number): StoredAnswer
}

const WRITTEN: Form = { body: chatBody, read: readCompletion }

/**
 * Makes one call, at most twice and only while the provider refuses to take it, within a deadline.
 * @param most what the call may cost
 */
export async function ask(
  call: CompletionCall,
  most: number,
  deadlineMs: number,
  deps: AskDeps,
  form: Form = WRITTEN,
): Promise<AskOutcome> {
  const { client, chat, breaker, clock } = deps
  deps.retries?.called()
  const endsAt = clock.now() + deadlineMs
  for (let tried = 1; ; tried++) {
    const left = endsAt - clock.now()
    if (left < WORTHWHILE_MS || !breaker.allows()) return { outcome: 'not_taken', final: false, retryAfterMs: null }
    if (!(await isThere(left, deps))) {
      breaker.failed()
      return { outcome: 'not_taken', final: false, retryAfterMs: null }
    }
    // The greeting took its time: what cannot be heard to its end is not begun, or it would be in doubt for nothing.
    if (endsAt - clock.now() < WORTHWHILE_MS) return { outcome: 'not_taken', final: false, retryAfterMs: null }
    const watch = deps.pace?.begin(call.purpose, breaker)
    try {
      const body = await client.post('/chat/completions', {
        body: form.body(call, chat),
        signal: AbortSignal.timeout(Math.max(1, endsAt - clock.now())),
      })
      watch?.answered()
      breaker.succeeded()
      deps.heard.atMs = clock.now()
      return { outcome: 'answered', answer: form.read(body, chat, most) }
    } catch (error) {
      // One that was given up for slow has been counted.
      const failed = () => (watch?.ended() === true ? undefined : breaker.failed())
      const failure = failureOf(error)
      if (failure.kind === 'garbled') {
        // Whoever answers with pages answers nobody.
        failed()
        return { outcome: 'answered', answer: form.read(null, chat, most) }
      }
      if (failure.kind === 'unknown') {
        failed()
        // Only what was on the wire with it shares its fate: the next is greeted first.
        deps.heard.atMs = Number.NEGATIVE_INFINITY
        return { outcome: 'unknown' }
      }
      const { final, busy, retryAfterMs } = failure
      // A request that is at fault says nothing against the provider.
      if (busy) failed()
      else watch?.ended()
      const pauseMs = retryAfterMs ?? PAUSE_MS
      if (!busy || tried === TRIES || clock.now() + pauseMs + WORTHWHILE_MS > endsAt || deps.retries?.take() === false)
        return { outcome: 'not_taken', final, retryAfterMs }
      await deps.sleep(pauseMs)
    }
  }
}

/**
 * Whether anybody answers there. Workers cannot tell a connection that was refused from one that broke after the request
 * was read; a greeting that costs nothing keeps a provider that is down from putting every item in doubt.
 */
async function isThere(leftMs: number, { client, heard, clock }: AskDeps): Promise<boolean> {
  if (clock.now() - heard.atMs < HEARD_LATELY_MS) return true
  try {
    await client.get('/models', { signal: AbortSignal.timeout(Math.min(leftMs, GREETING_MS)) })
  } catch (error) {
    // Any answer will do: not every server lists its models.
    if (!isAnswer(error)) return false
  }
  heard.atMs = clock.now()
  return true
}
