import { type Clock, systemClock } from '../../shared/base/clock.ts'
import { createSealer } from '../../shared/base/sealed.ts'
import { acceptEvents } from '../../shared/ingest/accept_events.ts'
import type { ExportDeps } from '../../shared/ingest/export_shopper.ts'
import { withoutForgottenLetters } from '../../shared/ingest/forgotten_letters.ts'
import type { ReplayDeps } from '../../shared/ingest/replay_letter.ts'
import { byAllNames } from '../../shared/ingest/shopper_names.ts'
import { fetchedProduct } from '../../shared/ingest/webhooks/adapters/bigcommerce.ts'
import { createPlatformClient } from '../../shared/ingest/webhooks/platform_client.ts'
import { readDelivery } from '../../shared/ingest/webhooks/read_delivery.ts'
import type { ReceiveDeps } from '../../shared/ingest/webhooks/receive.ts'
import { createSourceMemory, type SourceMemory } from '../../shared/ingest/webhooks/source_memory.ts'
import type { WaitingDeps } from '../../shared/ingest/webhooks/waiting.ts'
import { consoleLog, type Log } from '../../shared/observe/log.ts'
import { type CacheStore, createCacheStore } from '../../shared/store/cache.ts'
import { createDeliveryStore, type DeliveryStore } from '../../shared/store/catalogue/deliveries_store.ts'
import { createGateStore, type GateStore } from '../../shared/store/catalogue/gates.ts'
import { createItemReads, type ItemReads } from '../../shared/store/catalogue/item_reads.ts'
import { createItemWriter, type ItemWriter } from '../../shared/store/catalogue/item_writes.ts'
import { createRankerStore, type RankerStore } from '../../shared/store/catalogue/rankers.ts'
import { createRuleStore, type RuleStore } from '../../shared/store/catalogue/rules.ts'
import { createShopStore, type ShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createEnrichmentAdmin, type EnrichmentAdmin } from '../../shared/store/enrichment_admin.ts'
import { createEventReads, type EventReads } from '../../shared/store/event_reads.ts'
import type { LiveStore } from '../../shared/store/live/live.ts'
import { type BulkRequestStore, createBulkRequestStore } from '../../shared/store/operations/bulk_requests.ts'
import { createDeadLetterStore, type DeadLetterStore } from '../../shared/store/operations/dead_letters.ts'
import { createErasureStore, type ErasureStore } from '../../shared/store/operations/erasures.ts'
import { createEventInbox, type EventInbox } from '../../shared/store/operations/event_inbox.ts'
import { createForgottenStore } from '../../shared/store/operations/forgotten.ts'
import { createGateTallyStore, type GateTallyStore } from '../../shared/store/operations/gate_tallies.ts'
import { createOrderStore } from '../../shared/store/operations/orders.ts'
import { createWebhookSourceStore, type WebhookSourceStore } from '../../shared/store/operations/webhook_sources.ts'
import { createStatusReader, type StatusReader } from '../../shared/store/status.ts'
import { timedD1 } from '../../shared/store/timed_d1.ts'
import type { Env } from './env.ts'
import { createExportDeps, createLiveStore } from './shopper_deps.ts'

export interface IngestDeps {
  clock: Clock
  log: Log
  items: ItemWriter
  itemReads: ItemReads
  eventReads: EventReads
  shops: ShopStore
  rules: RuleStore
  rankers: RankerStore
  gates: GateStore
  gateTallies: Pick<GateTallyStore, 'spent'>
  cache: CacheStore
  inbox: EventInbox
  bulkRequests: BulkRequestStore
  live: LiveStore
  status: StatusReader
  enrichment: EnrichmentAdmin
  signingSecret: string
  adminKeyHash: string
  /** Wakes the consumer; the sweep of the next minute does the same, so a lost signal costs time only. */
  signalOutbox(shop: string): Promise<void>
  signalEvents(shop: string): Promise<void>
  signalInbox(shop: string): Promise<void>
  /** Wakes the eraser, which is in `enrich`. */
  signalErase(shop: string): Promise<void>
  erasures: ErasureStore
  /** What is held of a shopper. */
  users: ExportDeps
  webhooks: WebhookDeps
  unique(): string
}

/** Everything that deliveries are taken, finished and sent again with. */
export interface WebhookDeps extends Omit<ReceiveDeps, 'deliveries' | 'letters'>, WaitingDeps, ReplayDeps {
  log: Log
  store: WebhookSourceStore
  memory: SourceMemory
  sources: SourceMemory
  deliveries: DeliveryStore
  letters: DeadLetterStore
}

/** A call to D1 may take this long. The most impatient platform hangs up after five seconds, and hears a 503 before. */
const D1_MS = 4_000

