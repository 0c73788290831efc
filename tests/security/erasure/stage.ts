/** The four workers as they ship, in one process over a platform in a folder. */

import { systemClock } from '../../../shared/base/clock.ts'
import { hashKey, makeKey } from '../../../shared/domain/key.ts'
import type { ShopBody } from '../../../shared/domain/shop.ts'
import { consoleLog } from '../../../shared/observe/log.ts'
import { createMaker } from '../../../shared/recommend/llm/create_maker.ts'
import { createCallRecords } from '../../../shared/store/call_records.ts'
import { createShopStore } from '../../../shared/store/catalogue/shop_config.ts'
import { createEmbedderStore } from '../../../shared/store/embedders.ts'
import { createReasonStore } from '../../../shared/store/reasons.ts'
import { createApiApp } from '../../../workers/api/app.ts'
import { createDeps as createApiDeps } from '../../../workers/api/deps.ts'
import { CRONS, onCron } from '../../../workers/enrich/crons.ts'
import { createDeps as createEnrichDeps, type WorkerDeps } from '../../../workers/enrich/deps.ts'
import { consume, QUEUES } from '../../../workers/enrich/queues.ts'
import { createIngestApp } from '../../../workers/ingest/app.ts'
import { createDeps as createIngestDeps, type IngestDeps } from '../../../workers/ingest/deps.ts'
import { consume as consumeInbox, INBOX_QUEUE } from '../../../workers/ingest/queue.ts'
import { createModelDeps } from '../../../workers/model/deps.ts'
import { createLocalProvider } from '../../../workers/model/local_provider.ts'
import { createReplay } from '../../../workers/model/replay.ts'
import type { Platform } from './platform.ts'

export const SIGNING_SECRET = 'a-signing-secret-of-the-erasure'
const WEBHOOK_SECRETS_KEY = 'a-webhook-secrets-key-of-the-erasure-check'
export const keyOf = (shop: string, kind: 'pk' | 'sk') => makeKey(kind, shop, `${kind}-of-${shop}`.padEnd(32, '0'))

export interface StageOptions {
  /** The scripted provider; rules alone without one. */
  providerUrl?: string
  /** Changes what the workers are made of: how an eraser is broken on purpose. */
  enrich?: (deps: WorkerDeps) => WorkerDeps
  ingest?: (deps: IngestDeps) => IngestDeps
}

export type Stage = Awaited<ReturnType<typeof openStage>>

export async function openStage(platform: Platform, options: StageOptions = {}) {
  const { bindings, queue } = platform
  const later: Array<Promise<unknown>> = []
  const context = {
    waitUntil: (work: Promise<unknown>) => void later.push(work),
    passThroughOnException: () => {},
    props: {},
  }
  const settle = async () => {
    while (later.length > 0) await Promise.all(later.splice(0))
  }
  const queues = {
    ...{ OUTBOX: queue(QUEUES.outbox), EVENTS: queue(QUEUES.events), INBOX: queue(INBOX_QUEUE) },
    ...{ ENRICH: queue(QUEUES.enrich), IMPRESSIONS: queue(QUEUES.impressions) },
  }
  const env = { ...bindings, ...queues, SIGNING_SECRET, WEBHOOK_SECRETS_KEY, ADMIN_KEY_HASH: '' }
  const model = await modelOf(platform, options.providerUrl)

  const ingestDeps = (options.ingest ?? ((deps) => deps))(createIngestDeps(env as never))
  const ingest = createIngestApp(() => ingestDeps)
  const INGEST = {
    fetch: (url: string, init: RequestInit) =>
      ingest.fetch(new Request(url, { ...init, duplex: 'half' } as RequestInit), {}, context as never),
  }
  const apiEnv = { ...env, MODEL: model, INGEST, PUBLIC_LIMIT: { limit: async () => ({ success: true }) } }
  let apiDeps = createApiDeps(apiEnv as never)
  const api = createApiApp(() => apiDeps)
  const enrichDeps = (options.enrich ?? ((deps) => deps))(createEnrichDeps({ ...env, MODEL: model } as never))

  const stage = {
    platform,
    shops: createShopStore(bindings.CATALOGUE),
    enrich: enrichDeps,
    /** A request at the public door; what it leaves behind is done. @throws Error on a refusal that was not expected */
    async ask(shop: string, method: string, path: string, body?: unknown, kind: 'pk' | 'sk' = 'sk', type?: string) {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const headers = { authorization: `Bearer ${keyOf(shop, kind)}`, 'content-type': type ?? 'application/json' }
      const request = new Request(`https://stage.test${path}`, {
        ...{ method, headers },
        ...(text === undefined ? {} : { body: text }),
      })
      const answer = await api.fetch(request, {}, context as never)
      const told = await answer.text()
      await settle()
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${told.slice(0, 500)}`)
      return JSON.parse(told) as Record<string, unknown>
    },
    /** A platform's delivery; whatever is answered. */
    async deliver(shop: string, source: string, headers: Record<string, string>, body: string) {
      const request = new Request(`https://stage.test/webhooks/${source}/${shop}`, { method: 'POST', headers, body })
      const answer = await api.fetch(request, {}, context as never)
      await answer.text()
      await settle()
      return answer.status
    },
    async putShop(shop: string, body: ShopBody) {
      await stage.shops.put(shop, body, systemClock.now())
      for (const kind of ['pk', 'sk'] as const) {
        const key = { hash: await hashKey(keyOf(shop, kind)), kind, label: kind, origins: [], expiresAtMs: null }
        await stage.shops.addKey(shop, key, systemClock.now())
      }
    },
    cron: (name: keyof typeof CRONS) => onCron(CRONS[name], enrichDeps),
    /** Gives the queues' messages to their consumers, those of queues that are not held back. */
    async deliverQueues(held: readonly string[] = []) {
      for (const name of [...Object.values(QUEUES), INBOX_QUEUE].filter((one) => !held.includes(one))) {
        const messages = platform.waiting(name)
        if (messages.length === 0) continue
        const batch = { queue: name, messages } as never
        if (name === INBOX_QUEUE) await consumeInbox(batch, ingestDeps, (work) => void later.push(work))
        else await consume(batch, enrichDeps)
        await settle()
        for (const { id } of messages) platform.take(name, id)
      }
    },
    /** Isolates of `api` that know nothing. */
    freshIsolate() {
      apiDeps = createApiDeps(apiEnv as never)
    },
  }
  return stage
}

/** The door to a provider, wired as the model worker wires it. */
async function modelOf({ bindings }: Platform, providerUrl: string | undefined) {
  const provider = {
    ...{ name: 'scripted', base_url: providerUrl },
    chat: { model: 'scripted-1', input_price: 0.01, output_price: 0.01 },
  }
  const variables =
    providerUrl === undefined ? {} : { PROVIDERS: JSON.stringify([provider]), MODEL_DAILY_BUDGET: '1000' }
  const { completer } = await createModelDeps({ ...bindings, ...variables })
  const log = consoleLog('model')
  const maker = createMaker({ completer, reasons: createReasonStore(bindings.CACHE), clock: systemClock, log })
  const replay = createReplay({
    ...{ records: createCallRecords(bindings.ARCHIVE), completer },
    ...{ now: () => systemClock.now(), unique: () => crypto.randomUUID() },
  })
  return { ...createLocalProvider(createEmbedderStore(bindings.CACHE), systemClock), ...completer, ...maker, ...replay }
}
