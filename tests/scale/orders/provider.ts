/** A scripted provider behind the real door: client, retries, breakers and ledger are the product's, only the wire is not. */
import type { D1Database } from '@cloudflare/workers-types'
import { createBreaker } from '../../../shared/base/breaker.ts'
import type { Clock } from '../../../shared/base/clock.ts'
import { hash32 } from '../../../shared/base/hash.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import { silentLog } from '../../../shared/observe/log.ts'
import { createModelBatchStore } from '../../../shared/store/operations/model_batches.ts'
import { createModelCallStore, type ModelCallStore } from '../../../shared/store/operations/model_calls.ts'
import { type ChatBody, complete, userOf } from '../../../workers/local/openai/chat.ts'
import type { RankingOptions } from '../../../workers/local/openai/rank.ts'
import { createCompleter } from '../../../workers/model/completer.ts'
import { providerSchema } from '../../../workers/model/config.ts'
import { createClient } from '../../../workers/model/openai_client.ts'

/** Money is not what is asked here: a budget that no replay reaches, in millionths. */
const DAILY_MICRO = 1e12
const NAME = 'scripted'

/** Calls and tokens, by what was asked. */
export type Counted = Record<string, { calls: number; input: number; output: number }>

export interface CountingProvider {
  model: ReturnType<typeof createCompleter>
  /** What the provider itself says it was asked and answered, by the shape of the question. */
  counted: Counted
}

export function countingProvider(
  db: D1Database,
  clock: Clock,
  seed: number,
  ranking: RankingOptions,
  adapt: (calls: ModelCallStore) => ModelCallStore = (calls) => calls,
): CountingProvider {
  const counted: Counted = {}
  const answer = (body: ChatBody) => {
    const rng = seededRng(hash32(userOf(body), seed))
    const options = { lieRate: 0, pool: [], ranking }
    const made = complete(body, 'honest', rng, options, 'scripted', clock.now()).body
    const usage = made.usage as { prompt_tokens: number; completion_tokens: number }
    const about = body.response_format?.json_schema?.name ?? 'other'
    counted[about] ??= { calls: 0, input: 0, output: 0 }
    counted[about].calls += 1
    counted[about].input += usage.prompt_tokens
    counted[about].output += usage.completion_tokens
    return made
  }
  const fetcher: typeof fetch = async (url, init) => {
    const isChat = String(url).endsWith('/chat/completions')
    return Response.json(isChat ? answer(JSON.parse(String(init?.body)) as ChatBody) : { object: 'list', data: [] })
  }
  let claims = 0
  const provider = providerSchema.parse({
    name: NAME,
    base_url: 'http://provider.test/v1',
    chat: { model: 'scripted-1', input_price: 0.1, output_price: 0.4 },
  })
  const model = createCompleter({
    provider: NAME,
    chat: provider.chat!,
    client: createClient({ ...provider, key: 'k' }, fetcher),
    breaker: createBreaker(clock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: adapt(createModelCallStore(db)),
    batches: createModelBatchStore(db),
    clock,
    log: silentLog,
    sleep: async () => {},
    dailyMicro: DAILY_MICRO,
    unique: () => `claim-${++claims}`,
  })
  return { model, counted }
}

/** The ledger's own sums since a moment that is none: all of it. */
export async function ledgerOf(db: D1Database): Promise<{ calls: number; input: number; output: number }> {
  const row = await db
    .prepare('SELECT SUM(calls) AS calls, SUM(input_tokens) AS input, SUM(output_tokens) AS output FROM spend')
    .first<{ calls: number | null; input: number | null; output: number | null }>()
  return { calls: row?.calls ?? 0, input: row?.input ?? 0, output: row?.output ?? 0 }
}

export const sumOf = (counted: Counted): { calls: number; input: number; output: number } =>
  Object.values(counted).reduce(
    (sum, own) => ({ calls: sum.calls + own.calls, input: sum.input + own.input, output: sum.output + own.output }),
    { calls: 0, input: 0, output: 0 },
  )
export const tokensIn = (counted: Counted): number => {
  const { input, output } = sumOf(counted)
  return input + output
}