/** Shorter secrets can be guessed; 32 characters of base64 are 24 bytes. */
const SECRETS_KEY_CHARS_MIN = 32

export function createDeps(bound: Env, clock: Clock = systemClock, log: Log = consoleLog('ingest')): IngestDeps {
  const env = inTime(bound, clock)
  if (!env.SIGNING_SECRET)
    throw new Error('SIGNING_SECRET is not set: wrangler secret put SIGNING_SECRET (docs/operations.md)')
  if ((env.WEBHOOK_SECRETS_KEY ?? '').length < SECRETS_KEY_CHARS_MIN)
    throw new Error(
      `WEBHOOK_SECRETS_KEY is not set, or shorter than ${SECRETS_KEY_CHARS_MIN} characters: wrangler secret put WEBHOOK_SECRETS_KEY (docs/operations.md)`,
    )
  const base = {
    ...{ clock, log },
    items: createItemWriter(env.CATALOGUE),
    itemReads: createItemReads(env.CATALOGUE),
    eventReads: createEventReads(env.OPERATIONS, env.ARCHIVE),
    shops: createShopStore(env.CATALOGUE),
    rules: createRuleStore(env.CATALOGUE),
    rankers: createRankerStore(env.CATALOGUE),
    gates: createGateStore(env.CATALOGUE),
    gateTallies: createGateTallyStore(env.OPERATIONS),
    cache: createCacheStore(env.CACHE),
    inbox: createEventInbox(env.OPERATIONS),
    bulkRequests: createBulkRequestStore(env.OPERATIONS),
    live: createLiveStore(env),
    users: createExportDeps(env),
    erasures: byAllNames(createErasureStore(env.OPERATIONS), env.SIGNING_SECRET),
    enrichment: createEnrichmentAdmin(env.CATALOGUE, env.OPERATIONS),
    status: createStatusReader(env.CATALOGUE, env.OPERATIONS),
    signingSecret: env.SIGNING_SECRET,
    adminKeyHash: env.ADMIN_KEY_HASH,
    signalOutbox: (shop: string) => env.OUTBOX.send({ kind: 'outbox', shop }).then(() => undefined),
    signalEvents: (shop: string) => env.EVENTS.send({ kind: 'events', shop }).then(() => undefined),
    signalErase: (shop: string) => env.EVENTS.send({ kind: 'erase', shop }).then(() => undefined),
    signalInbox: (shop: string) => env.INBOX.send({ kind: 'inbox', shop }).then(() => undefined),
    unique: () => crypto.randomUUID(),
  }
  return { ...base, webhooks: createWebhookDeps(env, base) }
}

/** Databases that stall refuse: what was not committed is not acknowledged, and nobody waits for a minute to hear it. */
const inTime = (env: Env, clock: Clock): Env => ({
  ...env,
  CATALOGUE: timedD1(env.CATALOGUE, D1_MS, clock),
  OPERATIONS: timedD1(env.OPERATIONS, D1_MS, clock),
  LIVE: timedD1(env.LIVE, D1_MS, clock),
})

type BaseDeps = Omit<IngestDeps, 'webhooks'>

function createWebhookDeps(env: Env, base: BaseDeps): WebhookDeps {
  const { clock, log, items, inbox, live, erasures, signingSecret, unique } = base
  const store = createWebhookSourceStore(env.OPERATIONS, createSealer(env.WEBHOOK_SECRETS_KEY))
  const memory = createSourceMemory(store, base.shops, clock)
  const send = (queue: { send(body: never): Promise<unknown> }) => (body: unknown) =>
    queue.send(body as never).then(() => undefined)
  return {
    ...{ clock, log, items, store, memory, sources: memory },
    deliveries: createDeliveryStore(env.CATALOGUE),
    letters: withoutForgottenLetters(createDeadLetterStore(env.OPERATIONS), createForgottenStore(env.OPERATIONS)),
    orders: createOrderStore(env.OPERATIONS),
    erasures,
    accept: (shop, events, nowMs) => {
      const onLiveFailure = (error: unknown) => log.error('live_write_failed', error, { shop })
      return acceptEvents(shop, 'sk', events, { inbox, live, signingSecret, unique, onLiveFailure }, nowMs)
    },
    read: readDelivery,
    readFetched: fetchedProduct,
    platform: createPlatformClient((url, init) => fetch(url, init)),
    queues: {
      'shelfwise-outbox': send(env.OUTBOX),
      'shelfwise-events': send(env.EVENTS),
      'shelfwise-inbox': send(env.INBOX),
      'shelfwise-enrich': send(env.ENRICH),
      'shelfwise-impressions': send(env.IMPRESSIONS),
    },
  }
}
