/** Rules through the public door: published by a shop or an administrator, previewed as any shopper, seen by the next shelf. */
import { beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../shared/base/hash.ts'
import { hashKey } from '../../shared/domain/key.ts'
import { type RecommendationResponse, recommendationResponseSchema } from '../../shared/domain/recommendation.ts'
import { rulesPreviewSchema } from '../../shared/domain/rule_answers.ts'
import { silentLog } from '../../shared/observe/log.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createApiApp } from '../../workers/api/app.ts'
import { createConfigMemory } from '../../workers/api/config_memory.ts'
import type { ApiDeps } from '../../workers/api/deps.ts'
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps } from '../../workers/ingest/deps.ts'
import type { Env } from '../../workers/ingest/env.ts'
import { demoShop } from '../support/shops.ts'
import { createWorld, type ShelfParts, SIGNING_SECRET, type World } from '../support/world.ts'

const SECRET = 'a'.repeat(32)
const SHOP = 'hearth-and-field'
const KEYS = { sk: `sk_${SHOP}_${SECRET}`, pk: `pk_${SHOP}_${SECRET}`, admin: `ak_${SECRET}` }
const BASE = `/v1/shops/${SHOP}/rules`
/** As long as an isolate may hold a configuration. */
const HELD_MS = 30_000

let world: World
let api: ReturnType<typeof createApiApp>
const impressions: ImpressionRecord[] = []
const written: string[] = []

beforeAll(async () => {
  world = await createWorld(demoShop(SHOP))
  const { clock, rawCatalogue, operations } = world
  const shops = createShopStore(rawCatalogue)
  for (const kind of ['sk', 'pk'] as const)
    await shops.addKey(SHOP, { hash: await hashKey(KEYS[kind]), kind, label: kind, origins: [], expiresAtMs: null }, 0)
  const isolate = (await world.location()).isolate()
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as never
  const queue = { send: async () => undefined }
  const ingestDeps = createDeps(
    {
      ...{ CATALOGUE: rawCatalogue, OPERATIONS: operations, CACHE: world.everywhereKv, ARCHIVE: {}, LIVE: {} },
      ...{ OUTBOX: queue, EVENTS: queue, INBOX: queue, IMPRESSIONS: queue, ENRICH: queue, SIGNING_SECRET },
      ...{ ADMIN_KEY_HASH: await sha256(KEYS.admin), WEBHOOK_SECRETS_KEY: SECRET },
    } as unknown as Env,
    clock,
    silentLog,
  )
  const ingest = createIngestApp(() => ingestDeps)
  const putShelf: ShelfParts['cache']['putShelf'] = async (shop, digest, kept) => {
    written.push(digest)
    await isolate.cache.putShelf(shop, digest, kept)
  }
  const cache = createCacheStore(world.everywhereKv)
  const deps = {
    ...{ clock, log: silentLog, signingSecret: SIGNING_SECRET },
    shelf: { ...isolate, cache: { ...isolate.cache, putShelf } },
    configs: createConfigMemory(shops, cache, clock, silentLog),
    impressions: { add: async (record: ImpressionRecord) => void impressions.push(record) },
    limit: { limit: async () => ({ success: true }) },
    ingest: {
      fetch: (url: string, init: RequestInit) =>
        ingest.fetch(new Request(url, { ...init, duplex: 'half' } as RequestInit), {}, context),
    },
  } as unknown as ApiDeps
  api = createApiApp(() => deps)
})

