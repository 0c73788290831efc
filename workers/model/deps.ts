import { createBreaker } from '../../shared/base/breaker.ts'
import { type Clock, systemClock } from '../../shared/base/clock.ts'
import { type CompleterRpc, NO_COMPLETER } from '../../shared/model/completer_rpc.ts'
import { consoleLog, type Log } from '../../shared/observe/log.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { decodeConfig, type ModelConfig } from './config.ts'
import type { Env } from './env.ts'

/** What lives as long as an isolate: decoded configuration, one client and one breaker a provider. */
export interface ModelDeps {
  config: ModelConfig
  completer: CompleterRpc
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

/** The first provider with a chat model answers; without one there is no completer, and rules answer. */
export async function createModelDeps(env: Env, surroundings = PLATFORM): Promise<ModelDeps> {
  const config = decodeConfig(env)
  const provider = config.providers.find((one) => one.chat !== undefined)
  if (provider?.chat === undefined) return { config, completer: NO_COMPLETER }
  // Without a provider its client is never evaluated: it is a hundred kilobytes of start-up.
  const [{ createClient }, { createCompleter }] = await Promise.all([
    import('./openai_client.ts'),
    import('./completer.ts'),
  ])
  const completer = createCompleter({
    ...surroundings,
    provider: provider.name,
    chat: provider.chat,
    client: createClient(provider),
    breaker: createBreaker(surroundings.clock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: createModelCallStore(env.OPERATIONS),
    batches: createModelBatchStore(env.OPERATIONS),
    dailyMicro: config.dailyMicro,
  })
  return { config, completer }
}
