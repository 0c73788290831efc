/** Every binding of every worker: the stand-ins of the tests, each behind its counter. */
import type { D1Database, KVNamespace, MessageBatch, Queue, R2Bucket, Vectorize } from '@cloudflare/workers-types'
import { DATABASES, type DatabaseName, migrated } from '../../tests/support/migrated.ts'
import { QUEUES } from '../../workers/enrich/queues.ts'
import { INBOX_QUEUE } from '../../workers/ingest/queue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryQueue, type MemoryQueue } from '../../workers/local/node/memory_queue.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import { countedD1, type Transaction } from './counted/d1.ts'
import { countedKv } from './counted/kv.ts'
import { countDelivery, countedQueue } from './counted/queue.ts'
import { countedR2 } from './counted/r2.ts'
import { countedVectorize } from './counted/vectorize.ts'
import { createMeter, type Meter } from './meter.ts'
import { createTimers, installScheduler, type Timers } from './timers.ts'

/** Of `shelfwise-items`, as docs/operations.md creates it. */
const DIMENSIONS = 256

/** The consumers as workers/enrich/wrangler.toml and workers/ingest/wrangler.toml declare them. */
export const CONSUMERS = [
  { queue: QUEUES.outbox, batchSize: 20, everyMs: 1_000 },
  { queue: QUEUES.enrich, batchSize: 20, everyMs: 1_000 },
  { queue: QUEUES.events, batchSize: 100, everyMs: 2_000 },
  { queue: QUEUES.impressions, batchSize: 100, everyMs: 30_000 },
  { queue: INBOX_QUEUE, batchSize: 100, everyMs: 1_000 },
] as const

export interface Bindings {
  CATALOGUE: D1Database
  OPERATIONS: D1Database
  LIVE: D1Database
  CACHE: KVNamespace
  ARCHIVE: R2Bucket
  ITEM_VECTORS: Vectorize
  OUTBOX: Queue
  EVENTS: Queue
  INBOX: Queue
  ENRICH: Queue
  IMPRESSIONS: Queue
  SIGNING_SECRET: string
  ADMIN_KEY_HASH: string
  WEBHOOK_SECRETS_KEY: string
}

export type Consume = (batch: MessageBatch) => Promise<void>

export interface Platform {
  meter: Meter
  timers: Timers
  bindings: Bindings
  /** What databases were asked, in order. */
  transactions: Transaction[]
  /** Hands over what has waited long enough; each batch is an invocation. */
  deliver(consume: Consume): Promise<void>
}

/** @param stand what stands in for KV, where a test wants to count for itself as well */
export async function openPlatform(
  startMs: number,
  stand: (kv: KVNamespace) => KVNamespace = (kv) => kv,
): Promise<Platform> {
  const timers = createTimers(startMs)
  const { clock } = timers
  installScheduler(timers)
  const meter = createMeter()
  const transactions: Transaction[] = []
  const databases = Object.fromEntries(
    await Promise.all(
      DATABASES.map(async (name) => [
        name,
        countedD1(name, await migrated(name), meter, (one) => transactions.push(one)),
      ]),
    ),
  ) as Record<DatabaseName, D1Database>
  const queues = CONSUMERS.map(({ queue, batchSize, everyMs }) => ({
    queue: createMemoryQueue({ clock, name: queue, batchSize }),
    everyMs,
    nextAtMs: startMs,
  }))
  const named = (name: string) => countedQueue(queues.find(({ queue }) => queue.name === name)!.queue, meter)
  return {
    meter,
    timers,
    transactions,
    bindings: {
      ...{ CATALOGUE: databases.catalogue, OPERATIONS: databases.operations, LIVE: databases.live },
      CACHE: countedKv(stand(createMemoryKv({ clock })), meter),
      ARCHIVE: countedR2(createMemoryR2({ clock }), meter),
      ITEM_VECTORS: countedVectorize(createMemoryVectorize({ clock, dimensions: DIMENSIONS }), DIMENSIONS, meter),
      ...{ OUTBOX: named(QUEUES.outbox), EVENTS: named(QUEUES.events), INBOX: named(INBOX_QUEUE) },
      ...{ ENRICH: named(QUEUES.enrich), IMPRESSIONS: named(QUEUES.impressions) },
      SIGNING_SECRET: 'a-secret-of-the-replay',
      ADMIN_KEY_HASH: '',
      WEBHOOK_SECRETS_KEY: 'a-key-of-the-replay-of-32-characters-or-more',
    },
    async deliver(consume) {
      for (const one of queues) {
        if (clock.now() < one.nextAtMs || one.queue.waiting().length === 0) continue
        one.nextAtMs = clock.now() + one.everyMs
        await handOver(one.queue, consume, meter)
      }
    },
  }
}

async function handOver(queue: MemoryQueue, consume: Consume, meter: Meter): Promise<void> {
  const failures: unknown[] = []
  await queue.pump(async (batch) => {
    countDelivery(batch, meter)
    meter.add('workers.requests', 1)
    await consume(batch).catch((error: unknown) => void failures.push(error))
  })
  // The stand-in would try again, as the platform does: here nothing fails on purpose.
  if (failures.length > 0) throw failures[0]
}
