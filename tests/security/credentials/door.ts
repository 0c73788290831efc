/**
 * The public door in this process: the api worker as it ships, with the ingest worker as it ships behind its service
 * binding. Time is the system's, which the tests hold at NOW. Every request meets a fresh isolate and the stores as they
 * were seeded, so that no answer hangs on the one before.
 */
import type { KVNamespace } from '@cloudflare/workers-types'
import { systemClock } from '../../../shared/base/clock.ts'
import { sha256 } from '../../../shared/base/hash.ts'
import type { CallRecord } from '../../../shared/domain/call_record.ts'
import type { ShopConfig } from '../../../shared/domain/shop.ts'
import { NO_COMPLETER } from '../../../shared/model/completer_rpc.ts'
import { silentLog } from '../../../shared/observe/log.ts'
import { createApiApp } from '../../../workers/api/app.ts'
import { type ApiDeps, createDeps as createApiDeps } from '../../../workers/api/deps.ts'
import type { Env as ApiEnv } from '../../../workers/api/env.ts'
import { createIngestApp } from '../../../workers/ingest/app.ts'
import { createDeps as createIngestDeps, type IngestDeps } from '../../../workers/ingest/deps.ts'
import type { Env as IngestEnv } from '../../../workers/ingest/env.ts'
import { createMemoryKv } from '../../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../../workers/local/node/memory_r2.ts'
import { createMemoryVectorize } from '../../../workers/local/node/memory_vectorize.ts'
import { SHOP } from '../../support/unit_catalogue.ts'
import { KEYS } from './keys.ts'
import { CALL, MARK } from './samples.ts'
import { seededStores } from './seed.ts'
import { copyOfStores, rowsOf, type Stores, writtenTo } from './stores.ts'

export interface Asking {
  method: string
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string | undefined
  type?: string | undefined
  /** Of `?key=`. */
  inAddress?: string | undefined
}

export interface Answer {
  status: number
  /** Of a problem. */
  code: string | null
  headers: Headers
  text: string
  /** Writes, messages and calls of a model that it took. */
  traces: number
  /** Whether a row of A is another one now. */
  changedA: boolean
}

/** How a test breaks the door on purpose, or watches it. */
export interface DoorOptions {
  before?: (request: Request) => Request
  /** Between `api` and `ingest`. */
  between?: (request: Request, next: (request: Request) => Promise<Response>) => Promise<Response>
  /** What the api knows of a shop. */
  config?: (config: ShopConfig) => ShopConfig
  after?: (answer: Response, request: Request) => Response
  limit?: (key: string) => boolean
  /** One isolate and its stores for all requests. */
  keeps?: boolean
}

export interface Door {
  ask(asking: Asking): Promise<Answer>
  /** A request as it is, by one isolate over stores that stay; everything it left for later has come to its end. */
  send(request: Request): Promise<{ status: number; headers: Headers; text: string }>
  api: ReturnType<typeof createApiApp>
  ingest: ReturnType<typeof createIngestApp>
}

/** A door over copies of the seeded stores. */
export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  const seeded = await seededStores((stores) => doorOver(stores, { keeps: true }))
  return doorOver(options.keeps === true ? copyOfStores(seeded) : seeded, options)
}

const SECRETS = {
  SIGNING_SECRET: 'a-secret-of-the-tests',
  WEBHOOK_SECRETS_KEY: 'a-key-of-the-tests-of-32-characters-or-more',
}

