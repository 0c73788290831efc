import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../shared/base/clock.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import type { Fetched } from '../../shared/ingest/webhooks/platform_client.ts'
import { createIngestWorker, type IngestWorker } from '../../tests/support/ingest_worker.ts'
import { NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../tests/support/unit_catalogue.ts'
import {
  type SentItem,
  secretOf,
  shopifyProduct,
  signShopify,
  signStandard,
} from '../../tests/support/webhook_senders.ts'
import { createDeps } from './deps.ts'

const SHOPIFY = secretOf('shopify', 'one')
const item = (over: Partial<SentItem> = {}): SentItem => ({
  id: '101',
  title: 'Round teapot',
  description: 'Holds a litre',
  brand: 'Hearth',
  visible: true,
  currency: 'EUR',
  variants: [{ id: '201', price: 2_500, stock: 3 }],
  createdAtMs: NOW - 10 * MINUTE_MS,
  updatedAtMs: NOW - MINUTE_MS,
  ...over,
})
const envelope = (id: string, topic = 'products/update') => ({
  topic,
  id,
  triggeredAtMs: NOW,
  shopDomain: 'one.example',
})
const signed = (id = 'd-1', body = shopifyProduct(item()), secret = SHOPIFY, topic?: string) =>
  signShopify(secret, envelope(id, topic), body)

async function withShopify(options: Parameters<typeof createIngestWorker>[0] = {}) {
  const worker = await createIngestWorker(options)
  await worker.putSource('shopify', { kind: 'shopify', secrets: [SHOPIFY] })
  return worker
}
const send = (worker: IngestWorker, delivery = signed(), shop = SHOP) =>
  worker.deliver('shopify', delivery.headers, delivery.body, shop)
const titles = (worker: IngestWorker) =>
  worker.rows(worker.catalogue, 'SELECT id, title FROM items WHERE shop = ?1', SHOP)

test('a signed product is committed with its outbox row and remembered, and the consumer is told', async () => {
  const worker = await withShopify()
  const answer = await send(worker)
  expect([answer.status, answer.body.outcome, answer.body.id]).toEqual([200, 'applied', 'd-1'])
  expect(await titles(worker)).toEqual([{ id: '101', title: 'Round teapot' }])
  expect(await worker.rows(worker.catalogue, 'SELECT item FROM outbox')).toEqual([{ item: '101' }])
  expect(await worker.rows(worker.catalogue, 'SELECT source, id, outcome FROM deliveries')).toEqual([
    { source: 'shopify', id: 'd-1', outcome: 'applied' },
  ])
  expect(worker.queues.outbox.waiting().map((message) => message.body)).toEqual([{ kind: 'outbox', shop: SHOP }])
})

test('a repeated delivery does nothing and says so', async () => {
  const worker = await withShopify()
  await send(worker)
  const again = await send(worker)
  expect([again.status, again.body.outcome]).toEqual([200, 'duplicate'])
  expect(await worker.rows(worker.catalogue, 'SELECT item FROM outbox')).toHaveLength(1)
})

test('the same delivery at the same moment has one effect', async () => {
  const worker = await withShopify()
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(worker)))
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  expect(await worker.rows(worker.catalogue, 'SELECT item FROM outbox')).toHaveLength(1)
  expect(await worker.rows(worker.catalogue, 'SELECT id FROM deliveries')).toHaveLength(1)
})

test('nobody learns from a refusal which sources there are', async () => {
  const worker = await withShopify()
  const wrong = signed('d', shopifyProduct(item()), 'another secret')
  const { 'x-shopify-hmac-sha256': _gone, ...unsigned } = signed().headers
  const answers = await Promise.all([
    worker.deliver('shopify', wrong.headers, wrong.body),
    worker.deliver('shopify', unsigned, signed().body),
    worker.deliver('nothing', signed().headers, signed().body),
    worker.deliver('shopify', signed().headers, signed().body, OTHER_SHOP),
    worker.deliver('shopify', signed().headers, signed().body, 'no-such-shop'),
    worker.deliver('NOT%20A%20NAME', signed().headers, signed().body),
  ])
  expect(answers.map((answer) => answer.status)).toEqual(Array(6).fill(401))
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
  expect(await titles(worker)).toEqual([])
})

