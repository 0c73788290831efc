import { expect, test } from 'vitest'
import { erasureReceiptSchema, type UserPage, userPageSchema } from '../../shared/domain/user_answers.ts'
import { foldEvents } from '../../shared/learn/fold_events.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { createIngestWorker, type IngestWorker } from '../../tests/support/ingest_worker.ts'
import { DAY, iso, NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'

const event = (user: string, item: string, atMs = NOW) => ({
  ...{ type: 'purchase', item_id: item, user_id: user, event_id: `${user}-${item}`, occurred_at: iso(atMs) },
})
const tell = (worker: IngestWorker, events: object[], shop = SHOP) =>
  worker.call('POST', '/v1/events', { events }, { role: 'shop', shop, kind: 'sk' })

async function pages(worker: IngestWorker, path: string): Promise<UserPage[]> {
  const found: UserPage[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `${path.includes('?') ? '&' : '?'}cursor=${cursor}`
    const { status, body } = await worker.call('GET', path + query)
    expect(status).toBe(200)
    const page = userPageSchema.parse(body)
    found.push(page)
    cursor = page.next_cursor
  } while (cursor !== null)
  return found
}

test('everything of a shopper comes out, page by page, and nothing of anybody else', async () => {
  const worker = await createIngestWorker()
  await tell(worker, [event('5', 'old', NOW - DAY), event('55', 'old', NOW - DAY)])
  const archive = createArchive(worker.env.ARCHIVE)
  await foldEvents(worker.deps.inbox, archive, async () => {})
  await tell(worker, [event('5', 'new'), event('55', 'new')])
  await tell(worker, [event('5', 'elsewhere')], OTHER_SHOP)
  const shown = { v: 1, shop: SHOP, shopper: 'u:5', at: NOW, placement: 'home', query: 'pots', shown: ['a', 'b'] }
  await archive.putImpressions(SHOP, '2026-01-01', 'one', [
    JSON.stringify(shown),
    JSON.stringify({ ...shown, shopper: 'u:55' }),
  ])
  await worker.deps.webhooks.orders.put(SHOP, 'shopify', [{ order: '900', shopper: 'u:5' }], NOW)
  const letter = { shop: SHOP, kind: 'delivery', origin: 'webhook:shopify', topic: 'orders/create', code: 'x' } as const
  for (const id of [5, 55])
    await worker.deps.webhooks.letters.put(
      {
        ...letter,
        ref: `of ${id}`,
        detail: '',
        headers: {},
        body: new TextEncoder().encode(JSON.stringify({ customer: { id } })),
      },
      NOW,
    )
  const all = await pages(worker, '/v1/users/5')
  expect(all[0]!.names).toEqual(['u:5'])
  expect(all[0]!.held).toMatchObject({
    recent_events: [{ item_id: 'old' }, { item_id: 'new' }],
    orders: [{ source: 'shopify', order_id: '900' }],
  })
  expect(all.slice(1).map((page) => page.held)).toEqual([null, null, null])
  expect(all.flatMap((page) => page.events).map((own) => own.event_id)).toEqual(['5-new', '5-old'])
  expect(all.flatMap((page) => page.shelves)).toMatchObject([
    { placement: 'home', query: 'pots', item_ids: ['a', 'b'] },
  ])
  expect(all.flatMap((page) => page.dead_letters)).toHaveLength(1)
  expect(JSON.stringify(all)).not.toContain('55')
})

test('of further names too, and of an address its hash', async () => {
  const worker = await createIngestWorker()
  const anonymous = { type: 'view', item_id: 'i', anonymous_id: 'visitor', occurred_at: iso(NOW) }
  await tell(worker, [anonymous])
  const found = await pages(worker, '/v1/users/jane%40example.org?anonymous_id=visitor')
  expect(found[0]!.names).toEqual([
    ...['u:jane@example.org', 'a:visitor', 'e:jane@example.org'],
    expect.stringMatching(/^u:e_[\w-]{22}$/),
  ])
  expect(found.flatMap((page) => page.events)).toHaveLength(1)
})

test('an erasure is asked for once, has a receipt, wakes the eraser, and is seen by nobody else', async () => {
  const worker = await createIngestWorker()
  const asked = await worker.call('DELETE', '/v1/users/5', { emails: ['Jane@Example.org'], session_ids: ['s-1'] })
  expect(asked.status).toBe(202)
  const receipt = erasureReceiptSchema.parse(asked.body)
  expect(receipt).toMatchObject({ state: 'waiting', removed: {}, finished_at: null })
  const again = await worker.call('DELETE', '/v1/users/5', { emails: ['jane@example.org'], session_ids: ['s-1'] })
  expect(again.body).toEqual(asked.body)
  const [row] = await worker.rows(worker.operations, 'SELECT shoppers FROM erasures')
  expect(JSON.parse(String(row!.shoppers))).toEqual([
    ...['u:5', 's:s-1', 'e:jane@example.org'],
    expect.stringMatching(/^u:e_/),
  ])
  expect(await worker.call('GET', `/v1/erasures/${receipt.erasure}`)).toMatchObject({ status: 200, body: receipt })
  const other = { role: 'shop', shop: OTHER_SHOP, kind: 'sk' } as const
  expect((await worker.call('GET', `/v1/erasures/${receipt.erasure}`, undefined, other)).status).toBe(404)
  expect((await worker.call('DELETE', '/v1/users/6')).status).toBe(202)
  const { events } = await tell(worker, [event('5', 'i')])
    .then(() => worker.rows(worker.operations, 'SELECT COUNT(*) AS events FROM event_batches'))
    .then(([one]) => one!)
  expect(events).toBe(0)
})

test('a cursor is sealed, for its shop and its shopper', async () => {
  const worker = await createIngestWorker()
  // As many batches as a page reads: the next begins at a number that counts those of all shops.
  for (let batch = 0; batch < 10; batch++) await tell(worker, [event('55', `i-${batch}`)])
  const first = userPageSchema.parse((await worker.call('GET', '/v1/users/5')).body).next_cursor!
  expect(Buffer.from(first.replace(/^v1\./, ''), 'base64url').toString('latin1')).not.toContain('waiting')
  const to = (path: string, shop = SHOP) =>
    worker.call('GET', `${path}?cursor=${first}`, undefined, { role: 'shop', shop, kind: 'sk' })
  const refused = { status: 400, body: { code: 'invalid_request', errors: [{ pointer: '/cursor' }] } }
  expect(await to('/v1/users/5')).toMatchObject({ status: 200 })
  for (const foreign of [to('/v1/users/5', OTHER_SHOP), to('/v1/users/6'), to('/v1/events')])
    expect(await foreign).toMatchObject(refused)
})

test.each([
  ['GET', '/v1/users/5?cursor=none', undefined, '/cursor'],
  ['GET', `/v1/users/5?cursor=${Buffer.from('["waiting","x"]').toString('base64url')}`, undefined, '/cursor'],
  ['GET', '/v1/users/5?session_id=', undefined, '/session_ids/0'],
  ['DELETE', '/v1/users/5', { emails: ['no address'] }, '/emails/0'],
  ['DELETE', '/v1/users/5', { phones: ['1'] }, ''],
  ['DELETE', `/v1/users/${'x'.repeat(129)}`, undefined, ''],
])('%s %s is refused with where it is wrong', async (method, path, body, pointer) => {
  const worker = await createIngestWorker()
  const answer = await worker.call(method, path, body)
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } })
  expect(await worker.rows(worker.operations, 'SELECT * FROM erasures')).toEqual([])
})

