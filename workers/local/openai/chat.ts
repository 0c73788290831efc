import type { Rng } from '../../../shared/base/rng.ts'
import { type AnswerOptions, compose } from './answers.ts'
import type { ContentBehaviour } from './behaviour.ts'
import type { Claim } from './claims.ts'
import { firstToken, TOP_LOGPROBS_MAX } from './letters.ts'
import { strictnessFault } from './schema_sample.ts'

/** The part of a chat completion's body that is read. */
export interface ChatBody {
  model?: string
  messages?: Array<{ role: string; content: string | Array<{ type: string; text?: string }> }>
  response_format?: { type: string; json_schema?: { name?: string; strict?: boolean; schema?: unknown } }
  max_tokens?: number
  max_completion_tokens?: number
  stream?: boolean
  logprobs?: boolean
  top_logprobs?: number
}

export const textOf = (message: NonNullable<ChatBody['messages']>[number] | undefined): string => {
  const content = message?.content ?? ''
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('')
}
export const userOf = (body: ChatBody): string => textOf(body.messages?.findLast((one) => one.role === 'user'))

/** About four characters a token; each character of other scripts is one. */
export const tokensOf = (text: string): number =>
  Math.ceil(text.replace(/[^ -~]/g, '').length / 4) + text.replace(/[ -~\s]/g, '').length

/** Why the request is refused with 400; null when it is well made. */
export function requestFault(body: ChatBody): string | null {
  if (!Array.isArray(body.messages) || body.messages.length === 0) return "Missing required parameter: 'messages'."
  if (body.stream === true) return 'Streaming is not offered here.'
  if ((body.top_logprobs ?? 0) > TOP_LOGPROBS_MAX) return "Invalid 'top_logprobs': at most 20."
  const format = body.response_format
  if (format?.type !== 'json_schema') return null
  if (!format.json_schema?.name) return "Missing required parameter: 'response_format.json_schema.name'."
  if (format.json_schema.strict !== true) return null
  const fault = strictnessFault(format.json_schema.schema)
  return fault === null ? null : `Invalid schema for response_format: ${fault}`
}

export interface Completed {
  body: Record<string, unknown>
  claims: Claim[]
  text: string
}

/** One chat completion, misbehaved as told. */
export function complete(
  body: ChatBody,
  behaviour: ContentBehaviour,
  rng: Rng,
  options: AnswerOptions,
  id: string,
  atMs: number,
): Completed {
  const user = userOf(body)
  const { value, claims } = compose(user, body.response_format?.json_schema?.schema, behaviour, rng, options)
  const whole = JSON.stringify(value)
  const told = body.logprobs === true ? firstToken(user, body.top_logprobs ?? 0, rng, options.ranking) : null
  const wanted = told?.token ?? SPOILT[behaviour]?.(whole, value, user) ?? whole
  const limit = body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY
  // What the schema forbids to be short is cut where the tokens end.
  const tooLong = tokensOf(wanted) > limit
  const cut = behaviour === 'truncated' || tooLong
  const text =
    behaviour === 'truncated'
      ? wanted.slice(0, Math.floor(wanted.length * (0.3 + rng.next() * 0.6)))
      : tooLong
        ? wanted.slice(0, limit * 3)
        : wanted
  const refused = behaviour === 'refusal'
  const prompt = tokensOf((body.messages ?? []).map(textOf).join(' '))
  const completion = tokensOf(text)
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
  }
  return {
    text,
    claims,
    body: {
      id,
      object: 'chat.completion',
      created: Math.floor(atMs / 1_000),
      model: body.model ?? 'scripted-1',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: refused ? null : text,
            refusal: refused ? 'I cannot help with that.' : null,
          },
          logprobs: refused ? null : (told?.logprobs ?? null),
          finish_reason: cut ? 'length' : 'stop',
        },
      ],
      ...(behaviour === 'missing_usage' ? {} : { usage }),
    },
  }
}

/** How an answer is spoilt, by behaviour. */
const SPOILT: Partial<Record<ContentBehaviour, (whole: string, value: unknown, user: string) => string>> = {
  echoes_prompt: (_whole, _value, user) => user,
  malformed: (whole) => whole.replace(/"([a-z_]+)":/, '$1:').replace(/\}$/, ',}'),
  fenced: (whole) => `\`\`\`json\n${whole}\n\`\`\``,
  chatty: (whole) => `Sure! Here is what you asked for:\n\n${whole}\n\nLet me know if you need anything else.`,
  refusal_sentence: () => "I'm sorry, but I can't help with that request.",
  wrong_schema: () => JSON.stringify({ result: { items: [1, 'two', null] }, ok: 'yes' }),
  extra_facets: (_whole, value) =>
    JSON.stringify({
      ...(value as object),
      sentiment: [{ text: 'Everybody loves it', quote: 'love' }],
      price: 'The cheapest of all',
    }),
  duplicated: (_whole, value) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(value as object).map(([name, own]) => [name, Array.isArray(own) ? [...own, ...own] : own]),
      ),
    ),
  empty: () => '',
}
