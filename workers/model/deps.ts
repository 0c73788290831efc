import { type Clock, systemClock } from '../../shared/base/clock.ts'
import { createRollingBreaker } from '../../shared/base/rolling_breaker.ts'
import { NO_COMPLETER } from '../../shared/model/completer_rpc.ts'
import { consoleLog, type Log } from '../../shared/observe/log.ts'
import { createCallRecords } from '../../shared/store/call_records.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import type { DoorCompleter } from './completer.ts'
import { type ChatConfig, decodeConfig, type ModelConfig, type ProviderConfig } from './config.ts'
import type { Env } from './env.ts'

/** What lives as long as an isolate: decoded configuration, one client and one breaker a provider. */
export interface ModelDeps {
  config: ModelConfig
  completer: DoorCompleter
}

export interface Surroundings {
  clock: Clock
  log: Log
  sleep(ms: number): Promise<void>
  unique(): string
}

const PLATFORM: Surroundings = {
  clock: systemClock,
  log: consoleLog('model'),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  unique: () => crypto.randomUUID(),
}

type ChatProvider = ProviderConfig & { chat: ChatConfig }

/**
 * Providers with a chat model in their order: the first answers, the others stand in where a call allows it. Without one
 * there is no completer, and rules answer.
 */
export async function createModelDeps(env: Env, surroundings = PLATFORM): Promise<ModelDeps> {
  const config = decodeConfig(env)
  const [first, ...others] = config.providers.filter((one): one is ChatProvider => one.chat !== undefined)
  if (first === undefined) return { config, completer: NO_COMPLETER }
  // Without a provider its client is never evaluated: it is a hundred kilobytes of start-up.
  const [{ createClient }, { createCompleter }, { createFailover }] = await Promise.all([
    import('./openai_client.ts'),
    import('./completer.ts'),
    import('./failover.ts'),
  ])
  const stores = {
    calls: createModelCallStore(env.OPERATIONS),
    batches: createModelBatchStore(env.OPERATIONS),
    records: createCallRecords(env.ARCHIVE),
  }
  const named = (provider: ChatProvider) => ({
    model: `${provider.name}/${provider.chat.model}`,
    completer: createCompleter({
      ...surroundings,
      ...stores,
      provider: provider.name,
      chat: provider.chat,
      client: createClient(provider),
      breaker: createRollingBreaker(surroundings.clock),
      heard: { atMs: Number.NEGATIVE_INFINITY },
      dailyMicro: config.dailyMicro,
    }),
  })
  return { config, completer: createFailover([named(first), ...others.map(named)], surroundings.clock) }
}