test('browser keys neither read nor forget anybody', async () => {
  const worker = await createIngestWorker()
  for (const method of ['GET', 'DELETE'])
    expect((await worker.call(method, '/v1/users/5', undefined, { role: 'shop', shop: SHOP, kind: 'pk' })).status).toBe(
      403,
    )
})

test('a letter of somebody who is being forgotten is not kept; of everybody else it is', async () => {
  const worker = await createIngestWorker()
  await worker.call('DELETE', '/v1/users/5', { emails: ['jane@example.org'], anonymous_ids: ['order:shopify:900'] })
  const put = (ref: string, body: unknown) =>
    worker.deps.webhooks.letters.put(
      {
        ...{
          shop: SHOP,
          kind: 'delivery',
          origin: 'webhook:shopify',
          topic: 'orders/create',
          code: 'x',
          detail: '',
          ref,
        },
        ...{ headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) },
      },
      NOW,
    )
  await put('by number', { customer: { id: 5 } })
  await put('by address', { email: 'Jane@example.org' })
  await put('by order', { order_id: 900 })
  await put('of another', { customer: { id: 55, email: 'joe@example.org' } })
  const kept = await worker.rows(worker.operations, 'SELECT ref FROM dead_letters')
  expect(kept).toEqual([{ ref: 'of another' }])
})
