import { expect, test } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../../shared/base/clock.ts'
import { createIngestWorker } from '../../tests/support/ingest_worker.ts'
import { NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { type SentOrder, shopifyOrder, shopifyRefund, signShopify } from '../../tests/support/webhook_senders.ts'

const SECRET = 'the secret of the shop'
const order: SentOrder = {
  ...{ id: '900', customer: 'c5', currency: 'EUR', atMs: NOW - MINUTE_MS, updatedAtMs: NOW },
  lines: [{ line: '901', item: '101', variant: '201', quantity: 2, price: 1_500 }],
}

async function withShopify() {
  const worker = await createIngestWorker()
  await worker.putSource('shopify', { kind: 'shopify', secrets: [SECRET] })
  const send = (id: string, topic: string, body: string) => {
    const { headers } = signShopify(SECRET, { topic, id, triggeredAtMs: worker.clock.now(), shopDomain: 'x' }, body)
    return worker.deliver('shopify', headers, body)
  }
  const ordered = () => send('d-order', 'orders/create', shopifyOrder(order))
  const refunded = (id = 'd-refund') => send(id, 'refunds/create', shopifyRefund('950', NOW, order, 1))
  const interactions = async () =>
    (await worker.deps.inbox.batches(0, 1_000))
      .flatMap((batch) => batch.interactions)
      .map((one) => [one.type, one.shopper, one.item, one.quantity])
  const waiting = () => worker.rows(worker.catalogue, 'SELECT kind, attempts FROM waiting_effects')
  return { worker, ordered, refunded, interactions, waiting }
}

const PURCHASE = ['purchase', 'u:100005', '101', 2]
const REFUND = ['refund', 'u:100005', '101', 1]

test('a refund is its shopper’s, once the order told who that is', async () => {
  const { ordered, refunded, interactions, waiting } = await withShopify()
  await ordered()
  expect((await refunded()).body.outcome).toBe('applied')
  expect(await interactions()).toEqual([PURCHASE, REFUND])
  expect(await waiting()).toEqual([])
})

test('a refund that comes before its order waits for it, and is counted as soon as it is there', async () => {
  const { worker, ordered, refunded, interactions, waiting } = await withShopify()
  expect((await refunded()).body.outcome).toBe('waiting')
  await worker.drain()
  expect(await interactions()).toEqual([])
  // Its next attempt would be long from now: the order wakes it.
  for (let attempt = 0; attempt < 6; attempt++) {
    worker.clock.advance(60 * MINUTE_MS)
    await worker.drain()
  }
  expect((await waiting())[0]!.attempts).toBeGreaterThan(3)
  await ordered()
  expect(worker.queues.inbox.waiting().length).toBeGreaterThan(0)
  await worker.drain()
  expect(await interactions()).toEqual([PURCHASE, REFUND])
  expect(await waiting()).toEqual([])
})

test('a refund whose order never comes is counted after three days, and blames nobody', async () => {
  const { worker, refunded, interactions, waiting } = await withShopify()
  await refunded()
  worker.clock.advance(3 * DAY_MS - 1)
  await worker.drain()
  expect(await interactions()).toEqual([])
  worker.clock.advance(1)
  await worker.drain()
  expect(await interactions()).toEqual([['refund', 'a:order:shopify:900', '101', 1]])
  expect(await waiting()).toEqual([])
})

test('a refund told twice, before and after its order, counts once', async () => {
  const { worker, ordered, refunded, interactions } = await withShopify()
  await refunded('d-1')
  await ordered()
  await refunded('d-2')
  await worker.drain()
  expect((await interactions()).filter(([type]) => type === 'refund')).toEqual([REFUND])
})

test('two consumers at once do a waiting effect once', async () => {
  const { worker, ordered, refunded, interactions } = await withShopify()
  await refunded()
  await ordered()
  await Promise.all([worker.drain(), worker.drain(), worker.drain()])
  expect((await interactions()).filter(([type]) => type === 'refund')).toEqual([REFUND])
  const claims = await worker.deps.webhooks.deliveries.claim(worker.clock.now(), worker.clock.now() + 1, 10)
  expect(claims).toEqual([])
})

test('what is owed is not done for a source that was removed; a person decides', async () => {
  const { worker, refunded, waiting } = await withShopify()
  await refunded()
  await worker.call('DELETE', '/v1/webhooks/shopify')
  worker.clock.advance(MINUTE_MS)
  await worker.drain()
  expect(await waiting()).toEqual([])
  expect((await worker.call('GET', '/v1/dead-letters')).body).toMatchObject({
    dead_letters: [{ shop: SHOP, kind: 'effect', code: 'source_removed', ref: 'refund:950' }],
  })
})
