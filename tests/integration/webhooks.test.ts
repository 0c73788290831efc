/** Platforms at the public door of the whole stack, played by the command line. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../cli/program.ts'
import { recordedTerminal, temporaryFolder } from '../../cli/testing/folder.ts'
import * as answers from '../../shared/domain/webhook_answers.ts'
import { demoShop } from '../support/shops.ts'
import { signShopify } from '../support/webhook_senders.ts'
import { ADMIN_KEY, createShop, type Door, openDoor, until, WORK_CRON } from './shop_door.ts'

const shop = demoShop('hearth-and-field')
let door: Door
let sk: string
let pk: string
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  door = await openDoor()
  ;({ sk, pk } = await createShop(door, shop))
  folder = await temporaryFolder()
  const json = { kind: 'shopify', secrets: ['the secret of the merchant'] }
  const put = await door.call('PUT', '/v1/webhooks/other', { key: sk, json })
  answers.webhookSourceAnswerSchema.parse(put.body)
}, 60_000)
afterAll(async () => {
  await door?.stack.stop()
  await folder?.remove()
})

async function shelfwise(...args: string[]) {
  const terminal = recordedTerminal(folder.path, { SHELFWISE_URL: String(door.stack.url), SHELFWISE_KEY: sk })
  const code = await run(['webhook', ...args], terminal)
  return { code, out: terminal.outLines.join('\n'), notes: terminal.noteLines.join('\n') }
}
const rows = async (binding: 'CATALOGUE' | 'OPERATIONS' | 'LIVE', sql: string) =>
  (await (await door.stack.database(binding)).prepare(sql).all()).results as Array<Record<string, unknown>>

test('one command plays a platform: the source is made, the delivery signed, the product there', async () => {
  const first = await shelfwise('send', '--source', 'shopify', '--topic', 'products/update', '--sample')
  expect(first, first.notes).toMatchObject({ code: 0 })
  expect(first.notes).toContain('made the source "shopify"')
  expect(first.out).toMatch(/^shopify products\/update: applied \(1 item\)\nnext: /)
  expect(await rows('CATALOGUE', `SELECT title FROM items WHERE id = '9000001'`)).toEqual([
    { title: 'Sample teapot from Shopify' },
  ])
  for (const kind of ['woocommerce', 'standard']) {
    const sent = await shelfwise('send', '--source', kind)
    expect([sent.code, sent.out], sent.notes).toEqual([0, expect.stringContaining('applied')])
  }
  expect((await shelfwise('list', '--deliveries')).out).toMatch(/shopify +products\/update +applied/)
})

test.each([
  ['shopify', 'products/create'],
  ['shopify', 'inventory_levels/update'],
  ['shopify', 'orders/create'],
  ['shopify', 'refunds/create'],
  ['shopify', 'products/delete'],
  ['woocommerce', 'product.deleted'],
  ['standard', 'product.deleted'],
])('the sample of %s %s is understood', async (source, topic) => {
  const sent = await shelfwise('send', '--source', source, '--topic', topic)
  expect([sent.code, sent.out], sent.notes).toEqual([0, expect.stringMatching(/: applied \(/)])
})

test('a thin delivery waits for its platform, which the source does not name', async () => {
  const sent = await shelfwise('send', '--source', 'bigcommerce')
  expect([sent.code, sent.out], sent.notes).toEqual([0, expect.stringContaining('waiting (1 waiting)')])
  // The queue's consumer tried at once and put it off.
  await until(
    'an attempt',
    () => rows('CATALOGUE', 'SELECT attempts, error FROM waiting_effects'),
    (seen) => seen.length === 1 && Number(seen[0]!.attempts) > 0,
  )
})

test('what cannot be taken is acknowledged, listed, sent again and dropped', async () => {
  await mkdir(folder.path, { recursive: true })
  await writeFile(join(folder.path, 'broken.json'), '{"id":')
  const sent = await shelfwise('send', '--source', 'shopify', '--file', 'broken.json')
  expect([sent.code, sent.out]).toEqual([1, expect.stringContaining('dead_letter')])
  const listed = await shelfwise('list')
  expect(listed.out).toMatch(/webhook:shopify +products\/update +unreadable/)
  const { dead_letters } = answers.deadLettersAnswerSchema.parse(JSON.parse((await shelfwise('list', '--json')).out))
  const seq = String(dead_letters[0]!.seq)
  const again = await shelfwise('replay', seq)
  expect([again.code, again.out]).toEqual([1, expect.stringContaining('failed again')])
  expect((await shelfwise('replay', '--all')).code).toBe(1)
  expect((await shelfwise('drop', seq)).out).toBe(`${seq}: dropped`)
  expect((await shelfwise('list')).out).toContain('no dead letters')
  expect((await shelfwise('drop', seq)).code).toBe(3)
  expect((await shelfwise('replay')).code).toBe(2)
  expect((await shelfwise('replay', 'x')).code).toBe(2)
})

test('a source whose secret is not known here is not overwritten', async () => {
  const sent = await shelfwise('send', '--source', 'other', '--kind', 'shopify')
  expect([sent.code, sent.notes]).toEqual([2, expect.stringContaining('--secret')])
  const known = await shelfwise(
    'send',
    '--source',
    'other',
    '--kind',
    'shopify',
    '--secret',
    'the secret of the merchant',
  )
  expect(known.code, known.notes).toBe(0)
  const wrong = await shelfwise('send', '--source', 'other', '--kind', 'shopify', '--secret', 'another secret')
  expect([wrong.code, wrong.notes]).toEqual([3, expect.stringContaining('401')])
})

test('the public door hands on bytes and headers as they were signed, whoever else signs the request', async () => {
  const secret = 'the secret of the merchant'
  const body = '{ "id" : 4711 ,\n "note":"\u00fc\u2028" }'
  const { headers } = signShopify(
    secret,
    { topic: 'products/delete', id: 'exact', triggeredAtMs: Date.now(), shopDomain: 'x' },
    body,
  )
  const path = `/webhooks/other/${shop.shop}`
  const answer = await door.call('POST', path, {
    raw: { body, type: 'application/json' },
    headers: { ...headers, cookie: 'a=b', authorization: 'Bearer nonsense', 'x-shelfwise-caller': '{"role":"admin"}' },
  })
  expect([answer.status, answers.receiptSchema.parse(answer.body).outcome]).toEqual([200, 'applied'])
  const refused = await door.call('POST', path, { raw: { body: `${body} `, type: 'application/json' }, headers })
  expect(refused.status).toBe(401)
  expect((await door.call('GET', path)).status).toBe(405)
  const large = 'x'.repeat(8 * 1024 * 1024 + 1)
  expect((await door.call('POST', path, { raw: { body: large, type: 'application/json' }, headers })).status).toBe(413)
  const ping = { body: 'webhook_id=3', type: 'application/x-www-form-urlencoded' }
  expect((await door.call('POST', path, { raw: ping })).status).toBe(200)
})

test('a thousand refusals do not turn the next signed delivery away', async () => {
  const path = `/webhooks/other/${shop.shop}`
  const statuses = new Set<number>()
  for (let round = 0; round < 10; round++) {
    const answersOf = Array.from({ length: 100 }, () =>
      door.call('POST', path, { json: {}, headers: { 'x-shopify-hmac-sha256': 'no' } }),
    )
    for (const answer of await Promise.all(answersOf)) statuses.add(answer.status)
  }
  expect([...statuses]).toEqual([401])
  const { headers } = signShopify(
    'the secret of the merchant',
    { topic: 'products/delete', id: 'after', triggeredAtMs: 0, shopDomain: 'x' },
    '{"id":1}',
  )
  expect((await door.call('POST', path, { raw: { body: '{"id":1}', type: 'application/json' }, headers })).status).toBe(
    200,
  )
})

test('the keepers of the door need the shop’s secret key, or the admin key', async () => {
  for (const path of ['/v1/webhooks', '/v1/webhooks/deliveries', '/v1/dead-letters', '/admin/dead-letters']) {
    expect((await door.call('GET', path)).status, path).toBe(401)
    expect((await door.call('GET', path, { key: pk })).status, path).toBe(path.startsWith('/admin') ? 401 : 403)
  }
  expect((await door.call('GET', '/admin/dead-letters', { key: ADMIN_KEY })).status).toBe(200)
  answers.webhookSourcesAnswerSchema.parse((await door.call('GET', '/v1/webhooks', { key: sk })).body)
  answers.deliveriesAnswerSchema.parse((await door.call('GET', '/v1/webhooks/deliveries', { key: sk })).body)
})

test('a shopper whom the platform asks to forget is gone from everywhere', async () => {
  await shelfwise('send', '--source', 'shopify', '--topic', 'orders/create')
  await door.stack.cron(WORK_CRON)
  const named = async () => [
    ...(await rows('LIVE', `SELECT 1 FROM recents WHERE shopper = 'u:9400001'`)),
    ...(await rows('OPERATIONS', `SELECT 1 FROM orders WHERE shopper = 'u:9400001'`)),
  ]
  expect(await named()).not.toEqual([])
  const bucket = await door.stack.runtime.getR2Bucket('ARCHIVE', 'shelfwise-enrich')
  const archived = async () => {
    const { objects } = await bucket.list({ prefix: 'events/v1/' })
    const texts = await Promise.all(objects.map(async ({ key }) => (await bucket.get(key))?.text() ?? ''))
    return texts.join('\n')
  }
  expect(await archived()).toContain('"u:9400001"')
  await shelfwise('send', '--source', 'shopify', '--topic', 'customers/redact')
  await door.stack.cron(WORK_CRON)
  expect(await named()).toEqual([])
  expect(await archived()).not.toContain('9400001')
  const [receipt] = await rows('OPERATIONS', 'SELECT state, shoppers, counts FROM erasures')
  expect(receipt).toMatchObject({ state: 'done', shoppers: '[]' })
  expect(JSON.parse(String(receipt!.counts))).toMatchObject({ events: 2, orders: 1 })
})
