import { expect, test } from 'vitest'
import { readAll, rejectsOf, valuesOf } from './testing/read.ts'

const UCI = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,"HEART, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,85123A,"HEART, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom
536544,21773,,1,2010-12-01 14:32:00,2.51,,United Kingdom
536545,21134,,-3,2010-12-01 14:33:00,0.0,,United Kingdom
A563186,B,Adjust,1,2011-08-12 14:51:00,-11062.06,1,United Kingdom
536546,21134,,zero,2010-13-01 14:33:00,0.0,2,United Kingdom
`

test('a table of order lines: purchases, returns and visits, with ids that a second reading gives again', async () => {
  const records = await readAll(UCI, 'orders', { currency: 'GBP' })
  const events = valuesOf(records)
  expect(
    events.map((event) => [event.event_id, event.type, event.user_id ?? event.session_id, event.quantity]),
  ).toEqual([
    ['p|536365|85123A|||6|255', 'purchase', '17850', 6],
    ['p|536365|85123A|||6|255|2', 'purchase', '17850', 6],
    ['r|C536379|D|||-1|2750', 'refund', '14527', 1],
    ['p|536544|21773|||1|251', 'purchase', 'order:536544', 1],
  ])
  expect(events[0]).toMatchObject({
    item_id: '85123A',
    order_id: '536365',
    price: 255,
    currency: 'GBP',
    market: 'United Kingdom',
    occurred_at: '2010-12-01T08:26:00.000Z',
  })
  expect(rejectsOf(records)).toEqual([
    '6 /CustomerID a return of no known shopper',
    '7 /UnitPrice "-11062.06" is not a price of zero or more',
    '8 /Quantity "zero" is no whole number of units up to 100000',
    '8 /InvoiceDate "2010-13-01 14:33:00" is not a moment',
  ])
  expect(valuesOf(await readAll(UCI, 'orders', { currency: 'GBP' }, 3))).toEqual(events)
})

test('the id of a line without an order does not name its customer, and is the same when it is read again', async () => {
  const table = 'sku,quantity,date,customer_id\nA1,1,2024-01-05 10:00:00,cust-4711\nA1,1,2024-01-05 10:00:00,cust-9\n'
  const ids = async () => valuesOf(await readAll(table, 'orders')).map((event) => String(event.event_id))
  const first = await ids()
  expect(new Set(first).size).toBe(2)
  expect(first.join()).not.toContain('4711')
  expect(await ids()).toEqual(first)
})

const SHOPIFY = `Name,Email,Financial Status,Paid at,Currency,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Created at,Cancelled at
#1001,Ann@Example.com,paid,2024-01-05 10:11:13 -0500,EUR,2,Tee - S,19.90,T-S,DE,2024-01-05 10:11:12 -0500,
#1001,,,,,1,Mug,5.00,,,,
#1002,bob@example.com,refunded,,EUR,1,Tee - M,19.90,T-M,FR,2024-01-06 10:00:00 +0000,2024-01-08 10:00:00 +0000
`

test("Shopify's export: the first row of an order speaks for all, and no address is kept", async () => {
  const records = await readAll(SHOPIFY, 'orders', { salt: 'pepper' })
  expect(rejectsOf(records)).toEqual([])
  const events = valuesOf(records)
  expect(
    events.map((event) => [event.type, event.item_id, event.quantity, event.price, event.market, event.occurred_at]),
  ).toEqual([
    ['purchase', 'T-S', 2, 1990, 'DE', '2024-01-05T15:11:12.000Z'],
    ['purchase', 'Mug', 1, 500, 'DE', '2024-01-05T15:11:12.000Z'],
    ['purchase', 'T-M', 1, 1990, 'FR', '2024-01-06T10:00:00.000Z'],
    ['refund', 'T-M', 1, 1990, 'FR', '2024-01-08T10:00:00.000Z'],
  ])
  expect(events[0]!.user_id).toMatch(/^e_[\w-]{22}$/)
  expect(events[1]!.user_id).toBe(events[0]!.user_id)
  expect(JSON.stringify(records).toLowerCase()).not.toContain('example.com')
  const lower = valuesOf(
    await readAll(SHOPIFY.replace('Ann@Example.com', 'ann@example.com'), 'orders', { salt: 'pepper' }),
  )
  expect(lower[0]!.user_id).toBe(events[0]!.user_id)
  const other = valuesOf(await readAll(SHOPIFY, 'orders', { salt: 'other' }))
  expect(other[0]!.user_id).not.toBe(events[0]!.user_id)
  const unsalted = await readAll(SHOPIFY, 'orders')
  expect(valuesOf(unsalted)[0]).toMatchObject({ session_id: 'order:#1001' })
  expect(JSON.stringify(unsalted)).not.toContain('xample')
})

test('the refund of a cancelled order with no known shopper belongs to the visit that bought', async () => {
  const events = valuesOf(await readAll(SHOPIFY, 'orders'))
  expect(events.slice(2)).toMatchObject([
    { type: 'purchase', session_id: 'order:#1002' },
    { type: 'refund', session_id: 'order:#1002' },
  ])
})

test('JSON lines: one order a line, with variants and returns', async () => {
  const order = {
    order_id: 7,
    user_id: 'u',
    created_at: '2025-05-05T05:05:05Z',
    currency: 'JPY',
    country: 'JP',
    items: [
      { item_id: 'tea', quantity: 2, price: 1200 },
      { item_id: 'cup', variant_id: 'cup-red', quantity: 1, price: '800' },
      { item_id: 'pot', quantity: -1 },
      { quantity: 1 },
    ],
  }
  const records = await readAll(`${JSON.stringify(order)}\n{"order_id":"8","items":[]}\n`, 'orders-jsonl')
  expect(valuesOf(records)).toMatchObject([
    { type: 'purchase', item_id: 'tea', quantity: 2, price: 1200, market: 'JP', order_id: '7' },
    { type: 'purchase', items: [{ item_id: 'cup', variant_id: 'cup-red', quantity: 1, price: 800 }] },
    { type: 'refund', item_id: 'pot', quantity: 1 },
  ])
  expect(rejectsOf(records)).toEqual(['1 /items/3/item_id no item', '2 /items an order has items'])
})

test('days and months that could be exchanged are refused until their order is told', async () => {
  const text = 'order_id,user_id,item_id,created_at\n1,u,a,3/4/2025 10:00\n'
  expect(rejectsOf(await readAll(text, 'orders'))).toEqual([
    '2 /created_at "3/4/2025 10:00" is not a moment; say which comes first, the day or the month',
  ])
  expect(valuesOf(await readAll(text, 'orders', { dateOrder: 'dmy' }))[0]).toMatchObject({
    occurred_at: '2025-04-03T10:00:00.000Z',
    quantity: 1,
  })
})

test('ids that would be long are hashed, and stay different', async () => {
  const long = 'x'.repeat(110)
  const text = `order_id,user_id,item_id,created_at\n${long}1,u,a,2025-01-01\n${long}2,u,a,2025-01-01\n`
  const ids = valuesOf(await readAll(text, 'orders')).map((event) => String(event.event_id))
  expect(new Set(ids).size).toBe(2)
  expect(ids.every((id) => /^p\|[\w-]{22}$/.test(id))).toBe(true)
})
