/** The api worker over a world's location, asked over its own routes with a shop's keys. */
import type { D1Database } from '@cloudflare/workers-types'
import { hashKey, makeKey } from '../../shared/domain/key.ts'
import type { KeyKind } from '../../shared/domain/shop.ts'
import { createItemStandings } from '../../shared/store/catalogue/item_standing.ts'
import { createApiApp } from '../../workers/api/app.ts'
import { createConfigMemory } from '../../workers/api/config_memory.ts'
import type { ApiDeps } from '../../workers/api/deps.ts'
import { type ShelfParts, SIGNING_SECRET, type World } from './world.ts'

const SECRET = 'x'.repeat(32)

export interface ApiAnswer<T> {
  status: number
  body: T
}

export interface ApiDoor {
  get<T = Record<string, unknown>>(path: string, kind?: KeyKind): Promise<ApiAnswer<T>>
  post<T = Record<string, unknown>>(path: string, json: unknown, kind?: KeyKind): Promise<ApiAnswer<T>>
}

export async function openApiDoor(world: World, parts: ShelfParts): Promise<ApiDoor> {
  const { shop, clock, enrich } = world
  const keys = { pk: makeKey('pk', shop, SECRET), sk: makeKey('sk', shop, SECRET) }
  for (const kind of ['pk', 'sk'] as const) {
    const stored = { hash: await hashKey(keys[kind]), kind, label: kind, origins: [], expiresAtMs: null }
    await enrich.shops.addKey(shop, stored, clock.now())
  }
  const deps = {
    ...{ clock, log: parts.log, shelf: parts, signingSecret: SIGNING_SECRET },
    configs: createConfigMemory(enrich.shops, enrich.cache, clock, parts.log),
    impressions: { add: async () => {} },
    limit: { limit: async () => ({ success: true }) },
    standings: createItemStandings(world.rawCatalogue as D1Database),
  } as unknown as ApiDeps
  const app = createApiApp(() => deps)
  async function send<T>(method: string, path: string, kind: KeyKind, json?: unknown): Promise<ApiAnswer<T>> {
    const later: Promise<unknown>[] = []
    const context = { waitUntil: (work: Promise<unknown>) => later.push(work), passThroughOnException: () => {} }
    const headers = { authorization: `Bearer ${keys[kind]}`, 'content-type': 'application/json' }
    const body = json === undefined ? null : JSON.stringify(json)
    const response = await app.fetch(new Request(`http://api${path}`, { method, headers, body }), {}, context as never)
    const told = (await response.json()) as T
    await Promise.all(later)
    return { status: response.status, body: told }
  }
  return {
    get: (path, kind = 'sk') => send('GET', path, kind),
    post: (path, json, kind = 'sk') => send('POST', path, kind, json),
  }
}
