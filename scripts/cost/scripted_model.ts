/**
 * The model worker's door over a scripted provider: client, prompts, ledger and retries are the product's, only the wire
 * is not. Tokens are counted where the provider would bill them.
 */
import { hash32 } from '../../shared/base/hash.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { createRollingBreaker } from '../../shared/base/rolling_breaker.ts'
import { NO_COMPLETER } from '../../shared/model/completer_rpc.ts'
import type { EmbedderRpc, TextField } from '../../shared/model/embedder_rpc.ts'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import type { Log } from '../../shared/observe/log.ts'
import { createMaker } from '../../shared/recommend/llm/create_maker.ts'
import type { MakerRpc } from '../../shared/recommend/llm/maker.ts'
import { createCallRecords } from '../../shared/store/call_records.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import { type ChatBody, complete, tokensOf, userOf } from '../../workers/local/openai/chat.ts'
import { createCompleter } from '../../workers/model/completer.ts'
import { providerSchema } from '../../workers/model/config.ts'
import { createLocalProvider } from '../../workers/model/local_provider.ts'
import { createClient } from '../../workers/model/openai_client.ts'
import type { Meter } from './meter.ts'
import type { Platform } from './platform.ts'
import { PRICES } from './prices.ts'

/** Money is counted here, not limited: a budget that no replay reaches, in millionths. */
const DAILY_MICRO = 1e12
const SEED = 20_261_121
const NAME = 'scripted'

export function createScriptedModel({ bindings, meter, timers: { clock } }: Platform, log: Log): ModelRpc & MakerRpc {
  const provider = providerSchema.parse({
    name: NAME,
    base_url: 'http://provider.test/v1',
    chat: {
      model: 'scripted-1',
      input_price: PRICES.tokens.input.dollars,
      output_price: PRICES.tokens.output.dollars,
    },
  })
  let claims = 0
  const completer = createCompleter({
    provider: NAME,
    chat: provider.chat!,
    client: createClient(
      { ...provider, key: 'k' },
      wireOf(meter, () => clock.now()),
    ),
    breaker: createRollingBreaker(clock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: createModelCallStore(bindings.OPERATIONS),
    batches: createModelBatchStore(bindings.OPERATIONS),
    records: createCallRecords(bindings.ARCHIVE),
    clock,
    log,
    sleep: async () => {},
    dailyMicro: DAILY_MICRO,
    unique: () => `claim-${++claims}`,
  })
  const reasons = createReasonStore(bindings.CACHE)
  return {
    ...NO_COMPLETER,
    ...countedEmbedder(createLocalProvider(createEmbedderStore(bindings.CACHE), clock), meter),
    ...completer,
    ...createMaker({ completer, reasons, clock, log }),
  }
}

/** Answers as the stand-in does, and counts what it says it used, by the name of the asked schema. */
function wireOf(meter: Meter, now: () => number): typeof fetch {
  return async (url, init) => {
    if (!String(url).endsWith('/chat/completions')) return Response.json({ object: 'list', data: [] })
    const body = JSON.parse(String(init?.body)) as ChatBody
    const rng = seededRng(hash32(userOf(body), SEED))
    const made = meter.apart(() => complete(body, 'honest', rng, { lieRate: 0, pool: [] }, NAME, now()).body)
    const usage = made.usage as { prompt_tokens: number; completion_tokens: number }
    const purpose = body.response_format?.json_schema?.name ?? 'other'
    meter.add(`tokens.${purpose}.input`, usage.prompt_tokens)
    meter.add(`tokens.${purpose}.output`, usage.completion_tokens)
    meter.add('model.calls', 1)
    return Response.json(made)
  }
}

/** What a provider would be sent: the local embedder is asked, and costs CPU alone. */
const countedEmbedder = (embedder: EmbedderRpc, meter: Meter): EmbedderRpc => ({
  embedder: embedder.embedder,
  embedItems(shop, version, items) {
    for (const fields of items) meter.add('tokens.embedding', tokensIn(fields))
    return embedder.embedItems(shop, version, items)
  },
  embedQuery(shop, version, text) {
    meter.add('tokens.embedding', tokensOf(text))
    return embedder.embedQuery(shop, version, text)
  },
})

const tokensIn = (fields: readonly TextField[]) => tokensOf(fields.map(({ text }) => text).join(' '))