test('a caller header and a key buy nothing at this door', async () => {
  const worker = await withShopify()
  const headers = { 'x-shelfwise-caller': `{"role":"shop","shop":"${SHOP}","kind":"sk"}`, authorization: 'Bearer sk_x' }
  expect((await worker.deliver('shopify', headers, '{}')).status).toBe(401)
})

test('a body beyond the limit is refused as such', async () => {
  const worker = await withShopify()
  const body = new Uint8Array(LIMITS.webhookBodyBytes + 1)
  expect((await worker.deliver('shopify', signed().headers, body)).status).toBe(413)
})

test('what cannot be committed is not acknowledged, and its repetition is taken', async () => {
  let broken = true
  const worker = await withShopify({
    adapt: (deps) => {
      const apply: typeof deps.items.apply = (...input) =>
        broken ? Promise.reject(new Error('D1_ERROR: the database is overloaded')) : deps.items.apply(...input)
      return { ...deps, webhooks: { ...deps.webhooks, items: { apply } } }
    },
  })
  const refused = await send(worker)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
  broken = false
  expect((await send(worker)).body.outcome).toBe('applied')
})

test('a source that cannot be read is not a signature that is wrong', async () => {
  const worker = await createIngestWorker({
    adapt: (deps) => ({
      ...deps,
      webhooks: {
        ...deps.webhooks,
        memory: { ...deps.webhooks.memory, get: () => Promise.reject(new Error('D1_ERROR: no answer')) },
      },
    }),
  })
  expect((await send(worker)).status).toBe(503)
})

test.each([
  ['not JSON', '{"id":'],
  ['another shape', '{"id":{"a":[]},"title":7}'],
  ['a list', '[]'],
  ['nothing', ''],
])('content that cannot be taken is acknowledged and kept: %s', async (_name, body) => {
  const worker = await withShopify()
  const answer = await send(worker, signed('bad', body))
  expect([answer.status, answer.body.outcome]).toEqual([200, 'dead_letter'])
  const { body: list } = await worker.call('GET', '/v1/dead-letters')
  expect(list).toMatchObject({ dead_letters: [{ origin: 'webhook:shopify', ref: 'bad', attempts: 1 }], cursor: null })
  // Sent again it is read again, and is one letter still: its reason may have been mended meanwhile.
  expect((await send(worker, signed('bad', body))).body.outcome).toBe('dead_letter')
  const { body: after } = await worker.call('GET', '/v1/dead-letters')
  expect(after).toMatchObject({ dead_letters: [{ ref: 'bad', attempts: 2 }] })
})

test('a database that can never take a value does not make the sender try for two days', async () => {
  const worker = await withShopify({
    adapt: (deps) => {
      const apply: typeof deps.items.apply = (shop, writes, ...rest) =>
        writes.length > 0
          ? Promise.reject(new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG'))
          : deps.items.apply(shop, writes, ...rest)
      return { ...deps, webhooks: { ...deps.webhooks, items: { apply } } }
    },
  })
  expect((await send(worker)).body.outcome).toBe('dead_letter')
})

test("WooCommerce's unsigned greeting gets exactly 200, everywhere, and does nothing", async () => {
  const worker = await createIngestWorker()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const source of ['woocommerce', 'nothing']) {
    const answer = await worker.deliver(source, headers, 'webhook_id=7')
    expect([answer.status, answer.body.outcome]).toEqual([200, 'ignored'])
  }
  expect((await worker.deliver('woocommerce', headers, 'webhook_id=7&x=1')).status).toBe(401)
  expect(await worker.rows(worker.catalogue, 'SELECT id FROM deliveries')).toEqual([])
})

