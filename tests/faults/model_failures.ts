/** The model door against a provider that fails every time in one way, over real HTTP. */
import { createBreaker } from '../../shared/base/breaker.ts'
import { systemClock } from '../../shared/base/clock.ts'
import { createRollingBreaker } from '../../shared/base/rolling_breaker.ts'
import type { CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { type Behaviour, UNREADABLE_BEHAVIOURS } from '../../workers/local/openai/behaviour.ts'
import { startScriptedProvider } from '../../workers/local/openai/server.ts'
import { maxMicro } from '../../workers/model/chat.ts'
import { createCompleter } from '../../workers/model/completer.ts'
import { type ChatConfig, providerSchema } from '../../workers/model/config.ts'
import { createClient } from '../../workers/model/openai_client.ts'
import { createOperations, SHOP } from '../support/unit_catalogue.ts'

export const FAILURES = [
  ...UNREADABLE_BEHAVIOURS,
  'slow_drip',
  'hang',
  'rate_limited',
  'server_error',
  'html',
  'half_body',
  'connection_reset',
] as const satisfies readonly Behaviour[]

export interface FailureReport {
  calls: number
  /** Chat completions that reached the provider, and every request of any kind. */
  attempts: number
  requests: number
  /** From the first call until nothing more was sent; null where that never came. */
  openedAfterMs: number | null
  outcomes: Record<string, number>
  thrown: number
  /** In the ledger afterwards: what is reserved beyond the calls in doubt, and tokens beyond the provider's own count. */
  reservedTooMuch: number
  tokensTooMuch: number
  took: number
}

export interface FailureOptions {
  calls?: number
  everyMs?: number
  deadlineMs?: number
  /** Broken on purpose: no guard stops asking. */
  unguarded?: boolean
}

const call = (index: number): CompletionCall => ({
  ...{ key: `k-${index}`, shop: SHOP, purpose: 'rerank', system: 'Order them.', user: `{"shelf":${index}}` },
  ...{ schemaName: 'order', maxOutputTokens: 50 },
  schema: {
    type: 'object',
    properties: { order: { type: 'array', items: { type: 'integer' } } },
    required: ['order'],
    additionalProperties: false,
  },
})

/** Calls at a steady pace while the provider fails in this way every time. */
export async function failAlways(behaviour: Behaviour, options: FailureOptions = {}): Promise<FailureReport> {
  const { calls = 60, everyMs = 50, deadlineMs = 5_000, unguarded = false } = options
  const provider = await startScriptedProvider({ behaviour: { [behaviour]: 1 }, dripMs: 400 })
  const db = await createOperations()
  const config = providerSchema.parse({
    name: 'scripted',
    base_url: provider.url,
    chat: { model: 'm', input_price: 1, output_price: 4, concurrency: 8 },
  })
  const chat = config.chat as ChatConfig
  let requests = 0
  let claims = 0
  let used = 0
  const counting: typeof fetch = async (input, init) => {
    requests += 1
    const response = await fetch(input, init)
    const body = (await response
      .clone()
      .json()
      .catch(() => null)) as { usage?: { total_tokens: number } } | null
    used += body?.usage?.total_tokens ?? 0
    return response
  }
  const completer = createCompleter({
    ...{ provider: 'scripted', chat, log: silentLog, clock: systemClock, dailyMicro: 1_000_000_000 },
    client: createClient({ ...config, key: 'k' }, counting),
    breaker: unguarded ? { ...createBreaker(systemClock), allows: () => true } : createRollingBreaker(systemClock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: createModelCallStore(db),
    batches: createModelBatchStore(db),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    unique: () => `claim-${++claims}`,
  })
  const report: FailureReport = {
    ...{ calls, attempts: 0, requests: 0, openedAfterMs: null, outcomes: {}, thrown: 0 },
    ...{ reservedTooMuch: 0, tokensTooMuch: 0, took: 0 },
  }
  const beganMs = performance.now()
  let lastAttemptMs = beganMs
  let seen = 0
  const results: Array<Promise<CompletionResult | null>> = []
  for (let index = 0; index < calls; index++) {
    const asked = completer.complete(call(index), deadlineMs).catch(() => {
      report.thrown += 1
      return null
    })
    results.push(asked)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
    if (provider.calls.length > seen) lastAttemptMs = performance.now()
    seen = provider.calls.length
  }
  const now = performance.now()
  // Silent for a second of steady asking: it is open.
  report.openedAfterMs = now - lastAttemptMs > 1_000 ? lastAttemptMs - beganMs : null
  for (const result of await Promise.all(results)) {
    const name = result === null ? 'thrown' : result.ok ? 'answered' : result.reason
    report.outcomes[name] = (report.outcomes[name] ?? 0) + 1
  }
  report.attempts = provider.calls.length
  report.requests = requests
  report.took = performance.now() - beganMs
  const inDoubt = report.outcomes.in_doubt ?? 0
  const row = (await db
    .prepare('SELECT SUM(reserved_micro) AS reserved, SUM(input_tokens + output_tokens) AS tokens FROM spend')
    .first<{ reserved: number; tokens: number }>())!
  const doubted = await db
    .prepare(`SELECT COUNT(*) AS calls, SUM(max_micro) AS most FROM model_calls WHERE state = 'reserved'`)
    .first<{ calls: number; most: number | null }>()
  report.reservedTooMuch = row.reserved - (doubted!.most ?? 0) + (doubted!.calls - inDoubt) * maxMicro(call(0), chat)
  report.tokensTooMuch = row.tokens - used
  await provider.stop()
  return report
}
