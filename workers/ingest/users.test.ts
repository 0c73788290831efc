import { expect, test } from 'vitest'
import type { PackedHabits } from '../../shared/domain/habits.ts'
import { shopperHash } from '../../shared/domain/shopper_hash.ts'
import { erasureReceiptSchema, type UserPage, userPageSchema } from '../../shared/domain/user_answers.ts'
import { foldEvents } from '../../shared/learn/fold_events.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { createHabitStore, HABITS_END } from '../../shared/store/live/habits.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
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
  expect(all[0]!.names).toEqual(['u:5', 'a:order:shopify:900'])
  expect(all[0]!.held).toMatchObject({
    recent_events: [{ item_id: 'old' }, { item_id: 'new' }],
    orders: [{ source: 'shopify', order_id: '900' }],
  })
  expect(all.slice(1).map((page) => page.held)).toEqual([null, null, null, null])
  expect(all.flatMap((page) => page.events).map((own) => own.event_id)).toEqual(['5-new', '5-old'])
  expect(all.flatMap((page) => page.shelves)).toMatchObject([
    { placement: 'home', query: 'pots', item_ids: ['a', 'b'] },
  ])
  expect(all.flatMap((page) => page.dead_letters)).toHaveLength(1)
  // But for cursors, which hold any letters.
  expect(JSON.stringify(all.map((page) => ({ ...page, next_cursor: null })))).not.toContain('55')
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

const profile = (shopper: string) => ({
  ...{ shopper, events: 3, representatives: [], recipe: 'rules@1' },
  profile: {
    ...{ categories: [], brands: [], attributes: [], price: null, markets: [], topics: [] },
    text: `what ${shopper} likes`,
  },
})
const habits: PackedHabits = [3, 3, 0, 0, 0, [], [], []]

test('of every name, and of the guests of a customer’s orders', async () => {
  const worker = await createIngestWorker()
  const guest = (order: string) => ({ anonymous_id: `order:shopify:${order}`, user_id: undefined })
  await tell(worker, [
    { ...event('g', 'as-guest'), ...guest('900') },
    { ...event('h', 'of-another'), ...guest('901') },
  ])
  const { orders } = worker.deps.webhooks
  await orders.put(SHOP, 'shopify', [{ order: '900', shopper: 'u:5' }], NOW)
  await orders.put(SHOP, 'shopify', [{ order: '901', shopper: 'u:55' }], NOW)
  const named = ['u:5', 'a:visitor', 'a:order:shopify:900', 'u:55']
  await createProfileStore(worker.env.LIVE).put(SHOP, named.map(profile), 0, NOW)
  const keys = named.slice(1).map((name) => [shopperHash(name), habits] as const)
  const shoppers = keys.sort(([a], [b]) => (a < b ? -1 : 1))
  await createHabitStore(worker.env.LIVE).putRange(SHOP, { from: '', to: HABITS_END, shoppers }, NOW)
  const all = await pages(worker, '/v1/users/5?anonymous_id=visitor')
  expect(all[0]!.names).toEqual(['u:5', 'a:visitor', 'a:order:shopify:900'])
  const { held } = all[0]!
  expect(held!.recent_events.map((own) => own.item_id)).toEqual(['as-guest'])
  expect(held!.profile!.text).toBe('what u:5 likes')
  expect(held!.habits!.visits).toBe(3)
  expect(held!.further.map((own) => [own.name, own.profile?.text, own.habits?.visits])).toEqual([
    ['a:visitor', 'what a:visitor likes', undefined],
    ['a:order:shopify:900', 'what a:order:shopify:900 likes', 3],
  ])
  expect(all.flatMap((page) => page.events).map((own) => own.event_id)).toEqual(['g-as-guest'])
  // Control: nobody else's orders tell of this one.
  expect((await pages(worker, '/v1/users/6'))[0]!.names).toEqual(['u:6'])
})

test('of more names than a page has', async () => {
  const worker = await createIngestWorker()
  const numbers = Array.from({ length: 150 }, (_, index) => String(1_000 + index))
  const told = numbers.map((order) => ({ order, shopper: 'u:5' }))
  await worker.deps.webhooks.orders.put(SHOP, 'shopify', told, NOW)
  const guests = numbers.map((order) => `a:order:shopify:${order}`)
  await createProfileStore(worker.env.LIVE).put(SHOP, ['u:5', ...guests].map(profile), 0, NOW)
  const held = (await pages(worker, '/v1/users/5')).flatMap((page) => page.held ?? [])
  expect(held.map((own) => [own.profile !== null, own.further.length, own.orders.length])).toEqual([
    [true, 99, 150],
    [false, 51, 0],
  ])
  expect(held.flatMap((own) => own.further).map((own) => own.name)).toEqual(guests)
})

test('of refunds that wait for an order that was never told', async () => {
  const worker = await createIngestWorker()
  const sql = `INSERT INTO waiting_effects (shop, source, key, kind, ref, effect, at, created_at, due_at)
    VALUES (?1, 'shopify', ?2, 'refund', ?2, '{}', 0, 0, 0)`
  for (const order of ['900', '901']) await worker.catalogue.prepare(sql).bind(SHOP, order).run()
  const [first] = await pages(worker, '/v1/users/5?anonymous_id=order:shopify:900')
  expect(first!.held!.waiting_refunds.map((own) => own.order_id)).toEqual(['900'])
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
  let cursor = ''
  const to = (path: string, shop = SHOP) =>
    worker.call('GET', path + cursor, undefined, { role: 'shop', shop, kind: 'sk' })
  for (let page = 0; page < 2; page++) {
    const next = userPageSchema.parse((await to('/v1/users/5')).body).next_cursor!
    expect(Buffer.from(next.replace(/^v1\./, ''), 'base64url').toString('latin1')).not.toContain('waiting')
    cursor = `?cursor=${next}`
  }
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