test('a secret is exchanged without a delivery lost, and at once', async () => {
  const worker = await withShopify()
  await send(worker, signed('d-1'))
  // Another isolate's write: this one still holds the old secret in memory.
  await worker.putSource('shopify', { kind: 'shopify', secrets: ['the second secret', SHOPIFY] })
  const body = shopifyProduct(item())
  expect((await send(worker, signed('d-2', body, 'the second secret'))).status).toBe(200)
  expect((await send(worker, signed('d-3', body))).status).toBe(200)
  await worker.putSource('shopify', { kind: 'shopify', secrets: ['the second secret'] })
  worker.clock.advance(MINUTE_MS)
  expect((await send(worker, signed('d-4', body))).status).toBe(401)
})

test('a source is configured, shown without its secrets, and removed', async () => {
  const worker = await createIngestWorker()
  const secret = secretOf('standard', 'x')
  const put = await worker.call('PUT', '/v1/webhooks/own-shop', {
    kind: 'standard',
    secrets: [secret],
    currency: 'EUR',
  })
  expect(put.status).toBe(201)
  const shown = await worker.call('GET', '/v1/webhooks/own-shop')
  expect(shown.body).toMatchObject({
    ...{ source: 'own-shop', kind: 'standard', currency: 'EUR', path: `/webhooks/own-shop/${SHOP}` },
    secrets: [{ fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) }],
  })
  expect(JSON.stringify([put.body, shown.body])).not.toContain(secret)
  const [row] = await worker.rows(worker.operations, 'SELECT * FROM webhook_sources')
  expect(JSON.stringify(row)).not.toContain(secret)
  const delivery = signStandard(
    secret,
    'msg_1',
    NOW,
    '{"type":"product.deleted","timestamp":"2026-01-01T00:00:00Z","data":{"id":"x"}}',
  )
  expect((await worker.deliver('own-shop', delivery.headers, delivery.body)).status).toBe(200)
  expect((await worker.call('GET', '/v1/webhooks')).body).toMatchObject({ sources: [{ source: 'own-shop' }] })
  expect((await worker.call('GET', '/v1/webhooks/deliveries')).body).toMatchObject({
    deliveries: [{ source: 'own-shop', id: 'msg_1' }],
  })
  expect((await worker.call('DELETE', '/v1/webhooks/own-shop')).status).toBe(200)
  expect((await worker.call('GET', '/v1/webhooks/own-shop')).status).toBe(404)
  expect((await worker.deliver('own-shop', delivery.headers, delivery.body)).status).toBe(401)
})

test.each([
  ['a mapping source without a mapping', { kind: 'mapping', secrets: ['12345678'] }, '/mapping'],
  ['a Standard secret of another form', { kind: 'standard', secrets: ['just some text'] }, '/secrets/0'],
  ['a Standard secret of few bytes', { kind: 'standard', secrets: ['whsec_AAAA'] }, '/secrets/0'],
  ['no secret', { kind: 'shopify', secrets: [] }, '/secrets'],
  [
    'an api that is not https',
    { kind: 'bigcommerce', secrets: ['12345678'], api: { url: 'http://x.example', token: '12345678' } },
    '/api/url',
  ],
])('a configuration that would take nothing is refused: %s', async (_name, body, pointer) => {
  const worker = await createIngestWorker()
  const answer = await worker.call('PUT', '/v1/webhooks/x', body)
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
})

test('a browser key configures nothing and sees nothing', async () => {
  const worker = await createIngestWorker()
  const pk = { role: 'shop', shop: SHOP, kind: 'pk' } as const
  for (const [method, path] of [
    ['GET', '/v1/webhooks'],
    ['PUT', '/v1/webhooks/x'],
    ['GET', '/v1/dead-letters'],
    ['POST', '/v1/dead-letters/1/replay'],
    ['GET', '/admin/dead-letters'],
  ] as const)
    expect((await worker.call(method, path, method === 'PUT' ? {} : undefined, pk)).status).toBe(403)
})

