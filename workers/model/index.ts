import { WorkerEntrypoint } from 'cloudflare:workers'
import type { KVNamespace } from '@cloudflare/workers-types'
import { systemClock } from '../../shared/base/clock.ts'
import type { Embedded, TextField } from '../../shared/model/embedder_rpc.ts'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createLocalProvider, type LocalProvider } from './local_provider.ts'

interface Env {
  CACHE: KVNamespace
}

/** Embedders in memory are worth keeping from one call to the next; they are immutable and bounded in number. */
let held: { env: Env; provider: LocalProvider } | null = null

function providerOf(env: Env): LocalProvider {
  if (held === null || held.env !== env)
    held = { env, provider: createLocalProvider(createEmbedderStore(env.CACHE), systemClock) }
  return held.provider
}

/** The one door to a provider; RPC only. */
export class Model extends WorkerEntrypoint<Env> implements ModelRpc {
  embedItems(shop: string, items: readonly TextField[][]): Promise<Embedded | null> {
    return providerOf(this.env).embedItems(shop, items)
  }

  embedQuery(shop: string, text: string): Promise<{ version: string; vector: Float32Array } | null> {
    return providerOf(this.env).embedQuery(shop, text)
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
