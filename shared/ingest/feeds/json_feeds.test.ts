import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readAll, rejectsOf, valuesOf, warningsOf } from './testing/read.ts'

const FEEDS = join(import.meta.dirname, '../../../../shared/data/feeds')
const external = test.skipIf(!existsSync(FEEDS))
const external_text = (name: string) => readFileSync(join(FEEDS, name), 'utf8')
const lines = (...values: readonly unknown[]) =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('')

const pen = {
  id: 'pen',
  title: 'Pen',
  brands: ['Ink'],
  categories: ['Office > Pens'],
  priceInfo: { price: '16', originalPrice: 45, currencyCode: 'USD' },
  availability: 'IN_STOCK',
  availableQuantity: 50,
  uri: 'https://shop.example/pen',
  images: [{ uri: 'https://shop.example/pen.jpg' }],
  colorInfo: { colors: ['Blue'] },
  attributes: [{ key: 'refill', value: { text: ['yes'], numbers: [2.5] } }],
}

test('Google Retail products, their attributes in either form', async () => {
  const map = { ...pen, id: 'map', attributes: { refill: { text: ['no'] } }, availability: 'OUT_OF_STOCK' }
  const values = valuesOf(await readAll(lines(pen, map), 'retail'))
  expect(values[0]).toEqual({
    id: 'pen',
    title: 'Pen',
    brand: 'Ink',
    categories: ['Office > Pens'],
    attributes: { color: 'Blue', refill: ['yes', 2.5] },
    url: 'https://shop.example/pen',
    image_url: 'https://shop.example/pen.jpg',
    offers: [{ market: '*', currency: 'USD', price: 1600, list_price: 4500, stock: 50 }],
  })
  expect(values[1]).toMatchObject({ attributes: { refill: 'no' }, offers: [{ stock: 0 }] })
})

test('variants join the primary that they name', async () => {
  const variant = (id: string, size: string) => ({
    ...pen,
    id,
    type: 'VARIANT',
    primaryProductId: 'pen',
    sizes: [size],
  })
  const [item] = valuesOf(
    await readAll(lines(variant('pen-s', 'S'), { ...pen, type: 'PRIMARY' }, variant('pen-l', 'L')), 'retail'),
  )
  expect(item).toMatchObject({
    id: 'pen',
    attributes: { size: ['S', 'L'] },
    variants: [{ id: 'pen-s', options: { size: 'S' } }, { id: 'pen-l' }],
    offers: [{ variants: [{ id: 'pen-s', price: 1600 }, { id: 'pen-l' }] }],
  })
})

test('wrong products are refused one by one', async () => {
  const text = lines(
    { ...pen, availability: 'INVALID_VALUE' },
    '{"id": ',
    { ...pen, id: undefined },
    { ...pen, title: '' },
    { ...pen, priceInfo: {} },
    { ...pen, priceInfo: { price: -1, currencyCode: 'USD' } },
    { ...pen, availableQuantity: -4 },
    { ...pen, type: 'THING' },
    '[1]',
    { ...pen, id: 'good' },
  )
  const records = await readAll(text, 'retail')
  expect(valuesOf(records).map((value) => value.id)).toEqual(['good'])
  expect(records.flatMap((one) => (one.kind === 'reject' ? [[one.line, one.errors[0]!.pointer]] : [])).sort()).toEqual([
    [1, '/availability'],
    [2, ''],
    [3, '/id'],
    [4, '/title'],
    [5, '/priceInfo/currencyCode'],
    [6, '/priceInfo/price'],
    [7, '/availableQuantity'],
    [8, '/type'],
    [9, ''],
  ])
})

test('Google Retail events: what names no product is passed over and counted, what is wrong is refused', async () => {
  const base = { visitorId: 'v', eventTime: '2022-02-23T10:27:42+00:00' }
  const details = { productDetails: [{ product: { id: 'pen' }, quantity: 3 }, { product: { id: 'ink' } }] }
  const text = lines(
    { ...base, eventType: 'home-page-view' },
    { ...base, eventType: 'search', searchQuery: 'pens' },
    { ...base, eventType: 'detail-page-view', productDetails: { product: { id: 'pen' }, quantity: 3 } },
    { ...base, eventType: 'add-to-cart', ...details },
    {
      ...base,
      eventType: 'purchase-complete',
      userInfo: { userId: 'u' },
      purchaseTransaction: { id: 'o1', currencyCode: 'USD' },
      ...details,
    },
    { ...base, eventType: 'invalid' },
    { eventType: 'search', eventTime: base.eventTime },
    { ...base, eventType: 'search', eventTime: 'now' },
    { ...base, eventType: 'add-to-cart' },
    { ...base, eventType: 'detail-page-view', productDetails: { product: { id: 'pen' }, quantity: 3 } },
  )
  const records = await readAll(text, 'retail-events')
  expect(records.filter((one) => one.kind === 'ignored').map((one) => one.line)).toEqual([1, 2])
  expect(rejectsOf(records)).toEqual([
    '6 /eventType "invalid" is no event type',
    '7 /visitorId no visitor',
    '8 /eventTime not a moment',
    '9 /productDetails add_to_cart names a product',
  ])
  const events = valuesOf(records)
  expect(events.map((event) => [event.type, event.item_id, event.quantity])).toEqual([
    ['view', 'pen', undefined],
    ['add_to_cart', 'pen', 3],
    ['add_to_cart', 'ink', 1],
    ['purchase', 'pen', 3],
    ['purchase', 'ink', 1],
    ['view', 'pen', undefined],
  ])
  expect(events[3]).toMatchObject({ user_id: 'u', anonymous_id: 'v', order_id: 'o1' })
  // Two equal views are two events, and the same two at every reading.
  const ids = events.map((event) => event.event_id)
  expect(new Set(ids).size).toBe(6)
  expect(valuesOf(await readAll(text, 'retail-events')).map((event) => event.event_id)).toEqual(ids)
})