test('the worker does not start without the key of the secrets, and says which', async () => {
  const { env } = await createIngestWorker()
  for (const WEBHOOK_SECRETS_KEY of [undefined as unknown as string, '', 'short'])
    expect(() => createDeps({ ...env, WEBHOOK_SECRETS_KEY })).toThrow('wrangler secret put WEBHOOK_SECRETS_KEY')
})

test('with another key the secrets do not open: the sender keeps the delivery', async () => {
  const worker = await withShopify()
  const other = createDeps(
    { ...worker.env, WEBHOOK_SECRETS_KEY: 'another key, long enough to be one of its kind' },
    worker.clock,
  )
  await expect(other.webhooks.memory.get(SHOP, 'shopify')).rejects.toThrow('WEBHOOK_SECRETS_KEY')
  // And a sealed text moved to another shop opens for nobody.
  await worker.operations.prepare(`UPDATE webhook_sources SET shop = ?1`).bind(OTHER_SHOP).run()
  expect((await send(worker, signed(), OTHER_SHOP)).status).toBe(503)
})

test('of several products the readable ones are taken; the delivery is kept for the others, until it is taken whole', async () => {
  const worker = await createIngestWorker()
  const source = (price: string) => ({
    kind: 'mapping' as const,
    secrets: ['a mapping secret'],
    mapping: {
      signature: { header: 'x-sig', encoding: 'hex' as const },
      id_header: 'x-id',
      item: 'products[]',
      fields: { id: 'sku', title: 'name', price },
      deleted: { path: 'gone', equals: true },
    },
    currency: 'EUR',
  })
  await worker.call('PUT', '/v1/webhooks/own', source('net'))
  const { createHmac } = await import('node:crypto')
  const body = '{"products":[{"sku":"p-1","name":"Teapot","gross":"12.50"},{"sku":"p-2","gone":true}]}'
  const sign = createHmac('sha256', 'a mapping secret').update(body).digest('hex')
  const headers = { 'x-sig': sign, 'x-id': 'd-1', 'content-type': 'application/json' }
  const letters = async () =>
    ((await worker.call('GET', '/v1/dead-letters')).body as { dead_letters: unknown[] }).dead_letters
  expect((await worker.deliver('own', headers, body)).body).toMatchObject({ outcome: 'partial' })
  expect(await letters()).toHaveLength(1)
  await worker.call('PUT', '/v1/webhooks/own', source('gross'))
  expect((await worker.deliver('own', headers, body)).body).toMatchObject({ outcome: 'applied' })
  expect(await letters()).toEqual([])
  expect((await worker.deliver('own', headers, body)).body).toMatchObject({ outcome: 'duplicate' })
})

test('a market that the shop does not have is no place for offers', async () => {
  const worker = await createIngestWorker()
  const refused = await worker.call('PUT', '/v1/webhooks/own', {
    kind: 'shopify',
    secrets: ['a-shopify-secret'],
    market: 'XX',
  })
  expect([refused.status, refused.body]).toMatchObject([400, { errors: [{ pointer: '/market' }] }])
})