async function call(method: string, path: string, key: string, json?: unknown) {
  const work: Array<Promise<unknown>> = []
  const context = { waitUntil: (one: Promise<unknown>) => work.push(one), passThroughOnException: () => {}, props: {} }
  const headers = {
    authorization: `Bearer ${key}`,
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const init = { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) }
  const response = await api.fetch(new Request(`http://api.test${path}`, init), {}, context as never)
  await Promise.all(work)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const shelf = async (json: object = { placement: 'home', limit: 5 }): Promise<RecommendationResponse> =>
  recommendationResponseSchema.parse((await call('POST', '/v1/recommendations', KEYS.pk, json)).body)
const idsOf = (of: { items: Array<{ id: string }> }) => of.items.map((item) => item.id)
const pinOf = (...item_ids: string[]) => [{ id: 'p', name: 'A pin', action: { kind: 'pin', item_ids } }]

test('a draft is previewed as any shopper by a shop’s secret key and by an administrator, and by nobody else', async () => {
  const plain = await shelf()
  const last = idsOf(plain)[4]!
  const body = { rules: pinOf(last), request: { placement: 'home', limit: 5, user_id: 'u-anyone' } }
  const [impressionsBefore, writtenBefore] = [impressions.length, written.length]
  for (const key of [KEYS.sk, KEYS.admin]) {
    const answer = await call('POST', `${BASE}/preview`, key, body)
    const told = rulesPreviewSchema.parse(answer.body)
    expect([answer.status, idsOf(told.before), idsOf(told.after)[0]]).toEqual([200, idsOf(plain), last])
  }
  expect([impressions.length, written.length]).toEqual([impressionsBefore, writtenBefore])
  const refused = async (key: string, path = `${BASE}/preview`, json: unknown = body) => {
    const { status, body: told } = await call('POST', path, key, json)
    return [status, told.code]
  }
  expect(await refused(KEYS.pk)).toEqual([403, 'forbidden'])
  expect(await refused(`${KEYS.admin}x`)).toEqual([401, 'unauthorized'])
  expect(await refused(KEYS.sk, '/v1/shops/another/rules/preview')).toEqual([403, 'forbidden'])
  expect(await refused(KEYS.admin, '/v1/shops/another/rules/preview')).toEqual([404, 'not_found'])
  expect(await refused(KEYS.sk, undefined, { ...body, request: { placement: 'attic' } })).toEqual([
    404,
    'unknown_placement',
  ])
  expect(await refused(KEYS.sk, undefined, { ...body, rules: [{ id: 'p' }] })).toEqual([400, 'invalid_request'])
  // The shelf is what it was.
  expect(idsOf(await shelf())).toEqual(idsOf(plain))
})

test('a published rule is on every shelf within half a minute, the shared ones included; so is its end', async () => {
  const plain = idsOf(await shelf())
  const last = plain[4]!
  expect((await shelf()).served.cache).toBe('hit')
  const published = await call('PUT', BASE, KEYS.admin, { rules: pinOf(last), expect: 0 })
  expect([published.status, published.body]).toMatchObject([201, { version: 1, label: 'administrator' }])
  expect((await call('PUT', BASE, KEYS.sk, { rules: [], expect: 0 })).status).toBe(409)
  world.clock.advance(HELD_MS)
  const ruled = await shelf()
  expect([idsOf(ruled)[0], ruled.served.cache]).toEqual([last, 'none'])
  expect(impressions.at(-1)).toMatchObject({ rules_version: 1, by_rule: [last] })
  // A preview compares with what is active now, whatever the isolate remembers.
  await call('POST', `${BASE}/rollback`, KEYS.sk, { version: 0 })
  const preview = await call('POST', `${BASE}/preview`, KEYS.sk, {
    rules: [],
    request: { placement: 'home', limit: 5 },
  })
  expect(preview.body.active_version).toBe(2)
  world.clock.advance(HELD_MS)
  expect(idsOf(await shelf())).toEqual(plain)
})

test('browser keys neither read nor write rules', async () => {
  for (const [method, path] of [
    ['GET', BASE],
    ['GET', `${BASE}/versions`],
    ['PUT', BASE],
    ['POST', `${BASE}/rollback`],
  ] as const) {
    expect((await call(method, path, KEYS.pk, method === 'GET' ? undefined : { rules: [], version: 0 })).status).toBe(
      403,
    )
  }
})
