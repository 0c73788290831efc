import { beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import {
  eventsBulkAnswerSchema,
  eventsPageSchema,
  itemsBulkAnswerSchema,
  itemsPageSchema,
  shopDetailsSchema,
} from '../../shared/domain/api_answers.ts'
import { type IngestDoor, openIngestDoor } from '../../tests/support/ingest_door.ts'
import { NOW } from '../../tests/support/unit_catalogue.ts'

const MARKETS = [
  { market: 'DE', currency: 'EUR', locale: 'de' },
  { market: 'GB', currency: 'GBP', locale: 'en' },
]
const SETTINGS = { name: 'Shop', locale: 'en', market: 'DE', markets: MARKETS }
let door: IngestDoor
beforeEach(async () => {
  door = await openIngestDoor(manualClock(NOW))
  await door.makeShop('one', SETTINGS)
})

const bulk = async (path: string, type: string, text: string) => {
  const answer = await door.json('one', 'POST', path, { type, text })
  return path.startsWith('/v1/items') ? itemsBulkAnswerSchema.parse(answer) : eventsBulkAnswerSchema.parse(answer)
}
const refused = async (path: string, type: string, text: string) => {
  const response = await door.send('one', 'POST', path, { type, text })
  const { code, detail, errors } = (await response.json()) as Record<string, unknown>
  return { status: response.status, code, detail, errors }
}

const SHOPIFY = `Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price
tee,Tee,Size,S,T-S,10.00
tee,,,M,T-M,free
mug,Mug,Title,Default Title,M-1,5.00
`

test('a table of products is taken, every result with its line in the body', async () => {
  const answer = await bulk('/v1/items:bulk?currency=EUR', 'text/csv; charset=utf-8', SHOPIFY)
  expect(answer).toMatchObject({
    counts: { created: 2, rejected: 1 },
    results: [
      { line: 2, id: 'tee', outcome: 'created' },
      { line: 3, id: 'tee', outcome: 'rejected', errors: [{ pointer: '/Variant Price' }] },
      { line: 4, id: 'mug', outcome: 'created' },
    ],
  })
  expect(await bulk('/v1/items:bulk?currency=EUR', 'text/csv', SHOPIFY)).toMatchObject({ counts: { unchanged: 2 } })
})

test('a dry run writes nothing; the market tells the currency; markets differ otherwise', async () => {
  expect(await bulk('/v1/items:bulk?market=GB&dry_run=true', 'text/csv', SHOPIFY)).toMatchObject({
    counts: { created: 2 },
  })
  expect(itemsPageSchema.parse(await door.json('one', 'GET', '/v1/items')).items).toEqual([])
  await bulk('/v1/items:bulk?market=GB', 'text/csv', SHOPIFY)
  const { items } = itemsPageSchema.parse(await door.json('one', 'GET', '/v1/items'))
  expect(items).toMatchObject([{ id: 'mug', offers: [{ market: 'GB', currency: 'GBP' }] }, { id: 'tee' }])
  expect(await refused('/v1/items:bulk', 'text/csv', SHOPIFY)).toMatchObject({
    status: 400,
    errors: [{ detail: "Shopify's product file names no currency: tell it" }],
  })
})

test('XML, TSV and named JSON formats', async () => {
  const xml = '<rss><channel><item><g:id>a</g:id><g:title>A</g:title><g:price>1 EUR</g:price></item></channel></rss>'
  expect(await bulk('/v1/items:bulk', 'application/xml', xml)).toMatchObject({ counts: { created: 1 } })
  const tsv = 'id\ttitle\tprice\nb\tB\t1 EUR\n'
  expect(await bulk('/v1/items:bulk', 'text/tab-separated-values', tsv)).toMatchObject({ counts: { created: 1 } })
  const retail = '{"id":"c","title":"C","priceInfo":{"price":"1","currencyCode":"EUR"}}\n'
  for (const format of ['retail', 'auto'])
    await bulk(`/v1/items:bulk?format=${format}`, 'application/x-ndjson', retail.replace('"c"', `"${format}"`))
  const ids = itemsPageSchema.parse(await door.json('one', 'GET', '/v1/items?limit=3')).items.map((item) => item.id)
  expect(ids).toEqual(['a', 'auto', 'b'])
})

test('what cannot be read is refused as a whole, with the reason', async () => {
  expect(await refused('/v1/items:bulk', 'image/png', 'x')).toMatchObject({ status: 415 })
  expect(await refused('/v1/items:bulk', 'text/csv', 'name,phone\n')).toMatchObject({
    status: 400,
    code: 'invalid_request',
  })
  expect(await refused('/v1/items:bulk?format=excel', 'text/csv', 'x')).toMatchObject({
    errors: [{ pointer: '/format' }],
  })
  expect(await refused('/v1/items:bulk?format=orders', 'text/csv', 'x')).toMatchObject({
    errors: [{ pointer: '/format' }],
  })
  expect(await refused('/v1/events:bulk?format=acp', 'text/plain', 'x')).toMatchObject({
    errors: [{ pointer: '/format' }],
  })
  expect(await refused('/v1/items:bulk?currency=euro', 'text/csv', SHOPIFY)).toMatchObject({ status: 400 })
  const many = `id,title,price\n${Array.from({ length: 1_001 }, (_, at) => `i${at},T,1 EUR\n`).join('')}`
  expect(await refused('/v1/items:bulk', 'text/csv', many)).toMatchObject({
    status: 413,
    detail: 'at most 1000 items a request',
  })
  expect(await refused('/v1/items:bulk', 'text/csv', 'x'.repeat(9 * 1024 * 1024))).toMatchObject({ status: 413 })
})

const ORDERS = `order_id,customer_id,sku,quantity,price,currency,created_at
1,u,T-S,2,10.00,EUR,2025-05-05
1,u,mug,1,5.00,EUR,2025-05-05
1,u,unheard-of,1,5.00,EUR,2025-05-05
2,,T-S,-1,,,2025-05-06
`

test('an order history names items by SKU, counts once, and comes back as events', async () => {
  await bulk('/v1/items:bulk?currency=EUR', 'text/csv', SHOPIFY)
  expect(await bulk('/v1/events:bulk', 'text/csv', ORDERS)).toMatchObject({
    accepted: 3,
    rejected: [{ line: 5, errors: [{ detail: 'a return of no known shopper' }] }],
  })
  expect(await bulk('/v1/events:bulk', 'text/csv', ORDERS)).toMatchObject({ accepted: 0, duplicates: 3 })
  for (const fold of [false, true]) {
    if (fold) await door.fold()
    const events: unknown[] = []
    for (let path: string | null = '/v1/events?limit=2'; path !== null; ) {
      const page = eventsPageSchema.parse(await door.json('one', 'GET', path))
      events.push(...page.events.map((event) => ('item_id' in event ? [event.item_id, event.user_id] : [])))
      path = page.next_cursor === null ? null : `/v1/events?limit=2&cursor=${page.next_cursor}`
    }
    expect(events, `folded: ${fold}`).toEqual([
      ['tee', 'u'],
      ['mug', 'u'],
      ['unheard-of', 'u'],
    ])
  }
})

test('views of no product are counted and passed over; NDJSON may ask for SKUs to be found', async () => {
  await bulk('/v1/items:bulk?currency=EUR', 'text/csv', SHOPIFY)
  const retail = '{"eventType":"search","visitorId":"v","eventTime":"2025-01-01T00:00:00Z"}\n'
  expect(await bulk('/v1/events:bulk?format=retail-events', 'application/x-ndjson', retail)).toMatchObject({
    accepted: 0,
    ignored: 1,
  })
  const line = { type: 'purchase', event_id: 'x', user_id: 'w', items: [{ item_id: 'M-1' }, { item_id: 'tee' }] }
  await bulk('/v1/events:bulk?resolve=sku', 'application/x-ndjson', `${JSON.stringify(line)}\n`)
  const { events } = eventsPageSchema.parse(await door.json('one', 'GET', '/v1/events'))
  expect(events).toMatchObject([{ items: [{ item_id: 'mug' }, { item_id: 'tee' }] }])
})

test('a shop reads its own settings and nobody else', async () => {
  await door.makeShop('two', SETTINGS)
  expect(shopDetailsSchema.parse(await door.json('one', 'GET', '/v1/shops/one'))).toEqual({ shop: 'one', ...SETTINGS })
  expect((await door.send('one', 'GET', '/v1/shops/two')).status).toBe(403)
  await bulk('/v1/items:bulk?currency=EUR', 'text/csv', SHOPIFY)
  await bulk('/v1/events:bulk', 'text/csv', ORDERS)
  await door.fold()
  expect(await door.json('two', 'GET', '/v1/items')).toMatchObject({ items: [] })
  // A cursor is sealed for its shop: in another one's hands it is none.
  const { next_cursor } = await door.json<{ next_cursor: string }>('one', 'GET', '/v1/events?limit=1')
  const path = `/v1/events?cursor=${next_cursor}`
  expect((await door.send('two', 'GET', path)).status).toBe(400)
  expect((await door.send('one', 'GET', path)).status).toBe(200)
  expect(await door.json('two', 'GET', '/v1/events')).toMatchObject({ events: [] })
})

test('wrong pages are refused', async () => {
  for (const path of [
    '/v1/items?limit=0',
    '/v1/items?limit=501',
    '/v1/items?cursor=x',
    '/v1/events?limit=x',
    '/v1/events?cursor=W10',
  ])
    expect((await door.send('one', 'GET', path)).status, path).toBe(400)
})