test('a dead letter is sent again once its cause is gone, and then it is gone', async () => {
  const worker = await createIngestWorker()
  const mapping = (path: string) => ({
    kind: 'mapping' as const,
    secrets: ['a mapping secret'],
    mapping: {
      signature: { header: 'x-sig', encoding: 'hex' as const },
      fields: { id: path, title: 'name', price: 'price', currency: 'currency' },
    },
  })
  await worker.call('PUT', '/v1/webhooks/own', mapping('wrong'))
  const { createHmac } = await import('node:crypto')
  const body = '{"sku":"t-1","name":"Teapot","price":"12.50","currency":"EUR"}'
  const headers = {
    'x-sig': createHmac('sha256', 'a mapping secret').update(body).digest('hex'),
    'content-type': 'application/json',
  }
  expect((await worker.deliver('own', headers, body)).body.outcome).toBe('dead_letter')
  const { dead_letters } = (await worker.call('GET', '/v1/dead-letters?origin=webhook:own')).body as {
    dead_letters: Array<{ seq: number }>
  }
  const path = `/v1/dead-letters/${dead_letters[0]!.seq}`
  const full = await worker.call('GET', path)
  expect(full.body).toMatchObject({ body, body_encoding: 'utf8', headers: { 'content-type': 'application/json' } })
  expect(JSON.stringify(full.body)).not.toContain(headers['x-sig'])
  expect((await worker.call('POST', `${path}/replay`)).body).toMatchObject({ replayed: false })
  expect((await worker.call('GET', path)).body).toMatchObject({ attempts: 2 })
  // Another shop neither sees nor touches it.
  const other = { role: 'shop', shop: OTHER_SHOP, kind: 'sk' } as const
  expect((await worker.call('GET', path, undefined, other)).status).toBe(404)
  expect((await worker.call('DELETE', path, undefined, other)).status).toBe(404)
  expect((await worker.call('GET', '/v1/dead-letters', undefined, other)).body).toMatchObject({ dead_letters: [] })
  const admin = { role: 'admin' } as const
  expect((await worker.call('GET', `/admin/dead-letters?shop=${SHOP}`, undefined, admin)).body).toMatchObject({
    dead_letters: [{ shop: SHOP }],
  })
  await worker.call('PUT', '/v1/webhooks/own', mapping('sku'))
  expect((await worker.call('POST', `${path}/replay`)).body).toMatchObject({
    replayed: true,
    receipt: { outcome: 'applied' },
  })
  expect(await titles(worker)).toEqual([{ id: 't-1', title: 'Teapot' }])
  expect((await worker.call('GET', path)).status).toBe(404)
  expect((await worker.rows(worker.catalogue, 'SELECT outcome FROM deliveries')).map((row) => row.outcome)).toEqual([
    'applied',
  ])
})

const THIN = (id: number, at = NOW) =>
  JSON.stringify({
    ...{ scope: 'store/product/updated', store_id: '1', hash: `hash-${id}`, producer: 'stores/abc' },
    ...{ created_at: Math.floor(at / 1_000), data: { type: 'product', id } },
  })

async function withBigCommerce(answer: () => Fetched) {
  const asked: string[] = []
  const worker = await createIngestWorker({
    adapt: (deps) => ({
      ...deps,
      webhooks: {
        ...deps.webhooks,
        platform: {
          product: async (_api, id) => {
            asked.push(id)
            return answer()
          },
        },
      },
    }),
  })
  const secret = 'bc client secret'
  await worker.putSource('bigcommerce', {
    kind: 'bigcommerce',
    secrets: [secret],
    api: { url: 'https://bc.example/v3', token: '12345678' },
  })
  const deliver = (id: string, body: string) => {
    const { headers } = signStandard(`whsec_${Buffer.from(secret).toString('base64')}`, id, worker.clock.now(), body)
    return worker.deliver('bigcommerce', headers, body)
  }
  return { worker, asked, deliver }
}

test('a thin delivery is fetched behind its acknowledgement; a platform that fails is asked again later', async () => {
  let answer: Fetched = { kind: 'failed', detail: 'the platform answered 500', retryAfterMs: null }
  const { worker, asked, deliver } = await withBigCommerce(() => answer)
  expect((await deliver('msg_1', THIN(77))).body.outcome).toBe('waiting')
  expect(worker.queues.inbox.waiting()).toHaveLength(1)
  await worker.drain()
  await worker.drain()
  expect(asked).toEqual(['77'])
  answer = { kind: 'gone' }
  worker.clock.advance(MINUTE_MS)
  await worker.drain()
  expect(asked).toEqual(['77', '77'])
  expect(await worker.rows(worker.catalogue, 'SELECT id, deleted_at IS NOT NULL AS gone FROM items')).toEqual([
    { id: '77', gone: 1 },
  ])
  expect(await worker.rows(worker.catalogue, 'SELECT key FROM waiting_effects')).toEqual([])
})

