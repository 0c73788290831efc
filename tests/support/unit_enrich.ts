/** What background work needs, over stand-ins, for unit tests. */
import type { D1Database, KVNamespace, Vectorize } from '@cloudflare/workers-types'
import { createBreaker } from '../../shared/base/breaker.ts'
import { manualClock } from '../../shared/base/clock.ts'
import type { EnrichDeps } from '../../shared/enrich/deps.ts'
import { type CompleterRpc, NO_COMPLETER } from '../../shared/model/completer_rpc.ts'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { createItemWriter } from '../../shared/store/catalogue/item_writes.ts'
import { createNewnessStore } from '../../shared/store/catalogue/newness.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createVectorSpaceStore } from '../../shared/store/catalogue/vector_spaces.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createEnrichStores, createFencing } from '../../shared/store/enrich_stores.ts'
import { createLearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { createHabitStore } from '../../shared/store/live/habits.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
import { createErasureStore } from '../../shared/store/operations/erasures.ts'
import { createLeaseStore } from '../../shared/store/operations/leases.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import { createCompleter } from '../../workers/model/completer.ts'
import { providerSchema } from '../../workers/model/config.ts'
import { createClient } from '../../workers/model/openai_client.ts'
import { createCatalogue, createLive, createOperations, NOW, SHOP } from './unit_catalogue.ts'
import type { ChatRequest, UnitProvider } from './unit_provider.ts'

export const DIMENSIONS = 32
export const SPACE = { shop: SHOP, version: 'v1', binding: 'a', dimensions: DIMENSIONS } as const

/** Embeds a text as its length on one axis; says which titles it was asked for. */
export function scriptedModel(asked: string[], meanwhile: () => Promise<unknown> = async () => {}): ModelRpc {
  return {
    ...NO_COMPLETER,
    embedder: async () => ({ kind: 'provider', version: 'v1', dimensions: DIMENSIONS }),
    async embedItems(_shop, _version, items) {
      asked.push(...items.map((fields) => fields[0]!.text))
      await meanwhile()
      const vectors = items.map((fields) => {
        const vector = new Float32Array(DIMENSIONS)
        vector[fields[0]!.text.length % DIMENSIONS] = 1
        return vector
      })
      return { ok: true, vectors }
    },
    embedQuery: async () => null,
  }
}

export async function setUp() {
  const clock = manualClock(NOW)
  const catalogue: D1Database = await createCatalogue()
  const operations: D1Database = await createOperations()
  const live: D1Database = await createLive()
  const kv = createMemoryKv({ clock })
  const index = createMemoryVectorize({ clock, dimensions: DIMENSIONS, metric: 'cosine' } as never)
  await createVectorSpaceStore(catalogue).open(SPACE, { documents: 1, settled: true }, NOW)
  return { clock, catalogue, operations, live, kv, index, writer: createItemWriter(catalogue) }
}

export type World = Awaited<ReturnType<typeof setUp>>

let runs = 0

/** Deps over a world, with faulty bindings in the place of its own where given. */
export function depsOf(
  world: World,
  model: ModelRpc,
  over: { db?: D1Database; kv?: KVNamespace; index?: Vectorize } = {},
): EnrichDeps {
  const { clock, operations } = world
  const db = over.db ?? world.catalogue
  const kv = over.kv ?? world.kv
  const bucket = createMemoryR2({ clock })
  return {
    clock,
    log: silentLog,
    ...createEnrichStores(db, operations),
    fencing: createFencing(db, operations),
    profiles: createProfileStore(world.live),
    habits: createHabitStore(world.live),
    batches: createModelBatchStore(operations),
    signalEnrich: async () => {},
    breathe: async () => {},
    pause: async () => {},
    shops: createShopStore(db),
    availability: createAvailabilityReader(db, clock, 'primary'),
    leases: createLeaseStore(operations),
    erasures: createErasureStore(operations),
    archive: createArchive(bucket),
    artefacts: createLearningArtefacts(bucket),
    cache: createCacheStore(kv),
    vectors: createVectorStore({ a: over.index ?? world.index }),
    newness: createNewnessStore(db),
    embedders: createEmbedderStore(kv),
    model,
    unique: () => `run-${++runs}`,
  }
}

/** An answer that says nothing of any facet that was asked for: valid, cheap, and the rules fill it. */
export function emptyAnswer(asked: ChatRequest): string {
  const format = asked.response_format as { json_schema: { schema: { properties: Record<string, unknown> } } }
  return JSON.stringify(Object.fromEntries(Object.keys(format.json_schema.schema.properties).map((name) => [name, []])))
}

/** The title of the item that a request is about; null when it is about its neighbours. */
export function titleAsked(asked: ChatRequest): string | null {
  const data = JSON.parse(asked.messages[1]!.content) as { facts: { title: string }; neighbours?: unknown }
  return data.neighbours === undefined ? data.facts.title : null
}

export interface CompleterOptions {
  model?: string
  batch?: boolean
  dailyMicro?: number
}

let claimed = 0

/** The model worker's own completer over the world's ledger, asking a provider over HTTP; a fresh one is a restart. */
export function completerOf(world: World, provider: UnitProvider, options: CompleterOptions = {}): CompleterRpc {
  const config = providerSchema.parse({
    name: 'unit',
    base_url: provider.url,
    chat: { model: options.model ?? 'm-1', input_price: 1, output_price: 4, batch: options.batch ?? false },
  })
  return createCompleter({
    provider: config.name,
    chat: config.chat!,
    client: createClient({ ...config, key: 'k' }),
    breaker: createBreaker(world.clock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: createModelCallStore(world.operations),
    batches: createModelBatchStore(world.operations),
    clock: world.clock,
    log: silentLog,
    sleep: async () => {},
    dailyMicro: options.dailyMicro ?? 1e12,
    unique: () => `claim-${++claimed}`,
  })
}
