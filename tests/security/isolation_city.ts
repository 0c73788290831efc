/**
 * The product whole, in this process: the api, ingest, enrich and model workers as they ship, over stand-ins of the
 * platform's bindings that are looked at. It stands where a state says, and can be stood up there again any number of times.
 */
import type { MessageBatch, Queue } from '@cloudflare/workers-types'
import { sha256 } from '../../shared/base/hash.ts'
import { DEADLINES, type Deadlines } from '../../shared/domain/limits.ts'
import { createApiApp } from '../../workers/api/app.ts'
import { type ApiDeps, createDeps as createApiDeps } from '../../workers/api/deps.ts'
import { onCron } from '../../workers/enrich/crons.ts'
import { createDeps as createEnrichDeps } from '../../workers/enrich/deps.ts'
import { consume } from '../../workers/enrich/queues.ts'
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps as createIngestDeps, type IngestDeps } from '../../workers/ingest/deps.ts'
import { consume as consumeInbox, INBOX_QUEUE } from '../../workers/ingest/queue.ts'
import type { KvEntry } from '../../workers/local/node/kv_values.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryQueue, type MemoryQueue } from '../../workers/local/node/memory_queue.ts'
import { createMemoryR2, type StoredObject } from '../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize, type MemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import type { SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import type { EngineState } from '../../workers/local/vectorize/engine.ts'
import { copyOf, DATABASES, type DatabaseName, migrated } from '../support/migrated.ts'
import type { Judge } from './isolation_judge.ts'
import { type Mask, maskOfShop } from './isolation_marks.ts'
import { createProvider, modelBinding, modelVariables, PROVIDER_DIMENSIONS } from './isolation_model.ts'
import type { Platform } from './isolation_platform.ts'
import { watchD1, watchKv, watchQueue, watchR2, watchVectorize, withTouches } from './isolation_taps.ts'

export const ADMIN_KEY = 'ak_administrator-of-the-isolation-check'

export interface CityState {
  nowMs: number
  databases: Record<DatabaseName, SqliteD1>
  entries: Map<string, KvEntry>
  objects: Map<string, StoredObject>
  vectors: Partial<Record<'a' | 'b', EngineState>>
}

export async function emptyState(nowMs: number): Promise<CityState> {
  const made = await Promise.all(DATABASES.map(async (name) => [name, withTouches(await migrated(name))] as const))
  const databases = Object.fromEntries(made) as Record<DatabaseName, SqliteD1>
  return { nowMs, databases, entries: new Map(), objects: new Map(), vectors: {} }
}

export interface Asking {
  method: string
  path: string
  /** Null: without a key. */
  key: string | null
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  type?: string
}
export interface Answer {
  status: number
  text: string
  json: Record<string, unknown>
}

const QUEUE_NAMES = ['outbox', 'events', 'inbox', 'impressions', 'enrich', 'dead'] as const
export type QueueName = (typeof QUEUE_NAMES)[number]

export interface City {
  platform: Platform
  judge: Judge
  beganAtMs: number
  stores: Omit<CityState, 'nowMs' | 'vectors'>
  /** Tables that were written since it was opened, of those whose rows belong to shops. */
  written: Record<DatabaseName, ReadonlySet<string>>
  vectors: Record<'a' | 'b', MemoryVectorize>
  queues: Record<QueueName, MemoryQueue>
  /** A request about a shop's things, through the public door; the work behind its answer is done when this resolves. */
  ask(about: Mask, asking: Asking): Promise<Answer>
  /** Hands every waiting message to its consumer. */
  pump(): Promise<void>
  cron(cron: string): Promise<void>
  /** The isolates die; what they remembered goes with them. */
  renew(): Promise<void>
  /** A copy of all that is stored now. */
  state(): CityState
}

const SECRETS = {
  SIGNING_SECRET: 'a-signing-secret-of-the-isolation-check',
  WEBHOOK_SECRETS_KEY: 'a-webhook-secrets-key-of-the-isolation-check',
}
/** A slow machine must not make another answer of the same question. */
const PATIENT = Object.fromEntries(Object.keys(DEADLINES).map((stage) => [stage, 60_000])) as unknown as Deadlines
/** Given up after so few deliveries: what cannot be taken should be among the dead letters soon. */
const RETRIES = 0

export interface CityOptions {
  /** Whether the provider takes batches. */
  batch?: boolean
}

