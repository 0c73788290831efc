/** The ingest worker in this process, over stand-ins of the platform, with the event fold of `enrich` beside it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { D1Database } from '@cloudflare/workers-types'
import type { Clock } from '../../shared/base/clock.ts'
import type { ShopBody } from '../../shared/domain/shop.ts'
import { foldEvents } from '../../shared/learn/fold_events.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { CALLER_HEADER, writeCaller } from '../../workers/http/caller.ts'
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps, type IngestDeps } from '../../workers/ingest/deps.ts'
import type { Env } from '../../workers/ingest/env.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { DATABASES, type DatabaseName, migrated } from './migrated.ts'

export interface IngestDoor {
  deps: IngestDeps
  /** A request with a shop's secret key, proved as `api` would. */
  send(
    shop: string,
    method: string,
    path: string,
    body?: { type: string; text: string },
    headers?: Record<string, string>,
  ): Promise<Response>
  /** A JSON body out and in. */
  ask(
    shop: string,
    method: string,
    path: string,
    json?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>
  /** The status that a shop's browser key gets. */
  browserStatus(shop: string, method: string, path: string): Promise<number>
  json<T>(shop: string, method: string, path: string, body?: { type: string; text: string }): Promise<T>
  makeShop(shop: string, body: ShopBody): Promise<void>
  /** A statement on the catalogue itself. */
  execute(sql: string): Promise<unknown>
  /** Puts the waiting events into their partitions. */
  fold(): Promise<void>
  /** Serves it; a key is `sk_<shop>_<anything>`. */
  listen(): Promise<{ url: string; close(): Promise<void> }>
}

/**
 * @param adapt changes the dependencies: how a test breaks one of them on purpose
 * @param open the databases; fresh ones unless told otherwise
 */
export async function openIngestDoor(
  clock: Clock,
  adapt: (deps: IngestDeps) => IngestDeps = (deps) => deps,
  open: (name: DatabaseName) => Promise<D1Database> = migrated,
): Promise<IngestDoor> {
  const [catalogue, operations, live] = await Promise.all(DATABASES.map((name) => open(name)))
  const bucket = createMemoryR2({ clock })
  const queue = { send: async () => undefined }
  const made = createDeps({
    ...{ CATALOGUE: catalogue, OPERATIONS: operations, LIVE: live, CACHE: createMemoryKv({ clock }), ARCHIVE: bucket },
    ...{ OUTBOX: queue, EVENTS: queue, INBOX: queue, IMPRESSIONS: queue, ENRICH: queue },
    SIGNING_SECRET: 'a-secret-of-the-tests',
    ADMIN_KEY_HASH: '',
    WEBHOOK_SECRETS_KEY: 'a-key-of-the-tests-of-32-characters-or-more',
  } as unknown as Env)
  let names = 0
  const deps = adapt({ ...made, clock, log: silentLog, unique: () => `unique-${++names}` })
  const app = createIngestApp(() => deps)
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} }
  const archive = createArchive(bucket)
  const door: IngestDoor = {
    deps,
    async send(shop, method, path, body, more = {}) {
      const headers = {
        ...more,
        [CALLER_HEADER]: writeCaller({ role: 'shop', shop, kind: 'sk' }),
        ...(body === undefined ? {} : { 'content-type': body.type }),
      }
      const request = new Request(`http://ingest${path}`, { method, headers, ...(body ? { body: body.text } : {}) })
      return app.fetch(request, {}, context as never)
    },
    async ask(shop, method, path, json) {
      const payload = json === undefined ? undefined : { type: 'application/json', text: JSON.stringify(json) }
      const response = await door.send(shop, method, path, payload)
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    async browserStatus(shop, method, path) {
      const headers = { [CALLER_HEADER]: writeCaller({ role: 'shop', shop, kind: 'pk' }) }
      return (await app.fetch(new Request(`http://ingest${path}`, { method, headers }), {}, context as never)).status
    },
    async json<T>(shop: string, method: string, path: string, body?: { type: string; text: string }) {
      const response = await door.send(shop, method, path, body)
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
      return JSON.parse(text) as T
    },
    async makeShop(shop, body) {
      await deps.shops.put(shop, body, clock.now())
    },
    execute: (sql) => catalogue!.prepare(sql).run(),
    async fold() {
      while ((await foldEvents(deps.inbox, archive, async () => {})) !== null);
    },
    async listen() {
      const server = createServer(async (request, response) => {
        let text = ''
        for await (const part of request.setEncoding('utf8')) text += String(part)
        const shop = /^Bearer sk_([a-z0-9-]+)_/.exec(request.headers.authorization ?? '')?.[1] ?? ''
        const type = request.headers['content-type'] ?? ''
        const answer = await door.send(shop, request.method!, request.url!, text === '' ? undefined : { type, text })
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        async close() {
          server.closeAllConnections()
          await new Promise((resolve) => server.close(resolve))
        },
      }
    },
  }
  return door
}
