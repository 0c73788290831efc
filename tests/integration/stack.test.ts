/** The whole stack in the real local runtime: five workers, three databases, queues, KV, R2, and one HTTP door. */
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ItemLine } from '../../shared/domain/item.ts'
import { itemDetailsSchema } from '../../shared/domain/item_details.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import { type RecommendationResponse, recommendationResponseSchema } from '../../shared/domain/recommendation.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'
import { demoShop } from '../support/shops.ts'
import { ADMIN_KEY, type CallOptions, createShop, type Door, lines, openDoor, settled, until } from './shop_door.ts'

const english = demoShop('hearth-and-field')
const japanese = demoShop('tsukimi')
const SIGNING_SECRET = 'local-signing-secret-not-for-production'

let door: Door
let keys: { sk: string; pk: string }
let japaneseKeys: { sk: string; pk: string }

interface Counts {
  counts: Record<string, number>
}

beforeAll(async () => {
  door = await openDoor()
  keys = await createShop(door, english)
  japaneseKeys = await createShop(door, japanese)
}, 60_000)
afterAll(() => door?.stack.stop())

const at = <T>(list: readonly T[], index: number): T => list.at(index)!

/** One shelf, its body checked against the published schema. */
async function shelf(json: Record<string, unknown>, key = keys.sk): Promise<RecommendationResponse> {
  const answer = await door.call('POST', '/v1/recommendations', { key, json })
  expect(answer.status, answer.text).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return recommendationResponseSchema.parse(answer.body)
}

test('a catalogue is imported once, however often it is sent', { timeout: 60_000 }, async () => {
  for (const [data, key] of [
    [english, keys.sk],
    [japanese, japaneseKeys.sk],
  ] as const) {
    const send = () => door.call('POST', '/v1/items:bulk', { key, raw: lines(data.items) })
    const first = await send()
    expect([first.status, (first.body as Counts).counts]).toMatchObject([
      200,
      { created: data.items.length, rejected: 0 },
    ])
    const again = await send()
    expect((again.body as Counts).counts).toMatchObject({ unchanged: data.items.length, created: 0, updated: 0 })
  }
})

test('events are counted once, however often they are sent', { timeout: 60_000 }, async () => {
  for (const [data, key] of [
    [english, keys.sk],
    [japanese, japaneseKeys.sk],
  ] as const) {
    for (let start = 0; start < data.events.length; start += LIMITS.bulkEventLines) {
      const part = data.events.slice(start, start + LIMITS.bulkEventLines)
      const send = () => door.call('POST', '/v1/events:bulk', { key, raw: lines(part) })
      expect((await send()).body).toMatchObject({ accepted: part.length, duplicates: 0, rejected: [] })
      expect((await send()).body).toMatchObject({ accepted: 0, duplicates: part.length, rejected: [] })
    }
  }
})

test('the background work comes to an end', { timeout: 90_000 }, async () => {
  const english = await settled(door, keys.sk)
  expect(english.waiting.dead_letters).toBe(0)
  expect(english.items.live).toBe(demoShop('hearth-and-field').items.length)
  await settled(door, japaneseKeys.sk)
})

test('every placement makes a full shelf with reasons', async () => {
  const [first, second] = [at(english.items, 4).id, at(english.items, 5).id]
  const bodies = [
    { placement: 'home' },
    { placement: 'home', user_id: 'u-0001' },
    { placement: 'product', item_ids: [first] },
    { placement: 'cart', cart_item_ids: [first, second] },
    { placement: 'generic', query: 'a kettle for tea' },
  ]
  for (const body of bodies) {
    const answer = await shelf(body)
    expect([answer.items.length, answer.served.rung, answer.served.degraded, answer.placement]).toEqual([
      12,
      'L2',
      [],
      body.placement,
    ])
    expect(answer.items.map((item) => item.rank)).toEqual(answer.items.map((_, index) => index + 1))
    expect(answer.items.filter((item) => item.reason !== null).length, JSON.stringify(body)).toBeGreaterThan(5)
    expect(answer.missing_item_ids).toEqual([])
  }
  expect((await shelf({ placement: 'product', item_ids: ['no-such-item'] })).missing_item_ids).toEqual(['no-such-item'])
})

