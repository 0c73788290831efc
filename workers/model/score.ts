import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import type { StoredAnswer } from '../../shared/store/operations/model_calls.ts'
import type { Form } from './ask.ts'
import { paidFor } from './chat.ts'
import type { ChatConfig } from './config.ts'

/** A chat completion of one token, of which only the likelihoods of its alternatives are looked at. */
interface Scored {
  choices?: ReadonlyArray<{
    message?: { refusal?: unknown }
    logprobs?: { content?: ReadonlyArray<{ top_logprobs?: ReadonlyArray<{ token?: unknown; logprob?: unknown }> }> }
  }>
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null
}

/** One token is asked for, and as many of its alternatives as the provider tells. */
export function scoreForm(letters: readonly string[]): Form {
  return {
    body: (call, chat) => ({
      model: chat.model,
      messages: [
        { role: 'system', content: call.system },
        { role: 'user', content: call.user },
      ],
      [chat.output_limit_field]: 1,
      logprobs: true,
      top_logprobs: chat.logprobs,
      ...chat.extra,
    }),
    read: (body, chat, most) => readScores(body, letters, chat, most),
  }
}

/**
 * Log-probabilities by letter. A letter may stand in several tokens (`A`, ` A`): their probabilities are added.
 * The text that is kept is `{letter: log-probability}`.
 */
function readScores(body: unknown, letters: readonly string[], chat: ChatConfig, most: number): StoredAnswer {
  const { choices, usage } = (typeof body === 'object' && body !== null ? body : {}) as Scored
  const paid = paidFor(usage, chat, most)
  const choice = Array.isArray(choices) ? choices[0] : undefined
  const refusal = choice?.message?.refusal
  if (typeof refusal === 'string' && refusal !== '') return { text: null, reason: 'refused', ...paid }
  const content = choice?.logprobs?.content
  const alternatives = Array.isArray(content) ? content[0]?.top_logprobs : undefined
  if (!Array.isArray(alternatives)) return { text: null, reason: 'malformed', ...paid }
  const wanted = new Set(letters)
  const sums = new Map<string, number>()
  for (const { token, logprob } of alternatives as ReadonlyArray<{ token?: unknown; logprob?: unknown }>) {
    if (typeof token !== 'string' || typeof logprob !== 'number' || !(logprob <= 0)) continue
    const letter = token.trim()
    if (wanted.has(letter)) sums.set(letter, (sums.get(letter) ?? 0) + Math.exp(logprob))
  }
  // A probability that is nothing to a float is still a letter that was told.
  const scores = Object.fromEntries(
    [...sums].map(([letter, sum]) => [letter, Math.log(Math.max(sum, Number.MIN_VALUE))]),
  )
  if (sums.size === 0) return { text: null, reason: 'malformed', ...paid }
  return { text: JSON.stringify(scores), reason: null, ...paid }
}

/** Whether a provider can tell so many letters apart. */
export const canScore = (letters: readonly string[], chat: ChatConfig): boolean =>
  letters.length > 0 &&
  letters.length <= chat.logprobs &&
  letters.every((letter) => /^[A-Z]$/.test(letter)) &&
  new Set(letters).size === letters.length

/** As the ledger and the reserving know it: one token out, no schema. */
export const asCompletion = (
  call: Omit<CompletionCall, 'schemaName' | 'schema' | 'maxOutputTokens'>,
): CompletionCall => ({
  ...call,
  schemaName: '',
  schema: {},
  maxOutputTokens: 1,
})
