import { type Clock, systemClock } from '../../shared/base/clock.ts'
import { DEADLINES } from '../../shared/domain/limits.ts'
import type { CallsRpc } from '../../shared/model/calls_rpc.ts'
import { releasing } from '../../shared/model/model_rpc.ts'
import { consoleLog, type Log } from '../../shared/observe/log.ts'
import type { ShelfDeps } from '../../shared/recommend/deps.ts'
import { createIsolateMemory } from '../../shared/recommend/isolate_memory.ts'
import { createLlmDeps } from '../../shared/recommend/llm/create.ts'
import { releasingMaker } from '../../shared/recommend/llm/maker.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { type AudienceReads, createAudienceReads } from '../../shared/store/catalogue/audience_reads.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { createItemDetailsReader, type ItemDetailsReader } from '../../shared/store/catalogue/item_details.ts'
import { createItemStandings, type ItemStandings } from '../../shared/store/catalogue/item_standing.ts'
import { createLearningStore } from '../../shared/store/catalogue/learning.ts'
import { createShelfReads } from '../../shared/store/catalogue/shelf_reads.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createHabitStore } from '../../shared/store/live/habits.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createUpstashLiveStore } from '../../shared/store/live/live_upstash.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
import { createLlmOrders } from '../../shared/store/llm_orders.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import { type ConfigMemory, createConfigMemory } from './config_memory.ts'
import type { Env } from './env.ts'
import { createImpressionBuffer, type ImpressionBuffer } from './impression_buffer.ts'

/** What an isolate keeps from request to request. */
export interface ApiDeps {
  clock: Clock
  log: Log
  shelf: Omit<ShelfDeps, 'defer'>
  items: ItemDetailsReader
  standings: ItemStandings
  audience: AudienceReads
  configs: ConfigMemory
  calls: CallsRpc
  impressions: ImpressionBuffer
  signingSecret: string
  ingest: Env['INGEST']
  assets: Env['ASSETS']
  limit: Env['PUBLIC_LIMIT']
}

export function createDeps(env: Env): ApiDeps {
  if (!env.SIGNING_SECRET)
    throw new Error('SIGNING_SECRET is not set: wrangler secret put SIGNING_SECRET (docs/operations.md)')
  const clock = systemClock
  const log = consoleLog('api')
  const cache = createCacheStore(env.CACHE)
  const memory = createIsolateMemory(createAvailabilityReader(env.CATALOGUE, clock, 'replica'), clock)
  const model = releasing(env.MODEL)
  const learning = createLearningStore(env.CATALOGUE)
  return {
    clock,
    log,
    items: createItemDetailsReader(env.CATALOGUE),
    standings: createItemStandings(env.CATALOGUE),
    audience: createAudienceReads(env.CATALOGUE),
    calls: model,
    configs: createConfigMemory(createShopStore(env.CATALOGUE), cache, clock, log),
    impressions: createImpressionBuffer(env.IMPRESSIONS, clock, log),
    signingSecret: env.SIGNING_SECRET,
    ingest: env.INGEST,
    assets: env.ASSETS,
    limit: env.PUBLIC_LIMIT,
    shelf: {
      clock,
      log,
      deadlines: DEADLINES,
      reads: createShelfReads(env.CATALOGUE, 'replica'),
      strictReads: createShelfReads(env.CATALOGUE, 'primary'),
      lists: learning.lists,
      stats: learning.stats,
      live:
        env.UPSTASH_REDIS_REST_URL && env.UPSTASH_REDIS_REST_TOKEN
          ? createUpstashLiveStore({
              url: env.UPSTASH_REDIS_REST_URL,
              token: env.UPSTASH_REDIS_REST_TOKEN,
              timeoutMs: DEADLINES.live,
            })
          : createD1LiveStore(env.LIVE),
      habits: createHabitStore(env.LIVE),
      vectors: createVectorStore({ a: env.ITEM_VECTORS, b: env.ITEM_VECTORS_B }),
      cache,
      embed: model.embedQuery,
      llm: createLlmDeps(
        {
          maker: releasingMaker(env.MODEL),
          orders: createLlmOrders(env.CACHE, clock),
          reasons: createReasonStore(env.CACHE),
          profiles: createProfileStore(env.LIVE),
        },
        clock,
      ),
      memory,
    },
  }
}
