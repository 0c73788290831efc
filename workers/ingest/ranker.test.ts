/** The base order through the routes: what was learned, what is in force, the way back, and who may. */
import { beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import type { Ranker } from '../../shared/domain/ranker.ts'
import {
  rankerAnswerSchema,
  rankerStateAnswerSchema,
  rankerVersionAnswerSchema,
} from '../../shared/domain/ranker_answers.ts'
import { shopBodySchema } from '../../shared/domain/shop.ts'
import { DEFAULT_ORDERS, DEFAULT_RANKER } from '../../shared/rank/defaults.ts'
import { type IngestDoor, openIngestDoor } from '../../tests/support/ingest_door.ts'

const SHOP = 'shop-a'
const SHIPPED = DEFAULT_RANKER.version
const body = shopBodySchema.parse({
  ...{ name: 'A', locale: 'en-GB', market: 'GB', markets: [{ market: 'GB', currency: 'GBP', locale: 'en-GB' }] },
})
const rankerOf = (version: string): Ranker => ({
  version,
  orders: { home: { taste_rank: [-4, 1.2, 0.6], wanted_7d: [0, 1.5, -0.9] } },
})
const REPORT = { home: { lists: 90, judged: 20, ndcg: 0.3, shipped: 0.2, kept: true } }

const clock = manualClock(Date.parse('2026-06-01T00:00:00Z'))
let door: IngestDoor
beforeEach(async () => {
  door = await openIngestDoor(clock)
  await door.makeShop(SHOP, body)
  await door.makeShop('shop-b', body)
})

async function learn(version: string) {
  clock.advance(1_000)
  await door.deps.rankers.put(SHOP, rankerOf(version), REPORT, clock.now())
}
const send = (method: string, path: string, json?: unknown, shop = SHOP) => door.ask(shop, method, path, json)
const list = async () => rankerAnswerSchema.parse((await send('GET', '/v1/ranker')).body)
const back = async (json: unknown) => {
  const { status, body: told } = await send('POST', '/v1/ranker:rollback', json)
  return status === 200 ? rankerStateAnswerSchema.parse(told) : { status, code: told.code }
}
const inForce = async () => (await door.deps.shops.config(SHOP))!.ranker?.version ?? SHIPPED
const inCopy = async () => (await door.deps.cache.shop(SHOP))!.ranker?.version ?? SHIPPED

test('what was learned is listed with what it is worth, and shown feature by feature', async () => {
  expect(await list()).toEqual({ version: SHIPPED, shipped: true, held: false, previous: null, versions: [] })
  await learn('a')
  await learn('b')
  const told = await list()
  expect(told).toMatchObject({ version: 'b', shipped: false, held: false, previous: 'a' })
  expect(told.versions.map((one) => [one.version, one.in_force, one.report])).toEqual([
    ['b', true, REPORT],
    ['a', false, REPORT],
  ])
  const shown = rankerVersionAnswerSchema.parse((await send('GET', '/v1/ranker/a')).body)
  expect([shown.in_force, shown.learned_at, shown.report]).toEqual([false, told.versions[1]!.learned_at, REPORT])
  expect(shown.orders.home).toEqual({
    learned: true,
    features: [
      { feature: 'wanted_7d', mean: 0, deviation: 1.5, weight: -0.9 },
      { feature: 'taste_rank', mean: -4, deviation: 1.2, weight: 0.6 },
    ],
  })
  expect([shown.orders.search.learned, shown.orders.search.features.length]).toEqual([
    ...[false, Object.keys(DEFAULT_ORDERS.search).length],
  ])
  const shipped = rankerVersionAnswerSchema.parse((await send('GET', '/v1/ranker/shipped')).body)
  expect(shipped).toMatchObject({ version: SHIPPED, in_force: false, learned_at: null, report: {} })
  expect((await send('GET', '/v1/ranker/nowhere')).status).toBe(404)
})

test('going back holds a version against learning, wherever the configuration is read', async () => {
  await learn('a')
  await learn('b')
  await learn('c')
  expect(await back({})).toEqual({ version: 'b', shipped: false, held: true, previous: 'a' })
  expect([await inForce(), await inCopy()]).toEqual(['b', 'b'])
  await learn('d')
  expect([await inForce(), (await list()).versions[0]!.version]).toEqual(['b', 'd'])
  expect(await back({})).toMatchObject({ version: 'a', previous: SHIPPED })
  expect(await back({})).toEqual({ version: SHIPPED, shipped: true, held: true, previous: null })
  expect([await inForce(), await inCopy()]).toEqual([SHIPPED, SHIPPED])
  expect(await back({})).toEqual({ status: 409, code: 'conflict' })
})

test('a named version, and both names of the shipped order; the same again changes nothing', async () => {
  await learn('a')
  await learn('b')
  for (const _ of [1, 2]) expect(await back({ version: 'a' })).toMatchObject({ version: 'a', held: true })
  for (const version of [null, 'shipped', SHIPPED]) {
    await back({ version: 'b' })
    expect(await back({ version })).toMatchObject({ version: SHIPPED, shipped: true, held: true })
  }
  expect(await back({ version: 'nowhere' })).toEqual({ status: 404, code: 'not_found' })
  expect(await back({ version: 3 })).toEqual({ status: 400, code: 'invalid_request' })
  expect(await back({ versoin: 'a' })).toEqual({ status: 400, code: 'invalid_request' })
  expect(await inForce()).toBe(SHIPPED)
})

test('released, the next learning is in force again', async () => {
  await learn('a')
  await learn('b')
  await back({ version: 'a' })
  const { status, body: told } = await send('POST', '/v1/ranker:release')
  expect([status, told]).toEqual([200, { version: 'a', shipped: false, held: false, previous: SHIPPED }])
  expect(await inForce()).toBe('a')
  await learn('c')
  expect(await inForce()).toBe('c')
})

test('negative control: without a rewritten copy, readers of KV go on with the order that was taken back', async () => {
  const cache = { ...door.deps.cache, putShop: async () => {} }
  door = await openIngestDoor(clock, (deps) => ({ ...deps, cache: { ...deps.cache, putShop: cache.putShop } }))
  await door.makeShop(SHOP, body)
  await learn('a')
  await back({ version: null })
  expect([await inForce(), await door.deps.cache.shop(SHOP)]).toEqual([SHIPPED, null])
})

test("a shop sees its own orders, and a browser's key none", async () => {
  await learn('a')
  expect((await send('GET', '/v1/ranker', undefined, 'shop-b')).body).toMatchObject({ shipped: true, versions: [] })
  expect((await send('POST', '/v1/ranker:rollback', { version: 'a' }, 'shop-b')).status).toBe(404)
  for (const [method, path] of [
    ['GET', '/v1/ranker'],
    ['GET', '/v1/ranker/a'],
    ['POST', '/v1/ranker:rollback'],
    ['POST', '/v1/ranker:release'],
  ] as const) {
    expect([path, await door.browserStatus(SHOP, method, path)]).toEqual([path, 403])
  }
  expect(await inForce()).toBe('a')
})