test('an item is told with what was understood of it, to browsers too', async () => {
  const { id } = at(english.items, 0)
  const told = async () => {
    const answer = await door.call('GET', `/v1/items/${encodeURIComponent(id)}?market=GB&key=${keys.pk}`)
    expect(answer.status, answer.text).toBe(200)
    return itemDetailsSchema.parse(answer.body)
  }
  const details = await until('understanding', told, (now) => now.understanding !== null)
  expect(details).toMatchObject({ id, market: 'GB', currency: 'GBP' })
  expect(details.understanding!.summary).not.toBeNull()
  expect(JSON.stringify(details)).not.toContain('"stock"')
  const foreign = await door.call('GET', `/v1/items/${encodeURIComponent(id)}?key=${japaneseKeys.pk}`)
  expect([foreign.status, (foreign.body as { code: string }).code]).toEqual([404, 'not_found'])
  expect((await door.call('GET', `/v1/items/${encodeURIComponent(id)}`)).status).toBe(401)
})

test('each language has its own words', async () => {
  const home = await shelf({ placement: 'home' }, japaneseKeys.sk)
  expect([home.market, home.locale, home.title, at(home.items, 0).price.currency]).toEqual([
    'JP',
    'ja-JP',
    'あなたへのおすすめ',
    'JPY',
  ])
  const taiwan = await shelf({ placement: 'home', market: 'TW' }, japaneseKeys.sk)
  expect([taiwan.locale, at(taiwan.items, 0).price.currency]).toEqual(['zh-TW', 'TWD'])
  const german = await shelf({ placement: 'product', item_ids: [at(english.items, 0).id], market: 'DE' })
  expect([german.locale, german.title, at(german.items, 0).price.currency]).toEqual(['de-DE', 'Passt dazu', 'EUR'])
  const found = await shelf({ query: '万年筆' }, japaneseKeys.sk)
  expect(found.items.slice(0, 3).every((item) => item.title.includes('万年筆') || item.id.startsWith('fp-'))).toBe(true)
})

test('GET with a browser key is the same request as POST', async () => {
  const seed = at(english.items, 7).id
  const query = new URLSearchParams({ key: keys.pk, placement: 'product', item_ids: seed, limit: '6', market: 'IE' })
  const answer = await door.call('GET', `/v1/recommendations?${query}`, { headers: { origin: 'https://shop.example' } })
  expect(answer.status, answer.text).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  const posted = await shelf({ placement: 'product', item_ids: [seed], limit: 6, market: 'IE' }, keys.pk)
  const got = recommendationResponseSchema.parse(answer.body)
  expect(got.items.map((item) => item.id)).toEqual(posted.items.map((item) => item.id))
})

test('a body that comes with a GET says nothing, wherever the answer is made', async () => {
  for (const path of ['/v1/gates', '/v1/ranker', '/v1/items/no-such-item'])
    for (const body of ['', '{"a":1}', 'x'.repeat(70_000)]) {
      const plain = await door.call('GET', path, { key: keys.sk })
      expect(await getWithBody(new URL(path, door.stack.url), keys.sk, body), path).toBe(plain.status)
    }
})

/** No client of the platform sends one. */
function getWithBody(url: URL, key: string, body: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'GET', headers: { ...headers, 'content-length': Buffer.byteLength(body) } })
    asking.on('error', reject)
    asking.on('response', (answer) => resolve(answer.resume().statusCode!))
    asking.end(body)
  })
}

test('pages follow each other without a repetition', async () => {
  const seen = new Set<string>()
  let cursor: string | null = null
  let pages = 0
  do {
    const page: RecommendationResponse = await shelf({
      placement: 'home',
      user_id: 'u-0002',
      limit: 50,
      ...(cursor === null ? {} : { cursor }),
    })
    for (const { id } of page.items) {
      expect(seen.has(id), id).toBe(false)
      seen.add(id)
    }
    cursor = page.next_cursor
    pages += 1
  } while (cursor !== null)
  expect(pages).toBeGreaterThan(2)
})

