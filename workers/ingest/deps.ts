import { type Clock, systemClock } from '../../shared/base/clock.ts'
import { DEADLINES } from '../../shared/domain/limits.ts'
import { consoleLog, type Log } from '../../shared/observe/log.ts'
import { type CacheStore, createCacheStore } from '../../shared/store/cache.ts'
import { createItemWriter, type ItemWriter } from '../../shared/store/catalogue/item_writes.ts'
import { createShopStore, type ShopStore } from '../../shared/store/catalogue/shop_config.ts'
import type { LiveStore } from '../../shared/store/live/live.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createUpstashLiveStore } from '../../shared/store/live/live_upstash.ts'
import { createEventInbox, type EventInbox } from '../../shared/store/operations/event_inbox.ts'
import { createStatusReader, type StatusReader } from '../../shared/store/status.ts'
import type { Env } from './env.ts'

export interface IngestDeps {
  clock: Clock
  log: Log
  items: ItemWriter
  shops: ShopStore
  cache: CacheStore
  inbox: EventInbox
  live: LiveStore
  status: StatusReader
  signingSecret: string
  adminKeyHash: string
  /** Wakes the consumer; the sweep of the next minute does the same, so a lost signal costs time only. */
  signalOutbox(shop: string): Promise<void>
  signalEvents(shop: string): Promise<void>
  unique(): string
}

/** A command of the live store may take this long. */
const LIVE_WRITE_MS = 10 * DEADLINES.live

export function createDeps(env: Env): IngestDeps {
  if (!env.SIGNING_SECRET)
    throw new Error('SIGNING_SECRET is not set: wrangler secret put SIGNING_SECRET (docs/operations.md)')
  return {
    clock: systemClock,
    log: consoleLog('ingest'),
    items: createItemWriter(env.CATALOGUE),
    shops: createShopStore(env.CATALOGUE),
    cache: createCacheStore(env.CACHE),
    inbox: createEventInbox(env.OPERATIONS),
    live:
      env.UPSTASH_REDIS_REST_URL && env.UPSTASH_REDIS_REST_TOKEN
        ? createUpstashLiveStore({
            url: env.UPSTASH_REDIS_REST_URL,
            token: env.UPSTASH_REDIS_REST_TOKEN,
            timeoutMs: LIVE_WRITE_MS,
          })
        : createD1LiveStore(env.LIVE),
    status: createStatusReader(env.CATALOGUE, env.OPERATIONS),
    signingSecret: env.SIGNING_SECRET,
    adminKeyHash: env.ADMIN_KEY_HASH,
    signalOutbox: (shop) => env.OUTBOX.send({ shop }).then(() => undefined),
    signalEvents: (shop) => env.EVENTS.send({ shop }).then(() => undefined),
    unique: () => crypto.randomUUID(),
  }
}
