/** The workers as they ship, in process, over counted bindings and one clock. */
import { DEADLINES, type Deadlines } from '../../shared/domain/limits.ts'
import type { WarmIsolate } from '../../shared/enrich/warm_orders.ts'
import type { Log } from '../../shared/observe/log.ts'
import { createIsolateMemory } from '../../shared/recommend/isolate_memory.ts'
import { createLlmDeps } from '../../shared/recommend/llm/create.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { createLearningStore } from '../../shared/store/catalogue/learning.ts'
import { createShelfReads } from '../../shared/store/catalogue/shelf_reads.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createHabitStore } from '../../shared/store/live/habits.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
import { createLlmOrders } from '../../shared/store/llm_orders.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import { createApiApp } from '../../workers/api/app.ts'
import { createConfigMemory } from '../../workers/api/config_memory.ts'
import type { ApiDeps } from '../../workers/api/deps.ts'
import { createImpressionBuffer } from '../../workers/api/impression_buffer.ts'
import { createDeps as createEnrichDeps, type WorkerDeps } from '../../workers/enrich/deps.ts'
import type { Env as EnrichEnv } from '../../workers/enrich/env.ts'
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps as createIngestDeps, type IngestDeps } from '../../workers/ingest/deps.ts'
import type { Env as IngestEnv } from '../../workers/ingest/env.ts'
import type { Platform } from './platform.ts'
import { createScriptedModel } from './scripted_model.ts'

/** What is asked of a store must not depend on how busy the machine is that counts. */
const NO_HURRY = Object.fromEntries(Object.keys(DEADLINES).map((stage) => [stage, 60_000])) as Deadlines

type Handler = (request: Request) => Promise<Response>

export interface Workers {
  /** The public door, an isolate each with a memory of its own. */
  isolates: Handler[]
  /** All writes, as `api` hands them on. */
  ingest: Handler
  ingestDeps: IngestDeps
  enrich: WorkerDeps
  /** What the workers' logs told of failures: a replay without them is one of a shop that is well. */
  failures: string[]
}

export function createWorkers(platform: Platform, isolates: number): Workers {
  const failures: string[] = []
  const log: Log = {
    info: () => {},
    error: (event, error) => void failures.push(`${event}: ${error instanceof Error ? error.message : String(error)}`),
  }
  const { bindings, timers } = platform
  const { clock } = timers
  const model = createScriptedModel(platform, log)
  const isolate = () => isolateOf(platform, model, log)
  const ingestDeps = createIngestDeps(bindings as unknown as IngestEnv, clock, log)
  const ingest = handlerOf(createIngestApp(() => ingestDeps))
  const api = () => {
    const impressions = createImpressionBuffer(bindings.IMPRESSIONS, clock, log)
    const deps = {
      ...{ clock, log, shelf: isolate(), signingSecret: bindings.SIGNING_SECRET },
      configs: createConfigMemory(createShopStore(bindings.CATALOGUE), createCacheStore(bindings.CACHE), clock, log),
      // One request waits a second for the others: the clock must move for it, and nobody may wait for that.
      impressions: { add: async (record: Parameters<typeof impressions.add>[0]) => void impressions.add(record) },
      ingest: {
        fetch: (url: string, init: RequestInit) => ingest(new Request(url, { ...init, duplex: 'half' } as never)),
      },
      limit: { limit: async () => ({ success: true }) },
    } as unknown as ApiDeps
    return handlerOf(createApiApp(() => deps))
  }
  return {
    isolates: Array.from({ length: isolates }, api),
    ingest,
    ingestDeps,
    enrich: {
      ...createEnrichDeps({ ...bindings, MODEL: model } as unknown as EnrichEnv),
      ...{ clock, log, isolate },
      availability: createAvailabilityReader(bindings.CATALOGUE, clock, 'primary'),
      breathe: async () => {},
      pause: timers.advance,
    },
    failures,
  }
}

/** A worker's door; what it leaves for after the answer is done before the next request comes. */
function handlerOf(app: {
  fetch(request: Request, env: object, context: never): Response | Promise<Response>
}): Handler {
  return async (request) => {
    const later: Promise<unknown>[] = []
    const context = { waitUntil: (work: Promise<unknown>) => later.push(work), passThroughOnException: () => {} }
    const response = await app.fetch(request, {}, { ...context, props: {} } as never)
    for (let done = 0; done < later.length; done++) await later[done]
    return response
  }
}

/** As `workers/api/deps.ts` wires one, on the replay's clock. */
function isolateOf(
  { bindings, timers }: Platform,
  model: ReturnType<typeof createScriptedModel>,
  log: Log,
): WarmIsolate {
  const { clock } = timers
  const { CATALOGUE, LIVE, CACHE } = bindings
  const learning = createLearningStore(CATALOGUE)
  return {
    ...{ clock, log, deadlines: NO_HURRY },
    reads: createShelfReads(CATALOGUE, 'replica'),
    strictReads: createShelfReads(CATALOGUE, 'primary'),
    lists: learning.lists,
    stats: learning.stats,
    live: createD1LiveStore(LIVE),
    habits: createHabitStore(LIVE),
    vectors: createVectorStore({ a: bindings.ITEM_VECTORS }),
    cache: createCacheStore(CACHE),
    embed: model.embedQuery,
    llm: createLlmDeps(
      {
        maker: model,
        orders: createLlmOrders(CACHE, clock),
        reasons: createReasonStore(CACHE),
        profiles: createProfileStore(LIVE),
      },
      clock,
    ),
    memory: createIsolateMemory(createAvailabilityReader(CATALOGUE, clock, 'replica'), clock),
  }
}