test('explain=trace says how the shelf came about', async () => {
  const { trace, items } = await shelf({
    placement: 'product',
    item_ids: [at(english.items, 3).id],
    user_id: 'u-0003',
    explain: 'trace',
  })
  expect(trace!.storage.waves).toBeLessThanOrEqual(2)
  expect(trace!.stages.map((stage) => stage.stage)).toEqual(
    expect.arrayContaining(['gather', 'vector_seed', 'finalists']),
  )
  expect(trace!.sources.bought_together).toBeGreaterThan(0)
  const shown = trace!.candidates.filter((one) => one.outcome === 'shown_at_1').map((one) => one.id)
  expect(shown).toEqual([at(items, 0).id])
})

test('a browser may ask from any page before it has a key', async () => {
  const answer = await door.call('OPTIONS', '/v1/recommendations', {
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.headers.get('access-control-allow-methods')).toContain('POST')
  expect(answer.headers.get('access-control-allow-headers')).toContain('authorization')
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
})

const SHELVES = '/v1/recommendations'
const PROBLEMS: ReadonlyArray<
  readonly [name: string, status: number, code: string, method: string, path: string, options: () => CallOptions]
> = [
  [
    'bad JSON',
    400,
    'invalid_json',
    'POST',
    SHELVES,
    () => ({ key: keys.sk, raw: { body: '{"placement":', type: 'application/json' } }),
  ],
  ['an unknown field', 400, 'invalid_request', 'POST', SHELVES, () => ({ key: keys.sk, json: { colour: 'red' } })],
  [
    'a bad cursor',
    400,
    'invalid_cursor',
    'POST',
    SHELVES,
    () => ({ key: keys.sk, json: { placement: 'home', cursor: 'abc' } }),
  ],
  ['no key', 401, 'unauthorized', 'POST', SHELVES, () => ({ json: {} })],
  [
    'a key of nobody',
    401,
    'unauthorized',
    'POST',
    SHELVES,
    () => ({ key: `sk_${english.shop}_${'0'.repeat(32)}`, json: {} }),
  ],
  [
    'a key of no shop',
    401,
    'unauthorized',
    'POST',
    SHELVES,
    () => ({ key: `sk_no-such-shop_${'0'.repeat(32)}`, json: {} }),
  ],
  [
    'a wrong admin key',
    401,
    'unauthorized',
    'PUT',
    '/v1/shops/another',
    () => ({ key: 'ak_wrong', json: english.body }),
  ],
  ['a write with a browser key', 403, 'forbidden', 'DELETE', '/v1/items/x', () => ({ key: keys.pk })],
  [
    'as_of with a browser key',
    403,
    'forbidden',
    'POST',
    SHELVES,
    () => ({ key: keys.pk, json: { as_of: '2026-01-01T00:00:00Z' } }),
  ],
  ['an unknown path', 404, 'not_found', 'GET', '/v1/nothing', () => ({ key: keys.sk })],
  [
    'an unknown placement',
    404,
    'unknown_placement',
    'POST',
    SHELVES,
    () => ({ key: keys.sk, json: { placement: 'attic' } }),
  ],
  ['a wrong method', 405, 'method_not_allowed', 'DELETE', SHELVES, () => ({ key: keys.sk })],
  [
    'a body too large',
    413,
    'payload_too_large',
    'POST',
    SHELVES,
    () => ({ key: keys.sk, raw: { body: ' '.repeat(LIMITS.jsonBodyBytes + 1), type: 'application/json' } }),
  ],
  [
    'an unsupported type',
    415,
    'unsupported_media_type',
    'POST',
    '/v1/items:bulk',
    () => ({ key: keys.sk, raw: { body: '%PDF-1.7', type: 'application/pdf' } }),
  ],
]

for (const [name, status, code, method, path, options] of PROBLEMS) {
  test(`${name} is the problem ${code}`, async () => {
    const answer = await door.call(method, path, { ...options(), headers: { 'x-request-id': 'request-of-the-test' } })
    expect([answer.status, answer.headers.get('content-type')], answer.text).toEqual([
      status,
      'application/problem+json',
    ])
    expect(answer.body).toMatchObject({ code, status, request_id: 'request-of-the-test' })
    expect(answer.headers.get('x-request-id')).toBe('request-of-the-test')
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, POST')
    if (code === 'invalid_request') expect(answer.body).toMatchObject({ errors: [{ detail: expect.any(String) }] })
  })
}

test('a request id that is not harmless is replaced', async () => {
  const answer = await door.call('GET', '/health', { headers: { 'x-request-id': 'a"b<c>' } })
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('a written item is seen by the next shelf that is not shared, and a deleted one is gone', async () => {
  const probe: Partial<ItemLine> = {
    title: 'Quokka whistle in brass',
    offers: [{ market: 'GB', currency: 'GBP', price: 900, stock: 3 }],
  }
  const search = async () => (await shelf({ query: 'quokka whistle', user_id: 'u-probe' })).items.map((item) => item.id)
  const put = await door.call('PUT', '/v1/items/probe-1', { key: keys.sk, json: probe })
  expect([put.status, put.body], put.text).toEqual([200, { id: 'probe-1', outcome: 'created' }])
  expect(at(await search(), 0)).toBe('probe-1')
  const soldOut = { ...probe, offers: [{ market: 'GB', currency: 'GBP', price: 900, stock: 0 }] }
  await door.call('PUT', '/v1/items/probe-1', { key: keys.sk, json: soldOut })
  expect(await search()).not.toContain('probe-1')
  await door.call('PUT', '/v1/items/probe-1', { key: keys.sk, json: probe })
  expect(await search()).toContain('probe-1')
  expect((await door.call('DELETE', '/v1/items/probe-1', { key: keys.sk })).body).toEqual({
    id: 'probe-1',
    outcome: 'deleted',
  })
  expect(await search()).not.toContain('probe-1')
})

test('what was shown arrives in the archive, with all that judging it needs', { timeout: 60_000 }, async () => {
  const shown = await shelf({ placement: 'home', user_id: 'u-archive' })
  const bucket = await door.stack.runtime.getR2Bucket('ARCHIVE', 'shelfwise-enrich')
  const look = async (): Promise<ImpressionRecord[]> => {
    const { objects } = await bucket.list({ prefix: `impressions/v1/${english.shop}/` })
    const texts = await Promise.all(objects.map(async ({ key }) => (await (await bucket.get(key))!.text()).split('\n')))
    return texts.flat().map((line) => JSON.parse(line) as ImpressionRecord)
  }
  const isIt = (record: ImpressionRecord) => record.recommendation_id === shown.recommendation_id
  const record = (await until('the impression', look, (records) => records.some(isIt), 30_000)).find(isIt)!
  expect(record).toMatchObject({
    v: 1,
    shop: english.shop,
    placement: 'home',
    shopper: 'u:u-archive',
    rung: 'L2',
    order: shown.served.order,
    strategy: 'home',
  })
  expect(record.variant).toMatch(/^(control|holdout)$/)
  expect(record.shown).toEqual(shown.items.map((item) => item.id))
  expect(record.propensities).toHaveLength(record.shown.length)
  for (const chance of record.propensities) expect(chance > 0 && chance <= 1).toBe(true)
  expect(record.candidates.length).toBeGreaterThanOrEqual(record.shown.length)
  for (const [id, score, sources] of record.candidates)
    expect([typeof id, typeof score, Array.isArray(sources)]).toEqual(['string', 'number', true])
})

/** The secret parts themselves: a key's prefix and shop may be named. */
const secretsIn = (log: readonly string[], secrets: readonly string[]) =>
  log.filter((line) => secrets.some((secret) => line.includes(secret)))

test('no secret is in any log line', async () => {
  const secrets = [keys.sk, keys.pk, japaneseKeys.sk, japaneseKeys.pk].map((key) => key.split('_').at(-1)!)
  secrets.push(ADMIN_KEY, SIGNING_SECRET)
  expect(secretsIn(door.log, secrets)).toEqual([])
  // Negative control: a line with a secret is found.
  expect(secretsIn([...door.log, `key=${keys.pk}`], secrets)).toHaveLength(1)
})
