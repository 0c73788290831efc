/** The ingest worker as it ships, in process over stand-ins of its bindings. */
import type { D1Database, Queue } from '@cloudflare/workers-types'
import { manualClock } from '../../shared/base/clock.ts'
import type { WebhookSourceBody } from '../../shared/domain/webhook_source.ts'
import { type Log, silentLog } from '../../shared/observe/log.ts'
import { CALLER_HEADER, type Caller, writeCaller } from '../../workers/http/caller.ts'
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps, type IngestDeps } from '../../workers/ingest/deps.ts'
import type { Env } from '../../workers/ingest/env.ts'
import { consume, INBOX_QUEUE } from '../../workers/ingest/queue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryQueue } from '../../workers/local/node/memory_queue.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { createCatalogue, createLive, createOperations, NOW, SHOP } from './unit_catalogue.ts'

export const SECRETS_KEY = 'a-webhook-secrets-key-for-unit-tests-only'

export interface IngestWorkerOptions {
  /** Changes the dependencies: a platform that answers, a store that fails. */
  adapt?: (deps: IngestDeps) => IngestDeps
  log?: Log
}

/** An ingest worker at NOW with two shops that sell in DE and FR. */
export async function createIngestWorker({ adapt = (deps) => deps, log = silentLog }: IngestWorkerOptions = {}) {
  const clock = manualClock(NOW)
  const [catalogue, operations, live] = [await createCatalogue(), await createOperations(), await createLive()]
  const queue = (name: string) => createMemoryQueue({ clock, name: `shelfwise-${name}` })
  const queues = {
    outbox: queue('outbox'),
    events: queue('events'),
    inbox: queue('inbox'),
    impressions: queue('impressions'),
    enrich: queue('enrich'),
  }
  const env = {
    ...{ CATALOGUE: catalogue as D1Database, OPERATIONS: operations as D1Database, LIVE: live as D1Database },
    CACHE: createMemoryKv({ clock }),
    ARCHIVE: createMemoryR2({ clock }),
    OUTBOX: queues.outbox as Queue,
    EVENTS: queues.events as Queue,
    INBOX: queues.inbox as Queue,
    IMPRESSIONS: queues.impressions as Queue,
    ENRICH: queues.enrich as Queue,
    ...{ SIGNING_SECRET: 'a-signing-secret-for-unit-tests', ADMIN_KEY_HASH: '', WEBHOOK_SECRETS_KEY: SECRETS_KEY },
  } as unknown as Env
  const deps = adapt(createDeps(env, clock, log))
  const app = createIngestApp(() => deps)
  const deferred: Promise<unknown>[] = []
  const context = { waitUntil: (work: Promise<unknown>) => deferred.push(work), passThroughOnException: () => {} }

  const fetch = async (path: string, init: RequestInit = {}) => {
    const answer = await app.fetch(new Request(`https://unit.test${path}`, init), {}, context as never)
    await Promise.all(deferred.splice(0))
    return answer
  }
  return {
    ...{ clock, catalogue, operations, live, deps, queues, env, fetch },
    putSource: (source: string, body: WebhookSourceBody, shop = SHOP) =>
      deps.webhooks.store.put(shop, source, body, clock.now()),
    /** A call as `api` forwards it for a proved caller. */
    async call(
      method: string,
      path: string,
      body?: unknown,
      caller: Caller = { role: 'shop', shop: SHOP, kind: 'sk' },
    ) {
      const answer = await fetch(path, {
        method,
        headers: { [CALLER_HEADER]: writeCaller(caller), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: (await answer.json()) as never }
    },
    async deliver(source: string, headers: Record<string, string>, body: BodyInit, shop = SHOP) {
      const answer = await fetch(`/webhooks/${source}/${shop}`, {
        method: 'POST',
        headers,
        body,
        duplex: 'half',
      } as RequestInit)
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
    },
    /** What the inbox's consumer does with a signal. */
    async drain() {
      await consume({ queue: INBOX_QUEUE }, deps, (work) => deferred.push(work))
      await Promise.all(deferred.splice(0))
    },
    rows: async (db: D1Database, sql: string, ...values: unknown[]) =>
      (
        await db
          .prepare(sql)
          .bind(...values)
          .all()
      ).results as Array<Record<string, unknown>>,
  }
}

export type IngestWorker = Awaited<ReturnType<typeof createIngestWorker>>