test('only the last lines are remembered to tell equal ones apart: a history of any length fits into memory', async () => {
  const line = (visitor: number) =>
    `${JSON.stringify({
      ...{ eventType: 'detail-page-view', visitorId: `v${visitor}`, eventTime: '2025-06-01T00:00:00Z' },
      productDetails: [{ product: { id: 'p' } }],
    })}\n`
  const between = Array.from({ length: 20_001 }, (_, n) => line(n + 1)).join('')
  const events = valuesOf(await readAll(line(0) + line(0) + between + line(0), 'retail-events', {}, 65_536))
  expect(events[1]!.event_id).not.toBe(events[0]!.event_id)
  expect(events.at(-1)!.event_id).toBe(events[0]!.event_id)
})

test('ACP and UCP products, one a line or in a body', async () => {
  const tee = {
    id: 'tee',
    title: 'Tee',
    description: { html: '<p>Soft</p>' },
    url: 'https://shop.example/tee',
    categories: [
      { value: 'Clothing > Tops', taxonomy: 'merchant' },
      { value: '1604', taxonomy: 'google_product_category' },
    ],
    media: [
      { type: 'video', url: 'https://x.example/v' },
      { type: 'image', url: 'https://x.example/i.jpg' },
    ],
    tags: ['soft'],
    variants: [
      {
        id: 'tee-m',
        title: 'Tee M',
        price: { amount: 1999, currency: 'USD' },
        list_price: { amount: 2500, currency: 'USD' },
        availability: { available: false, status: 'out_of_stock' },
        variant_options: [{ name: 'Size', value: 'M' }],
        barcodes: [{ type: 'GTIN', value: '00012345600029' }],
      },
      { id: 'tee-l', title: 'Tee L', price: { amount: 2099 }, options: [{ name: 'Size', label: 'L' }] },
    ],
  }
  const [item, again] = valuesOf(await readAll(lines(tee, { products: [tee] }), 'acp', { currency: 'USD' }))
  expect(again).toEqual(item)
  expect(item).toMatchObject({
    id: 'tee',
    description: 'Soft',
    categories: ['Clothing > Tops'],
    attributes: { Size: ['M', 'L'], gtin: '00012345600029' },
    image_url: 'https://x.example/i.jpg',
    variants: [
      { id: 'tee-m', options: { Size: 'M' } },
      { id: 'tee-l', options: { Size: 'L' } },
    ],
    offers: [{ currency: 'USD', variants: [{ price: 1999, list_price: 2500, stock: 0 }, { price: 2099 }] }],
  })
  expect(
    rejectsOf(
      await readAll(
        lines(
          { ...tee, variants: [] },
          { ...tee, variants: [{ id: 'x', price: { amount: 1.5, currency: 'USD' } }] },
          { title: 'x', variants: tee.variants },
        ),
        'acp',
        { currency: 'USD' },
      ),
    ),
  ).toEqual([
    '1 /variants a product has at least one variant',
    '2 /variants/0/price an amount in minor units and a currency are wanted',
    '3 /id no id',
  ])
})

test('lines that are too long are refused and not kept', async () => {
  const long = JSON.stringify({ ...pen, description: 'x'.repeat(300_000) })
  const records = await readAll(`${long}\n${JSON.stringify({ ...pen, id: 'good' })}\n${long}`, 'retail', {}, 4_096)
  expect(valuesOf(records).map((value) => value.id)).toEqual(['good'])
  expect(rejectsOf(records)).toEqual(['1  a line has at most 256 KiB', '3  a line has at most 256 KiB'])
})

external('of foreign files with wrong lines exactly those lines are refused', async () => {
  const products = await readAll(external_text('products_some_invalid.json'), 'retail')
  expect(rejectsOf(products).map((line) => line.split(' ').slice(0, 2))).toEqual([['1', '/availability']])
  expect(valuesOf(products)).toHaveLength(2)
  const all = await readAll(external_text('products.json'), 'retail', {}, 10_000)
  expect([valuesOf(all).length, rejectsOf(all), warningsOf(all)]).toEqual([316, [], []])
  const events = await readAll(external_text('user_events_some_invalid.json'), 'retail-events')
  expect(rejectsOf(events)).toEqual(['2 /eventType "invalid" is no event type'])
  expect(events.map((one) => one.kind)).toEqual(['ignored', 'reject', 'ignored', 'event'])
  expect((await readAll(external_text('user_events.json'), 'retail-events')).map((one) => one.kind)).toEqual([
    'ignored',
    'ignored',
    'ignored',
    'event',
  ])
  const acp = JSON.parse(external_text('acp-feed.json')) as Record<string, unknown>
  expect(valuesOf(await readAll(lines(acp.upsert_products_request_single_product), 'acp'))).toMatchObject([
    { id: 'prod_classic_tee', offers: [{ currency: 'USD', variants: [{ price: 1999, stock: 0 }] }] },
  ])
})
