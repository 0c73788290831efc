import { hash32 } from '../../shared/base/hash.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { OrderCandidate, OrderContext } from '../../shared/domain/llm_order.ts'
import type { CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { ContentBehaviour } from '../../workers/local/openai/behaviour.ts'
import { complete } from '../../workers/local/openai/chat.ts'
import type { RankingOptions } from '../../workers/local/openai/rank.ts'
import { readCompletion } from '../../workers/model/chat.ts'

export interface ScriptedRanker {
  calls: CompletionCall[]
  complete(call: CompletionCall): Promise<CompletionResult>
}

/** The scripted provider's model behind the reading of the real door, without the wire between: for thousands of calls. */
export function scriptedRanker(
  seed: number,
  ranking: RankingOptions,
  behaviour: ContentBehaviour = 'honest',
): ScriptedRanker {
  const calls: CompletionCall[] = []
  const prices = { input_price: 0.1, output_price: 0.4 } as Parameters<typeof readCompletion>[1]
  return {
    calls,
    async complete(call) {
      calls.push(call)
      const { key, system, user, schemaName, schema } = call
      const request = {
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
        response_format: { type: 'json_schema', json_schema: { name: schemaName, strict: true, schema } },
        max_completion_tokens: call.maxOutputTokens,
      }
      const options = { lieRate: 0.3, pool: [], ranking }
      const { body } = complete(request, behaviour, seededRng(hash32(user, seed)), options, 'scripted', 0)
      const { text, reason, ...cost } = readCompletion(body, prices, 1_000)
      return text === null
        ? { ok: false, key, reason: reason ?? 'malformed', retryAfterMs: null }
        : { ok: true, key, text, cost, cached: false }
    },
  }
}

export const orderContext = (own: Partial<OrderContext> = {}): OrderContext => ({
  shop: 'a-shop',
  market: 'main',
  placement: 'home',
  settings: 'settings',
  locale: 'en-GB',
  seeds: [],
  cart: [],
  query: null,
  audience: { kind: 'everyone' },
  model: 'scripted/scripted-1',
  prompt: 'rank@1.1',
  ...own,
})

export const orderCandidateOf = (id: string, own: Partial<OrderCandidate> = {}): OrderCandidate => ({
  id,
  version: `version of ${id}`,
  title: `Thing ${id}`,
  brand: null,
  categories: [],
  attributes: {},
  price: null,
  ...own,
})