async function doorOver(seeded: Stores, options: DoorOptions): Promise<Door> {
  const adminKeyHash = await sha256(KEYS.admin)
  const rowsBefore = rowsOf(SHOP, seeded)
  let stores = options.keeps === true ? seeded : copyOfStores(seeded)
  let messages = 0
  const held = { api: {} as ApiDeps, ingest: {} as IngestDeps }
  const api = createApiApp(() => held.api)
  const ingest = createIngestApp(() => held.ingest)
  const later: Array<Promise<unknown>> = []
  const context = {
    waitUntil: (work: Promise<unknown>) => later.push(work),
    passThroughOnException: () => {},
    props: {},
  }
  const note = async () => {
    messages += 1
  }

  const enter = async (request: Request) => ingest.fetch(request, {}, context as never)
  const between = options.between ?? ((request, next) => next(request))
  const binding = {
    fetch: (url: string, init: RequestInit) =>
      between(new Request(url, { ...init, duplex: 'half' } as RequestInit), enter),
  }
  const renew = () => {
    const { catalogue: CATALOGUE, operations: OPERATIONS, live: LIVE, entries } = stores
    const queue = { send: note }
    const shared = {
      ...SECRETS,
      CATALOGUE,
      LIVE,
      CACHE: watched(createMemoryKv({ clock: systemClock, entries }), note),
    }
    const queues = { OUTBOX: queue, EVENTS: queue, INBOX: queue, ENRICH: queue, IMPRESSIONS: queue }
    held.ingest = createIngestDeps(
      {
        ...shared,
        ...queues,
        OPERATIONS,
        ARCHIVE: createMemoryR2({ clock: systemClock }),
        ADMIN_KEY_HASH: adminKeyHash,
      } as unknown as IngestEnv,
      systemClock,
      silentLog,
    )
    const env = {
      ...{ ...shared, IMPRESSIONS: queue, INGEST: binding, MODEL: modelOfA(note) },
      ITEM_VECTORS: createMemoryVectorize({ clock: systemClock }),
      PUBLIC_LIMIT: { limit: async ({ key }: { key: string }) => ({ success: options.limit?.(key) ?? true }) },
    }
    held.api = knowing(createApiDeps(env as unknown as ApiEnv), options.config, note)
  }
  renew()

  const send = async (plain: Request) => {
    const request = options.before?.(plain) ?? plain
    const given = await api.fetch(request, {}, context as never)
    const answer = options.after?.(given, request) ?? given
    const text = await answer.text()
    while (later.length > 0) await Promise.all(later.splice(0))
    return { answer, text }
  }

  return {
    ...{ api, ingest },
    async send(request) {
      const { answer, text } = await send(request)
      return { status: answer.status, headers: answer.headers, text }
    },
    async ask(asking) {
      const before = writtenTo(stores) + messages
      const { answer, text } = await send(requestOf(asking))
      const traces = writtenTo(stores) + messages - before
      const changedA = traces > 0 && rowsOf(SHOP, stores) !== rowsBefore
      if (options.keeps !== true) {
        if (traces > 0) stores = copyOfStores(seeded)
        renew()
      }
      return { status: answer.status, code: codeOf(answer, text), headers: answer.headers, text, traces, changedA }
    },
  }
}

function requestOf({ method, path, headers = {}, body, type, inAddress }: Asking): Request {
  const url = new URL(path, 'https://api.test')
  if (inAddress !== undefined) url.searchParams.set('key', inAddress)
  const all = { ...headers, ...(type === undefined ? {} : { 'content-type': type }) }
  return new Request(url, { method, headers: all, ...(body === undefined ? {} : { body }) })
}

function codeOf(answer: Response, text: string): string | null {
  if (answer.headers.get('content-type') !== 'application/problem+json' || text === '') return null
  return (JSON.parse(text) as { code: string }).code
}

/** A KV that tells of what is written to it. */
const watched = (kv: KVNamespace, note: () => Promise<void>): KVNamespace => {
  const noted =
    <Given extends unknown[]>(write: (...given: Given) => Promise<void>) =>
    async (...given: Given) => {
      await note()
      await write(...given)
    }
  return { ...kv, put: noted(kv.put as never), delete: noted(kv.delete) } as unknown as KVNamespace
}

/** A model worker that has kept one call of A's, and makes none. */
function modelOfA(note: () => Promise<void>) {
  const record: CallRecord = {
    ...{ v: 1, key: CALL, shop: SHOP, purpose: 'rerank', model: 'local/none' },
    ...{
      trace: { prompt: 'rank', version: 1, of: 'an order' },
      promptHash: 'none',
      system: '',
      user: `${MARK} prompt`,
    },
    ...{ schemaName: 'none', schema: {}, maxOutputTokens: 1, answer: null, reason: 'unavailable' },
    ...{ cost: { inputTokens: 0, outputTokens: 0, microCost: 0 }, askedAtMs: 0 },
  }
  const kept = (shop: string, key: string) => shop === SHOP && key === CALL
  return {
    ...NO_COMPLETER,
    embedQuery: async () => null,
    call: async (shop: string, key: string) => (kept(shop, key) ? record : null),
    callAgain: async (shop: string, key: string) => {
      if (!kept(shop, key)) return null
      await note()
      return { before: record, now: { ok: false, reason: 'unavailable' }, same: false }
    },
  }
}

/** The api's own dependencies; impressions wait for company in the platform's way, which this process has not. */
function knowing(deps: ApiDeps, config: DoorOptions['config'], note: () => Promise<void>): ApiDeps {
  const { configs } = deps
  const told = (shop: ShopConfig | null) => (shop === null || config === undefined ? shop : config(shop))
  return {
    ...deps,
    impressions: { add: note },
    configs: {
      get: async (shop, defer) => told(await configs.get(shop, defer)),
      again: async (shop) => told(await configs.again(shop)),
    },
  }
}