export async function openCity(
  from: CityState,
  platform: Platform,
  judge: Judge,
  { batch = false }: CityOptions = {},
): Promise<City> {
  platform.set(from.nowMs)
  platform.onLine = (line) => lookAtLine(line, judge)
  platform.fetch = createProvider(platform, judge)
  const { databases, entries, objects } = copied(from)
  const written = Object.fromEntries(
    DATABASES.map((name) => [name, watchD1(name, databases[name], judge)]),
  ) as City['written']
  let mutations = 0
  const newMutationId = () => `mutation-${++mutations}`
  const index = (name: 'a' | 'b', more: object) =>
    createMemoryVectorize({
      clock: platform,
      newMutationId,
      ...more,
      ...(from.vectors[name] && { state: from.vectors[name] }),
    })
  const vectors = { a: index('a', {}), b: index('b', { dimensions: PROVIDER_DIMENSIONS }) }
  const queue = (name: QueueName, deadLetter?: MemoryQueue) =>
    watchQueue(
      createMemoryQueue({
        ...{ clock: platform, name: `shelfwise-${name}`, maxRetries: RETRIES },
        ...(deadLetter && { deadLetter }),
      }),
      judge,
    )
  const dead = queue('dead')
  const queues = Object.fromEntries(
    QUEUE_NAMES.map((name) => [name, name === 'dead' ? dead : queue(name, dead)]),
  ) as Record<QueueName, MemoryQueue>

  const later: Promise<unknown>[] = []
  const context = {
    waitUntil: (work: Promise<unknown>) => later.push(work),
    passThroughOnException: () => {},
    props: {},
  }
  const settle = async () => {
    while (later.length > 0) await Promise.allSettled(later.splice(0))
  }
  const held = { api: {} as ApiDeps, ingest: {} as IngestDeps, enrich: {} as object }
  const api = createApiApp(() => held.api)
  const ingest = createIngestApp(() => held.ingest)
  const adminKeyHash = await sha256(ADMIN_KEY)
  const binding = {
    fetch: async (url: string, init: RequestInit) =>
      ingest.fetch(new Request(url, { ...init, duplex: 'half' } as RequestInit), {}, context as never),
  }
  async function renew() {
    const CACHE = watchKv(createMemoryKv({ clock: platform, entries }), judge)
    const ARCHIVE = watchR2(createMemoryR2({ clock: platform, objects }), judge)
    const shared = { ...SECRETS, CATALOGUE: databases.catalogue, LIVE: databases.live, CACHE }
    const { OPERATIONS, ...env } = {
      ...shared,
      ...{ OPERATIONS: databases.operations, ARCHIVE },
      ...{ ITEM_VECTORS: watchVectorize(vectors.a, judge), ITEM_VECTORS_B: watchVectorize(vectors.b, judge) },
      OUTBOX: queues.outbox as unknown as Queue,
      EVENTS: queues.events as unknown as Queue,
      INBOX: queues.inbox as unknown as Queue,
      ENRICH: queues.enrich as unknown as Queue,
      IMPRESSIONS: queues.impressions as unknown as Queue,
    }
    const MODEL = await modelBinding({ CACHE, OPERATIONS, ARCHIVE, ...modelVariables(batch) }, judge)
    held.ingest = createIngestDeps({ ...env, OPERATIONS, ADMIN_KEY_HASH: adminKeyHash } as never)
    held.enrich = { ...env, OPERATIONS, MODEL }
    const PUBLIC_LIMIT = { limit: async () => ({ success: true }) }
    const made = createApiDeps({ ...env, MODEL, INGEST: binding, PUBLIC_LIMIT } as never)
    held.api = { ...made, shelf: { ...made.shelf, deadlines: PATIENT } }
  }
  await renew()
  const enrich = () => createEnrichDeps(held.enrich as never)

  return {
    ...{ platform, judge, beganAtMs: from.nowMs, written, queues, vectors, renew },
    stores: { databases, entries, objects },
    ask: (about, { method, path, key, headers = {}, body, type }) =>
      judge.as(about, async () => {
        const all = {
          ...headers,
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(type === undefined ? {} : { 'content-type': type }),
        }
        const request = new Request(`https://api.test${path}`, {
          ...{ method, headers: all },
          ...(body === undefined ? {} : { body }),
        })
        const answer = await api.fetch(request, {}, context as never)
        const text = await answer.text()
        await settle()
        const told = { status: answer.status, headers: Object.fromEntries(answer.headers), body: parsed(text) }
        if (about !== 0) judge.holds('answers', told, about)
        return { status: answer.status, text, json: parsed(text) as Record<string, unknown> }
      }),
    async pump() {
      for (const name of QUEUE_NAMES) {
        const consumer = async (batchOf: MessageBatch) => {
          if (name === 'inbox') await consumeInbox({ queue: INBOX_QUEUE }, held.ingest, (work) => later.push(work))
          else await consume(batchOf, enrich())
        }
        await queues[name].pump(consumer)
        await settle()
      }
    },
    async cron(cron) {
      await onCron(cron, enrich())
      await settle()
    },
    state: () => ({
      nowMs: platform.now(),
      ...copied({ databases, entries, objects }),
      vectors: { a: vectors.a.state(), b: vectors.b.state() },
    }),
  }
}

function copied({ databases, entries, objects }: Omit<CityState, 'nowMs' | 'vectors'>) {
  const copies = DATABASES.map((name) => [name, copyOf(databases[name])] as const)
  return {
    databases: Object.fromEntries(copies) as Record<DatabaseName, SqliteD1>,
    entries: new Map(entries),
    objects: new Map(objects),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A line names its shop, or is about the business that is under way. */
function lookAtLine(line: string, judge: Judge): void {
  const fields = parsed(line) as { shop?: unknown }
  judge.ones('log', line, typeof fields.shop === 'string' ? maskOfShop(fields.shop) : 0)
}
