/** Gates through the routes: what evidence says, a person's word, what shelves are worth, and who may. */
import { beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { NO_EVIDENCE } from '../../shared/domain/gate.ts'
import { gateAnswerSchema, gatesAnswerSchema } from '../../shared/domain/gate_answers.ts'
import { DEFAULT_PLACEMENTS, shopBodySchema } from '../../shared/domain/shop.ts'
import type { StoredGate } from '../../shared/store/catalogue/gates.ts'
import { type IngestDoor, openIngestDoor } from '../../tests/support/ingest_door.ts'

const SHOP = 'shop-a'
const body = shopBodySchema.parse({
  ...{ name: 'A', locale: 'en-GB', market: 'GB', markets: [{ market: 'GB', currency: 'GBP', locale: 'en-GB' }] },
})
const WORTH = { click_micro: 20_000, margin: 0.3, currency: 'GBP', cap_micro: 5_000_000 }

const clock = manualClock(Date.parse('2026-06-01T00:00:00Z'))
let door: IngestDoor
beforeEach(async () => {
  door = await openIngestDoor(clock)
  await door.makeShop(SHOP, body)
  await door.makeShop('shop-b', body)
})

const send = (method: string, path: string, json?: unknown, shop = SHOP) => door.ask(shop, method, path, json)
const list = async (shop = SHOP) => gatesAnswerSchema.parse((await send('GET', '/v1/gates', undefined, shop)).body)
const home = async (shop = SHOP) => (await list(shop)).gates.find(({ placement }) => placement === 'home')!
const put = async (json: unknown, placement = 'home') => {
  const { status, body: told } = await send('PUT', `/v1/gates/${placement}`, json)
  return status === 200 ? gateAnswerSchema.parse(told) : { status, code: told.code }
}
/** What the cron says. */
const decided = (gate: Partial<StoredGate>) =>
  door.deps.gates.put(
    SHOP,
    'home',
    { mode: 'shadow', crossing: null, held: false, since: '2026-05-30', evidence: NO_EVIDENCE, ...gate },
    clock.now(),
  )
const inForce = async () => (await door.deps.shops.config(SHOP))!.gates
const inCopy = async () => (await door.deps.cache.shop(SHOP))!.gates

test('every placement is listed; one that was never decided on is off', async () => {
  const told = await list()
  expect(told.gates.map(({ placement, mode, since }) => [placement, mode, since])).toEqual(
    Object.keys(DEFAULT_PLACEMENTS)
      .sort()
      .map((placement) => [placement, 'off', null]),
  )
  expect(told).toMatchObject({ default_crossing: 5, spent: { days: 28, micro: 0 }, worth: null })
})

test('figures are told as they are kept, and a cost only where there is a price', async () => {
  const figure = { n: 900, mean: 0.02, lower: 0.001, upper: 0.04 }
  const evidence = { ...NO_EVIDENCE, why: 'waits' as const, attempts: 1, preference: figure, gain: figure, cost: 0 }
  await decided({ mode: 'trial', evidence })
  expect((await home()).evidence).toMatchObject({ why: 'waits', preference: figure, gain: figure, cost: null })
  await decided({ mode: 'trial', evidence: { ...evidence, cost: 12, unit: 'micro' } })
  expect((await home()).evidence).toMatchObject({ cost: 12, unit: 'micro' })
})

test('a person’s word is in force at once and stays against the cron, until it is released', async () => {
  expect(await put({ mode: 'live', crossing: 8 })).toMatchObject({ mode: 'live', crossing: 8, held: true })
  expect([await inForce(), await inCopy()]).toEqual([
    { home: { mode: 'live', crossing: 8 } },
    { home: { mode: 'live', crossing: 8 } },
  ])
  await decided({ mode: 'off' })
  expect(await home()).toMatchObject({ mode: 'live', held: true })
  const { body: released } = await send('DELETE', '/v1/gates/home')
  // Its own trial was the first: what comes is judged as strictly as any.
  expect(released).toMatchObject({ mode: 'live', held: false, evidence: { attempts: 1, why: 'waits' } })
  await decided({ mode: 'off' })
  expect(await home()).toMatchObject({ mode: 'off', held: false })
  expect((await send('DELETE', '/v1/gates/cart')).body).toMatchObject({ mode: 'off', held: false, since: null })
})

test('negative control: what the cron says is in force where nobody said otherwise', async () => {
  await decided({ mode: 'live' })
  await decided({ mode: 'off' })
  expect(await home()).toMatchObject({ mode: 'off' })
})

test('what cannot be is refused', async () => {
  expect(await put({ mode: 'on' })).toEqual({ status: 400, code: 'invalid_request' })
  expect(await put({ mode: 'live', crossing: -1 })).toEqual({ status: 400, code: 'invalid_request' })
  expect(await put({ mode: 'live', crosing: 3 })).toEqual({ status: 400, code: 'invalid_request' })
  expect(await put({ mode: 'live' }, 'nowhere')).toEqual({ status: 404, code: 'unknown_placement' })
  expect((await send('DELETE', '/v1/gates/nowhere')).status).toBe(404)
  expect((await send('PUT', '/v1/gates:worth', { ...WORTH, margin: 2 })).status).toBe(400)
  expect((await send('PUT', '/v1/gates:worth', { ...WORTH, cap_micro: 0 })).status).toBe(400)
  expect([await inForce(), (await list()).worth]).toEqual([{}, null])
})

test('what shelves are worth is said, told and forgotten; a placement called worth has its own gate', async () => {
  expect((await send('PUT', '/v1/gates:worth', WORTH)).body).toEqual({ worth: WORTH })
  expect([(await send('GET', '/v1/gates:worth')).body, (await list()).worth]).toEqual([{ worth: WORTH }, WORTH])
  await send('PUT', '/v1/placements/worth', DEFAULT_PLACEMENTS.home)
  expect(await put({ mode: 'shadow' }, 'worth')).toMatchObject({ placement: 'worth', mode: 'shadow' })
  expect((await send('DELETE', '/v1/gates:worth')).body).toEqual({ worth: null })
  expect((await list()).worth).toBeNull()
})

test('a shop sees its own gates, and a browser’s key none', async () => {
  await put({ mode: 'live' })
  expect(await home('shop-b')).toMatchObject({ mode: 'off' })
  for (const [method, path] of [
    ['GET', '/v1/gates'],
    ['PUT', '/v1/gates/home'],
    ['DELETE', '/v1/gates/home'],
    ['GET', '/v1/gates:worth'],
    ['PUT', '/v1/gates:worth'],
    ['DELETE', '/v1/gates:worth'],
  ] as const) {
    expect([path, await door.browserStatus(SHOP, method, path)]).toEqual([path, 403])
  }
  expect(await home()).toMatchObject({ mode: 'live' })
})
