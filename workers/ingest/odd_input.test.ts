/** Requests that hostile input once got a wrong answer for. */
import { expect, test } from 'vitest'
import { createIngestWorker } from '../../tests/support/ingest_worker.ts'
import { iso, itemLine, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { CALLER_HEADER, writeCaller } from '../http/caller.ts'

const HOUR_MS = 3_600_000
const INVALID = { status: 400, body: { code: 'invalid_request' } }

test('a deletion that is dated ahead is refused, and is no failure of ours', async () => {
  const worker = await createIngestWorker()
  const answer = await worker.call('DELETE', `/v1/items/item-1?updated_at=${iso(NOW + HOUR_MS)}`)
  expect(answer).toMatchObject({ ...INVALID, body: { errors: [{ pointer: '/updated_at' }] } })
})

test('a dry run that is misspelt writes nothing', async () => {
  const worker = await createIngestWorker()
  const post = async (query: string) => {
    const headers = {
      [CALLER_HEADER]: writeCaller({ role: 'shop', shop: SHOP, kind: 'sk' }),
      'content-type': 'text/plain',
    }
    const answer = await worker.fetch(`/v1/items:bulk?${query}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(itemLine()),
    })
    return { status: answer.status, body: await answer.json() }
  }
  for (const odd of ['dry_run=1', 'dry_run=True', 'dry_run=', 'dates=iso', 'resolve=id', 'currency=euro', 'market='])
    expect(await post(odd), odd).toMatchObject(INVALID)
  expect(await worker.rows(worker.catalogue, 'SELECT id FROM items')).toEqual([])
  expect(await post('dry_run=false')).toMatchObject({ status: 200 })
  expect(await worker.rows(worker.catalogue, 'SELECT id FROM items')).toHaveLength(1)
})

test('a batch of events has nothing beside them', async () => {
  const worker = await createIngestWorker()
  const events = [{ type: 'view', item_id: 'item-1', user_id: 'u' }]
  expect(await worker.call('POST', '/v1/events', { events, sent_at: iso(NOW) })).toMatchObject(INVALID)
  for (const odd of [null, [], { events: {} }, { events: [] }, {}, 'events'])
    expect(await worker.call('POST', '/v1/events', odd)).toMatchObject(INVALID)
  expect(await worker.call('POST', '/v1/events', { events })).toMatchObject({ status: 202, body: { accepted: 1 } })
})

test('a version and a limit are written in digits', async () => {
  const worker = await createIngestWorker()
  for (const odd of ['%20', '0x0', '1e0', '-0'])
    expect(await worker.call('GET', `/v1/shops/shop-a/rules/versions/${odd}`), odd).toMatchObject(INVALID)
  for (const odd of ['007', '0x5', '1e1', '%205'])
    for (const path of ['/v1/items', '/v1/webhooks/deliveries', '/v1/shops/shop-a/rules/versions'])
      expect(await worker.call('GET', `${path}?limit=${odd}`), `${path} ${odd}`).toMatchObject(INVALID)
  expect(await worker.call('GET', '/v1/shops/shop-a/rules/versions/0')).toMatchObject({ status: 200 })
})