test('a product that its platform does not give for two days becomes a dead letter, and can be asked for again', async () => {
  let answer: Fetched = { kind: 'failed', detail: 'the platform answered 401', retryAfterMs: null }
  const { worker, deliver } = await withBigCommerce(() => answer)
  await deliver('msg_1', THIN(77))
  for (let hour = 0; hour < 60; hour++) {
    await worker.drain()
    worker.clock.advance(60 * MINUTE_MS)
  }
  const { dead_letters } = (await worker.call('GET', '/v1/dead-letters')).body as {
    dead_letters: Array<{ seq: number; code: string }>
  }
  expect(dead_letters).toMatchObject([{ code: 'fetch_failed', detail: 'the platform answered 401', kind: 'effect' }])
  answer = { kind: 'gone' }
  expect((await worker.call('POST', `/v1/dead-letters/${dead_letters[0]!.seq}/replay`)).body).toMatchObject({
    replayed: true,
  })
  await worker.drain()
  expect(await worker.rows(worker.catalogue, 'SELECT id FROM items')).toEqual([{ id: '77' }])
})

const PRODUCT = (price: number) => ({
  data: { id: 77, name: 'Teapot', price, date_modified: new Date(NOW - MINUTE_MS).toISOString() },
})
const prices = (worker: IngestWorker) =>
  worker.rows(worker.catalogue, 'SELECT price FROM prices').then((rows) => rows.map((row) => row.price))

test.each([
  [10, 11, 12, 13],
  [13, 12, 11, 10],
])('of answers whose clock is the same the last fetched counts, whatever it says: %j', async (...told) => {
  let price = 0
  const { worker, deliver } = await withBigCommerce(() => ({ kind: 'found', body: PRODUCT(price) }))
  for (const own of told) {
    price = own
    await deliver(`msg_${own}`, THIN(77).replace('hash-77', `hash-${own}`))
    worker.clock.advance(1)
    await worker.drain()
    expect(await prices(worker)).toEqual([own * 100])
  }
})

test('a product that was fetched and is gone within the second of its clock is deleted', async () => {
  let answer: Fetched = { kind: 'found', body: PRODUCT(10) }
  const { worker, deliver } = await withBigCommerce(() => answer)
  await deliver('msg_1', THIN(77, NOW - MINUTE_MS))
  await worker.drain()
  answer = { kind: 'gone' }
  worker.clock.advance(1)
  await deliver('msg_2', THIN(77, NOW - MINUTE_MS).replace('hash-77', 'hash-b'))
  await worker.drain()
  expect(await worker.rows(worker.catalogue, 'SELECT id FROM items WHERE deleted_at IS NULL')).toEqual([])
})

test('what fails on our side every time ends among the dead letters, and not in an hourly attempt for ever', async () => {
  const { worker } = await withBigCommerce(() => ({ kind: 'found', body: PRODUCT(10) }))
  worker.deps.webhooks.items = { apply: () => Promise.reject(new TypeError('a mistake of ours')) }
  await worker.deps.webhooks.deliveries.owe(SHOP, [
    {
      ...{ source: 'bigcommerce', key: 'fetch:product:77', kind: 'fetch', ref: '77', atMs: NOW },
      ...{ effect: '{"kind":"fetch","resource":"product","id":"77"}', createdAtMs: NOW, dueAtMs: NOW },
    },
  ])
  for (let hour = 0; hour < 121; hour++) {
    await worker.drain()
    worker.clock.advance(60 * MINUTE_MS)
  }
  expect(await worker.rows(worker.catalogue, 'SELECT key FROM waiting_effects')).toEqual([])
  expect((await worker.call('GET', '/v1/dead-letters')).body).toMatchObject({
    dead_letters: [{ kind: 'effect', code: 'failed', ref: 'fetch:product:77' }],
  })
})

