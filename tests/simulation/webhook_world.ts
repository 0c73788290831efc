/**
 * The ingestion and the enrichment of the product as they ship, over stand-ins of the platform's bindings. Every call of
 * a binding passes the gate of the isolate that makes it; isolates come and go, what the bindings hold stays.
 */
import type { D1Database, MessageBatch, Queue, Vectorize } from '@cloudflare/workers-types'
import { manualClock } from '../../shared/base/clock.ts'
import { createSealer } from '../../shared/base/sealed.ts'
import { runLearning } from '../../shared/enrich/learn_shops.ts'
import { runShops } from '../../shared/enrich/run.ts'
import { acceptEvents } from '../../shared/ingest/accept_events.ts'
import { receiveDelivery } from '../../shared/ingest/webhooks/receive.ts'
import { createSourceMemory } from '../../shared/ingest/webhooks/source_memory.ts'
import { NO_COMPLETER } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createAvailabilityReader } from '../../shared/store/catalogue/availability.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createWebhookSourceStore } from '../../shared/store/operations/webhook_sources.ts'
import { CRONS, onCron } from '../../workers/enrich/crons.ts'
import { createDeps as createEnrichDeps } from '../../workers/enrich/deps.ts'
import { consume, QUEUES } from '../../workers/enrich/queues.ts'
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps as createIngestDeps, type IngestDeps } from '../../workers/ingest/deps.ts'
import { consume as consumeInbox, INBOX_QUEUE } from '../../workers/ingest/queue.ts'
import { signal } from '../../workers/ingest/signals.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import { createLocalProvider } from '../../workers/model/local_provider.ts'
import { migrated } from '../support/migrated.ts'
import { rewritingD1 } from '../support/unit_catalogue.ts'
import type { Delivery } from '../support/webhook_senders.ts'
import { secretOfShop, sourceOf } from './messages.ts'
import { type Gate, gated, gatedD1 } from './steps.ts'
import { readWaiting } from './stores.ts'
import { SHOPS, type SimShop } from './story.ts'

/** The platform's global, which Node has not. Nobody waits in this world: time is its clock's. */
const platform = globalThis as unknown as { scheduler?: { wait(ms: number): Promise<void> } }
platform.scheduler ??= { wait: async () => {} }

const SECRETS_KEY = 'a-secret-key-of-the-simulation-and-of-nothing-else'
const encoder = new TextEncoder()

/** What an isolate answered, and the work that it does after its answer. */
export interface Answer {
  status: number
  deferred(): Promise<void>
}

/** One isolate of the ingest worker. */
export interface IngestIsolate {
  gate: Gate
  /** Through the whole door: bytes, signature, routes. */
  deliver(shop: SimShop, delivery: Delivery): Promise<Answer>
  /** Behind the signature: what the door's route does with a verified delivery. */
  receive(shop: SimShop, delivery: Delivery): Promise<Answer>
}

/** One invocation of the enrich worker. */
export interface EnrichIsolate {
  /** What the clock's triggers do. */
  cron(): Promise<void>
  /** The same without all that looks for work which no signal told of; for a control. */
  blindCron(): Promise<void>
  /** What the signals that arrived ask for. */
  pump(): Promise<void>
}

