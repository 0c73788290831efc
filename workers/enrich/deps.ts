import { systemClock } from '../../shared/base/clock.ts'
import { DEADLINES } from '../../shared/domain/limits.ts'
import type { EnrichDeps } from '../../shared/enrich/deps.ts'
import type { EraseDeps } from '../../shared/enrich/erase.ts'
import type { WarmIsolate } from '../../shared/enrich/warm_orders.ts'
import { releasing } from '../../shared/model/model_rpc.ts'
import { consoleLog } from '../../shared/observe/log.ts'
import { createIsolateMemory } from '../../shared/recommend/isolate_memory.ts'
import { createLlmDeps } from '../../shared/recommend/llm/create.ts'
import { releasingMaker } from '../../shared/recommend/llm/maker.ts'
import { type Archive, createArchive } from '../../shared/store/archive.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { type BulkParts, createBulkParts } from '../../shared/store/catalogue/bulk_parts.ts'
import { createDeliveryStore, type DeliveryStore } from '../../shared/store/catalogue/deliveries_store.ts'
import { createLearningStore } from '../../shared/store/catalogue/learning.ts'
import { createNewnessStore } from '../../shared/store/catalogue/newness.ts'
import { createShelfReads } from '../../shared/store/catalogue/shelf_reads.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createTextIndexStore, type TextIndexStore } from '../../shared/store/catalogue/text_index.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createEnrichStores, createFencing } from '../../shared/store/enrich_stores.ts'
import { createLearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { createD1LiveFence, createUpstashLiveFence } from '../../shared/store/live/fence.ts'
import { createD1LiveEraser, createUpstashLiveEraser } from '../../shared/store/live/forget.ts'
import { createHabitStore } from '../../shared/store/live/habits.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
import { createLiveTidy, type LiveTidy } from '../../shared/store/live/tidy.ts'
import { createLlmOrders } from '../../shared/store/llm_orders.ts'
import { type BulkRequestStore, createBulkRequestStore } from '../../shared/store/operations/bulk_requests.ts'
import { createDeadLetterStore, type DeadLetterStore } from '../../shared/store/operations/dead_letters.ts'
import { createErasureStore } from '../../shared/store/operations/erasures.ts'
import { createShopperRows } from '../../shared/store/operations/erasures_rows.ts'
import { createForgottenStore, type ForgottenStore } from '../../shared/store/operations/forgotten.ts'
import { createLeaseStore } from '../../shared/store/operations/leases.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore, type ModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createOrderStore, type OrderStore } from '../../shared/store/operations/orders.ts'
import { createPersonalValueEraser } from '../../shared/store/personal_values.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import type { Env } from './env.ts'
import { allPaced, createBreath, paced, pacedFencing } from './paced.ts'

export interface WorkerDeps
  extends Omit<EnrichDeps, 'erasures'>,
    Omit<EraseDeps, 'profiles' | 'habits' | 'artefacts' | 'learnRuns' | 'jobs'> {
  archive: Archive
  deadLetters: DeadLetterStore
  deliveries: Pick<DeliveryStore, 'forget' | 'due'>
  orders: Pick<OrderStore, 'forget'>
  bulkRequests: Pick<BulkRequestStore, 'forget'>
  bulkParts: BulkParts
  calls: Pick<ModelCallStore, 'tidy'>
  forgotten: ForgottenStore
  texts: TextIndexStore
  liveTidy: LiveTidy
  /** Like one of `api`, for shelves that are asked for ahead. */
  isolate(): WarmIsolate
  /** Wakes the consumer of what deliveries still owe, which is in `ingest`. */
  signalInbox(): Promise<void>
}

/** A command of the live store may take this long: nobody waits for it. */
const LIVE_ERASE_MS = 10_000

export function createDeps(env: Env): WorkerDeps {
  const breathe = createBreath(systemClock.now, (ms) => scheduler.wait(ms))
  return {
    clock: systemClock,
    log: consoleLog('enrich'),
    ...allPaced(createEnrichStores(env.CATALOGUE, env.OPERATIONS), breathe),
    fencing: pacedFencing(createFencing(env.CATALOGUE, env.OPERATIONS), breathe),
    batches: createModelBatchStore(env.OPERATIONS),
    calls: createModelCallStore(env.OPERATIONS),
    modelCalls: createModelCallStore(env.OPERATIONS),
    shops: createShopStore(env.CATALOGUE),
    availability: paced(createAvailabilityReader(env.CATALOGUE, systemClock, 'primary'), breathe),
    leases: createLeaseStore(env.OPERATIONS),
    archive: paced(createArchive(env.ARCHIVE), breathe),
    // Not paced: its readers breathe between slices of what they read.
    artefacts: createLearningArtefacts(env.ARCHIVE),
    cache: paced(createCacheStore(env.CACHE), breathe),
    vectors: paced(createVectorStore({ a: env.ITEM_VECTORS, b: env.ITEM_VECTORS_B }), breathe),
    profiles: paced(createProfileStore(env.LIVE), breathe),
    habits: paced(createHabitStore(env.LIVE), breathe),
    liveTidy: createLiveTidy(env.LIVE),
    newness: createNewnessStore(env.CATALOGUE),
    texts: paced(createTextIndexStore(env.CATALOGUE), breathe),
    embedders: paced(createEmbedderStore(env.CACHE), breathe),
    model: paced(releasing(env.MODEL), breathe),
    deadLetters: createDeadLetterStore(env.OPERATIONS),
    deliveries: createDeliveryStore(env.CATALOGUE),
    orders: createOrderStore(env.OPERATIONS),
    bulkRequests: createBulkRequestStore(env.OPERATIONS),
    bulkParts: createBulkParts(env.CATALOGUE),
    erasures: createErasureStore(env.OPERATIONS),
    rows: createShopperRows(env.OPERATIONS, env.CATALOGUE),
    forgotten: createForgottenStore(env.OPERATIONS),
    personalValues: createPersonalValueEraser(env.CACHE),
    ...createLiveErasing(env),
    signalEnrich: (shop) => env.ENRICH.send({ kind: 'enrich', shop }).then(() => undefined),
    isolate: () => createIsolate(env),
    signalInbox: () => env.INBOX.send({ kind: 'inbox', shop: '' }).then(() => undefined),
    breathe,
    pause: (ms) => scheduler.wait(ms),
    unique: () => crypto.randomUUID(),
  }
}

/** Shoppers are forgotten where their last events are. */
function createLiveErasing(env: Env): Pick<WorkerDeps, 'liveEraser' | 'liveFence'> {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env
  if (!url || !token) return { liveEraser: createD1LiveEraser(env.LIVE), liveFence: createD1LiveFence(env.LIVE) }
  const config = { url, token, timeoutMs: LIVE_ERASE_MS }
  return { liveEraser: createUpstashLiveEraser(config), liveFence: createUpstashLiveFence(config) }
}

/** As `workers/api/deps.ts` wires one; nobody waits for its shelves, and no shopper is asked about. */
function createIsolate(env: Env): WarmIsolate {
  const clock = systemClock
  const learning = createLearningStore(env.CATALOGUE)
  const model = releasing(env.MODEL)
  const memory = createIsolateMemory(createAvailabilityReader(env.CATALOGUE, clock, 'replica'), clock)
  const stores = {
    maker: releasingMaker(env.MODEL),
    orders: createLlmOrders(env.CACHE, clock),
    reasons: createReasonStore(env.CACHE),
    profiles: createProfileStore(env.LIVE),
  }
  return {
    ...{ clock, log: consoleLog('enrich'), deadlines: DEADLINES, memory },
    reads: createShelfReads(env.CATALOGUE, 'replica'),
    strictReads: createShelfReads(env.CATALOGUE, 'primary'),
    lists: learning.lists,
    stats: learning.stats,
    live: createD1LiveStore(env.LIVE),
    habits: createHabitStore(env.LIVE),
    vectors: createVectorStore({ a: env.ITEM_VECTORS, b: env.ITEM_VECTORS_B }),
    cache: createCacheStore(env.CACHE),
    embed: model.embedQuery,
    llm: createLlmDeps(stores, clock),
  }
}
