import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import type { StoredAnswer } from '../../shared/store/operations/model_calls.ts'
import type { ChatConfig } from './config.ts'

const encoder = new TextEncoder()
/** Tokens that a server adds around each message, with room to spare. */
const FRAME_TOKENS = 100

/** The body of a chat completion, for a server of these capabilities. */
export function chatBody(call: CompletionCall, chat: ChatConfig) {
  const format =
    chat.format === 'json_schema'
      ? { type: 'json_schema', json_schema: { name: call.schemaName, strict: true, schema: call.schema } }
      : { type: 'json_object' }
  return {
    model: chat.model,
    messages: [
      { role: 'system', content: systemOf(call, chat) },
      { role: 'user', content: call.user },
    ],
    response_format: format,
    [chat.output_limit_field]: outputTokens(call, chat),
    ...chat.extra,
  }
}

export const systemOf = (call: CompletionCall, chat: ChatConfig): string =>
  chat.format === 'json_schema'
    ? call.system
    : `${call.system}\n\nAnswer with one JSON object that fits this JSON Schema, and nothing else:\n${JSON.stringify(call.schema)}`

const outputTokens = (call: CompletionCall, chat: ChatConfig) => Math.min(call.maxOutputTokens, chat.max_output_tokens)

/**
 * The most that a call can cost, in millionths: no tokeniser makes more tokens than there are bytes.
 * @param factor of the plain price: below 1 in a batch
 */
export function maxMicro(call: CompletionCall, chat: ChatConfig, factor = 1): number {
  const bytes =
    encoder.encode(systemOf(call, chat)).length +
    encoder.encode(call.user).length +
    (chat.format === 'json_schema' ? encoder.encode(JSON.stringify(call.schema)).length : 0)
  return Math.ceil(((bytes + FRAME_TOKENS) * chat.input_price + outputTokens(call, chat) * chat.output_price) * factor)
}

/** What of a chat completion is looked at; anything may be missing in what a server sends. */
interface Completion {
  choices?: ReadonlyArray<{
    finish_reason?: string | null
    message?: { content?: unknown; refusal?: unknown }
  }>
  usage?: Usage | null
}

interface Usage {
  prompt_tokens?: unknown
  completion_tokens?: unknown
  prompt_tokens_details?: { cached_tokens?: unknown } | null
}

/**
 * What an answer cost by the server's own count.
 * @param most charged when the server does not say what it used
 */
export function paidFor(usage: Usage | null | undefined, chat: ChatConfig, most: number, factor = 1) {
  const inputTokens = tokens(usage?.prompt_tokens)
  const outputTokens = tokens(usage?.completion_tokens)
  const paid = { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 }
  if (inputTokens === null || outputTokens === null) return { ...paid, microCost: most }
  const remembered = Math.min(inputTokens, tokens(usage?.prompt_tokens_details?.cached_tokens) ?? 0)
  const input =
    (inputTokens - remembered) * chat.input_price + remembered * (chat.cached_input_price ?? chat.input_price)
  return { ...paid, microCost: Math.ceil((input + outputTokens * chat.output_price) * factor) }
}

/**
 * Reads an answer that has been paid for. Text counts only when it is one JSON object.
 * @param most what the call may have cost: charged when the server does not say what it used
 */
export function readCompletion(body: unknown, chat: ChatConfig, most: number, factor = 1): StoredAnswer {
  const { choices, usage } = (typeof body === 'object' && body !== null ? body : {}) as Completion
  const paid = paidFor(usage, chat, most, factor)
  const choice = Array.isArray(choices) ? choices[0] : undefined
  const { content, refusal } = choice?.message ?? {}
  if ((typeof refusal === 'string' && refusal !== '') || choice?.finish_reason === 'content_filter')
    return { text: null, reason: 'refused', ...paid }
  if (choice?.finish_reason === 'length') return { text: null, reason: 'too_long', ...paid }
  if (typeof content !== 'string' || !isJsonObject(content)) return { text: null, reason: 'malformed', ...paid }
  return { text: content, reason: null, ...paid }
}

const tokens = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null)

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