test('a letter whose effect failed again while it was sent again stays', async () => {
  const { worker, deliver } = await withBigCommerce(() => ({ kind: 'gone' }))
  await deliver('msg_1', THIN(77))
  await worker.call('DELETE', '/v1/webhooks/bigcommerce')
  await worker.drain()
  const { dead_letters } = (await worker.call('GET', '/v1/dead-letters')).body as {
    dead_letters: Array<{ seq: number }>
  }
  const { owe } = worker.deps.webhooks.deliveries
  worker.deps.webhooks.deliveries.owe = async (...input) => {
    await owe(...input)
    // The consumer is quicker than the one who removes the letter.
    await worker.drain()
  }
  await worker.call('POST', `/v1/dead-letters/${dead_letters[0]!.seq}/replay`)
  expect(await worker.rows(worker.catalogue, 'SELECT key FROM waiting_effects')).toEqual([])
  expect((await worker.call('GET', '/v1/dead-letters')).body).toMatchObject({
    dead_letters: [{ ref: 'fetch:product:77', code: 'source_removed' }],
  })
})

test('what a clock that runs ahead told is taken when it is sent again later', async () => {
  const worker = await withShopify()
  const ahead = shopifyProduct(item({ updatedAtMs: NOW + 10 * MINUTE_MS }))
  expect((await send(worker, signed('d-1', ahead))).body.outcome).toBe('dead_letter')
  const { dead_letters } = (await worker.call('GET', '/v1/dead-letters')).body as {
    dead_letters: Array<{ seq: number }>
  }
  const replay = () => worker.call('POST', `/v1/dead-letters/${dead_letters[0]!.seq}/replay`)
  expect((await replay()).body).toMatchObject({ replayed: false })
  worker.clock.advance(10 * MINUTE_MS)
  expect((await replay()).body).toMatchObject({ replayed: true })
  expect(await titles(worker)).toHaveLength(1)
})

test('a second asking while the first is being done is not lost', async () => {
  let during: (() => Promise<unknown>) | null = null
  const { worker, asked, deliver } = await withBigCommerce(() => ({ kind: 'gone' }))
  const product = worker.deps.webhooks.platform.product
  worker.deps.webhooks.platform.product = async (api, id) => {
    const fetched = await product(api, id)
    await during?.()
    during = null
    return fetched
  }
  await deliver('msg_1', THIN(77))
  during = () => deliver('msg_2', THIN(77, NOW + 1_000).replace('hash-77', 'hash-b'))
  await worker.drain()
  expect(asked).toEqual(['77', '77'])
})

test('control: without the guard of versions a second asking is lost', async () => {
  const { worker, asked, deliver } = await withBigCommerce(() => ({ kind: 'gone' }))
  const { createDeliveryStore } = await import('../../shared/store/catalogue/deliveries_store.ts')
  const broken = createDeliveryStore(
    rewritingD1(worker.catalogue, (sql) => sql.replace(' AND version = ?4', ' AND ?4 > 0')),
  )
  worker.deps.webhooks.deliveries = broken
  let once = true
  const product = worker.deps.webhooks.platform.product
  worker.deps.webhooks.platform.product = async (api, id) => {
    const fetched = await product(api, id)
    if (once) {
      once = false
      await deliver('msg_2', THIN(77, NOW + 1_000).replace('hash-77', 'hash-b'))
    }
    return fetched
  }
  await deliver('msg_1', THIN(77))
  await worker.drain()
  expect(asked).toEqual(['77'])
})