export async function createWebhookWorld(startMs: number, rewrite?: (sql: string) => string) {
  const clock = manualClock(startMs)
  const [catalogue, operations, live] = await Promise.all([
    migrated('catalogue'),
    migrated('operations'),
    migrated('live'),
  ])
  const kv = createMemoryKv({ clock })
  const archive = createMemoryR2({ clock })
  const vectorIds = new Set<string>()
  let names = 0
  const unique = () => `unique-${++names}`
  const vectorize = noting(createMemoryVectorize({ clock, newMutationId: unique }), vectorIds)
  const queues = createQueues()
  const model = { ...NO_COMPLETER, ...createLocalProvider(createEmbedderStore(kv), clock) }
  /** The catalogue that the product writes to: its rules may be broken on purpose. */
  const broken = rewrite === undefined ? null : rewritingD1(catalogue, rewrite)
  const writable = (broken ?? catalogue) as D1Database
  const shops = createShopStore(catalogue)
  for (const { shop, currency } of SHOPS) {
    const markets = [{ market: 'DE', currency, locale: 'en' }]
    await shops.put(shop, { name: shop, locale: 'en', market: 'DE', markets }, startMs)
  }
  const sources = createWebhookSourceStore(operations, createSealer(SECRETS_KEY))
  for (const shop of SHOPS)
    await sources.put(shop.shop, sourceOf(shop), { kind: shop.platform, secrets: [secretOfShop(shop)] }, startMs)

  /** The bindings as one isolate has them. */
  const bindings = (gate: Gate) => ({
    CATALOGUE: gatedD1(writable, gate),
    OPERATIONS: gatedD1(operations, gate),
    LIVE: gatedD1(live, gate),
    CACHE: gated(kv, gate),
    ARCHIVE: gated(archive, gate),
    ITEM_VECTORS: gated(vectorize, gate),
    MODEL: gated(model, gate),
    OUTBOX: gated(queues.binding(QUEUES.outbox), gate),
    EVENTS: gated(queues.binding(QUEUES.events), gate),
    INBOX: gated(queues.binding(INBOX_QUEUE), gate),
    ENRICH: gated(queues.binding(QUEUES.enrich), gate),
    IMPRESSIONS: gated(queues.binding(QUEUES.impressions), gate),
    SIGNING_SECRET: 'a-secret-of-the-simulation',
    WEBHOOK_SECRETS_KEY: SECRETS_KEY,
    ADMIN_KEY_HASH: '',
  })
  const ingestDeps = (gate: Gate): IngestDeps => {
    const deps = createIngestDeps(bindings(gate) as unknown as Parameters<typeof createIngestDeps>[0])
    // An isolate knows its sources for its whole life here: the run's clock goes days in seconds.
    const memory = createSourceMemory(deps.webhooks.store, deps.shops, manualClock(startMs))
    const shipped = { clock, log: silentLog }
    const { inbox, live: liveStore, signingSecret } = deps
    const events = { inbox, live: liveStore, signingSecret, unique, onLiveFailure: () => {} }
    const accept: IngestDeps['webhooks']['accept'] = (shop, list, nowMs) =>
      acceptEvents(shop, 'sk', list, events, nowMs)
    return { ...deps, ...shipped, unique, webhooks: { ...deps.webhooks, ...shipped, accept, memory, sources: memory } }
  }
  const app = createIngestApp((env) => env as IngestDeps)

  const ingest = (gate: Gate): IngestIsolate => {
    const deps = ingestDeps(gate)
    return {
      gate,
      async deliver(shop, delivery) {
        const deferred: Promise<unknown>[] = []
        const context = { waitUntil: (work: Promise<unknown>) => deferred.push(work), passThroughOnException: () => {} }
        const url = `https://shelfwise.example/webhooks/${sourceOf(shop)}/${shop.shop}`
        const request = new Request(url, { method: 'POST', headers: delivery.headers, body: delivery.body })
        const response = await app.fetch(request, deps, context as never)
        return { status: response.status, deferred: async () => void (await Promise.all(deferred)) }
      },
      async receive(shop, delivery) {
        const deferred: Promise<unknown>[] = []
        const defer = (work: Promise<unknown>) => void deferred.push(work.catch(() => {}))
        const nowMs = clock.now()
        const verified = { headers: new Headers(delivery.headers), bytes: encoder.encode(delivery.body) }
        try {
          const live = await deps.webhooks.memory.get(shop.shop, sourceOf(shop))
          const received = { ...verified, receivedAtMs: nowMs }
          const receipt = await receiveDelivery(received, live!.context, deps.webhooks, nowMs)
          signal(shop.shop, receipt.signals, deps, defer)
          return { status: 200, deferred: async () => void (await Promise.all(deferred)) }
        } catch {
          return { status: 503, deferred: async () => {} }
        }
      },
    }
  }

  /** Signals for the door itself: what deliveries still owe. */
  const drainInbox = async (batch: MessageBatch<unknown>, gate: Gate) => {
    const deferred: Promise<unknown>[] = []
    await consumeInbox(batch, ingestDeps(gate), (work) => deferred.push(work))
    await Promise.all(deferred)
  }

  const enrich = (gate: Gate): EnrichIsolate => {
    const env = bindings(gate)
    const deps = {
      ...createEnrichDeps(env as unknown as Parameters<typeof createEnrichDeps>[0]),
      availability: createAvailabilityReader(env.CATALOGUE, clock, 'primary'),
      clock,
      log: silentLog,
      unique,
    }
    return {
      cron: async () => {
        await onCron(CRONS.work, deps)
        await onCron(CRONS.tidy, deps)
      },
      blindCron: async () => {
        await runShops(deps)
        await runLearning(deps)
      },
      pump: async () => {
        for (const batch of queues.take())
          await (batch.queue === INBOX_QUEUE ? drainInbox(batch, gate) : consume(batch, deps))
      },
    }
  }

  return {
    clock,
    catalogue,
    operations,
    kv,
    vectorize,
    vectorIds,
    ingest,
    enrich,
    rewritten: () => broken?.hits ?? 0,
    waiting: () => readWaiting({ catalogue, operations }),
  }
}

export type WebhookWorld = Awaited<ReturnType<typeof createWebhookWorld>>

/** The index tells nobody its ids, so the ids that it is given are noted. */
function noting(index: Vectorize, ids: Set<string>): Vectorize {
  const upsert = async (vectors: Parameters<Vectorize['upsert']>[0]) => {
    for (const { id } of vectors) ids.add(id)
    return index.upsert(vectors)
  }
  return { ...index, upsert } as Vectorize
}

/** Queues that keep what is sent until it is taken. A batch that dies in a consumer's hands is lost: work is in D1. */
function createQueues() {
  const waiting = new Map<string, unknown[]>()
  const put = (name: string, bodies: readonly unknown[]) => {
    const list = waiting.get(name) ?? []
    waiting.set(name, list)
    list.push(...bodies)
  }
  return {
    binding: (name: string) =>
      ({
        send: async (body: unknown) => put(name, [body]),
        sendBatch: async (list: Iterable<{ body: unknown }>) =>
          put(
            name,
            [...list].map((one) => one.body),
          ),
      }) as unknown as Queue,
    take() {
      const batches = [...waiting].map(([queue, bodies]) => ({
        queue,
        messages: bodies.map((body, index) => ({
          id: `${queue}-${index}`,
          body,
          attempts: 1,
          timestamp: new Date(0),
          ack() {},
          retry() {},
        })),
        ackAll() {},
        retryAll() {},
      }))
      waiting.clear()
      return batches as unknown as Array<MessageBatch<unknown>>
    },
  }
}
