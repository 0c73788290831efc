import { expect, test } from 'vitest'
import { iso, NOW } from '../../../../tests/support/unit_catalogue.ts'
import { contextOf, effectsOf, itemOf, read as readWith } from '../../../../tests/support/webhook_delivery.ts'
import { eventSchema } from '../../../domain/event.ts'

const CONTEXT = contextOf('woocommerce')
const read = (topic: string, body: unknown, headers: Record<string, string> = {}) =>
  readWith(CONTEXT, { 'X-WC-Webhook-Topic': topic, 'X-WC-Webhook-Delivery-ID': 'd-1', ...headers }, body)

const product = (over: object = {}) => ({
  id: 794,
  name: 'Premium Quality &amp; more',
  permalink: 'https://shop.example/product/premium-quality/',
  date_created_gmt: '2025-03-23T20:01:14',
  date_modified_gmt: '2025-03-24T20:01:14',
  type: 'simple',
  status: 'publish',
  catalog_visibility: 'visible',
  short_description: '<p>Short.</p>',
  description: '<p>Long &amp; <b>bold</b>.</p>',
  sku: 'PQ',
  price: '19.99',
  regular_price: '21.99',
  sale_price: '19.99',
  manage_stock: true,
  stock_quantity: 5,
  stock_status: 'instock',
  backorders: 'no',
  categories: [{ id: 9, name: 'Clothing', slug: 'clothing' }],
  tags: [{ id: 1, name: 'cotton' }],
  brands: [{ id: 2, name: 'Acme' }],
  images: [{ id: 1, src: 'https://shop.example/a.jpg' }],
  attributes: [{ id: 6, name: 'Color', options: ['Black', 'Green'] }],
  variations: [1, 2],
  ...over,
})

test('a product is sold as one', () => {
  expect(itemOf(read('product.updated', product()))).toEqual({
    kind: 'item',
    inventory: [],
    line: {
      id: '794',
      title: 'Premium Quality & more',
      description: 'Short. Long & bold.',
      brand: 'Acme',
      categories: ['Clothing'],
      tags: ['cotton'],
      attributes: { Color: ['Black', 'Green'] },
      locale: 'en',
      url: 'https://shop.example/product/premium-quality/',
      image_url: 'https://shop.example/a.jpg',
      created_at: '2025-03-23T20:01:14.000Z',
      updated_at: '2025-03-24T20:01:14.000Z',
      variants: [{ id: '794', sku: 'PQ' }],
      offers: [
        {
          market: '*',
          currency: 'EUR',
          visible: true,
          variants: [{ id: '794', price: 1_999, list_price: 2_199, stock: 5 }],
        },
      ],
    },
  })
})

test.each<[string, object, number | undefined]>([
  ['counted', {}, 5],
  ['counted and unknown', { stock_quantity: null }, 0],
  ['oversold on purpose', { backorders: 'notify' }, undefined],
  ['not counted', { manage_stock: false, stock_quantity: null }, undefined],
  ['not counted and out', { manage_stock: false, stock_status: 'outofstock' }, 0],
  ['of the parent', { manage_stock: 'parent' }, undefined],
])('stock: %s', (_name, over, stock) => {
  expect(itemOf(read('product.created', product(over))).line.offers[0]!.variants![0]!.stock).toBe(stock)
})

test.each<[string, object, boolean]>([
  ['published', {}, true],
  ['a draft', { status: 'draft' }, false],
  ['hidden', { catalog_visibility: 'hidden' }, false],
  ['without a price', { price: '', regular_price: '' }, false],
])('visible: %s', (_name, over, visible) => {
  expect(itemOf(read('product.restored', product(over))).line.offers[0]!.visible).toBe(visible)
})

test('a delete tells the id alone, and is of now', () => {
  expect(effectsOf(read('product.deleted', { id: 794 }))).toEqual([
    { kind: 'delete', deletion: { id: '794', deleted: true, updated_at: iso(NOW) } },
  ])
})

test('a product that is signed for another topic deletes nothing', () => {
  expect(read('product.deleted', product())).toMatchObject({ ok: false })
})

test('one state has one name whatever the delivery is called; a second delete has another', () => {
  const id = (topic: string, body: unknown, delivery: string) =>
    read(topic, body, { 'X-WC-Webhook-Delivery-ID': delivery }).id
  expect(id('product.updated', product(), 'a')).toBe(id('product.updated', product(), 'b'))
  expect(id('product.updated', product(), 'a')).not.toBe(id('product.created', product(), 'a'))
  expect(id('product.updated', product(), 'a')).not.toBe(id('product.updated', product({ name: 'x' }), 'a'))
  expect(id('product.deleted', { id: 1 }, 'a')).not.toBe(id('product.deleted', { id: 1 }, 'b'))
})

test('the greeting of a new address is nothing', () => {
  expect(readWith(CONTEXT, {}, 'webhook_id=12')).toMatchObject({ ok: true, effects: [], ignored: 'a greeting' })
  expect(readWith(contextOf('shopify'), {}, 'webhook_id=12').ok).toBe(false)
})

const person = {
  first_name: 'Janewood',
  email: 'jane@example.com',
  phone: '+49301234567',
  address_1: '5 Secret Street',
}
const order = (over: object = {}) => ({
  id: 723,
  status: 'processing',
  currency: 'USD',
  customer_id: 26,
  customer_ip_address: '203.0.113.9',
  billing: person,
  shipping: person,
  customer_note: 'ring twice',
  date_created_gmt: '2025-03-24T10:00:00',
  date_paid_gmt: '2025-03-24T10:01:00',
  date_modified_gmt: '2025-03-25T10:00:00',
  line_items: [
    {
      id: 1,
      product_id: 93,
      variation_id: 0,
      quantity: 2,
      price: 3,
      total: '6.00',
      meta_data: [{ value: 'Janewood' }],
    },
    { id: 2, product_id: 22, variation_id: 23, quantity: 1, price: '12.00' },
    { id: 3, product_id: 0, variation_id: 0, quantity: 1, price: '1.00' },
  ],
  ...over,
})

test('a paid order is a purchase, and nobody is in it', () => {
  const effects = effectsOf(read('order.updated', order()))
  expect(effects).toEqual([
    { kind: 'order', order: '723', shopper: { user_id: '26' } },
    {
      kind: 'events',
      events: [
        {
          type: 'purchase',
          event_id: 'woocommerce:order:723',
          order_id: '723',
          user_id: '26',
          currency: 'USD',
          occurred_at: '2025-03-24T10:01:00.000Z',
          items: [
            { item_id: '93', quantity: 2, price: 300 },
            { item_id: '22', variant_id: '23', quantity: 1, price: 1_200 },
          ],
        },
      ],
    },
  ])
  const events = effects.flatMap((effect) => (effect.kind === 'events' ? effect.events : []))
  expect(eventSchema.safeParse(events[0]).success).toBe(true)
  for (const secret of [...Object.values(person), '203.0.113.9', 'ring twice'])
    expect(JSON.stringify(effects)).not.toContain(secret)
})

test('a guest, an unpaid order, and one that is undone', () => {
  const kinds = (over: object) => effectsOf(read('order.updated', order(over))).map((effect) => effect.kind)
  expect(effectsOf(read('order.created', order({ customer_id: 0 })))[0]).toMatchObject({
    shopper: { anonymous_id: 'order:woocommerce:723' },
  })
  expect([kinds({ status: 'pending' }), kinds({ status: 'on-hold' }), kinds({ status: 'failed' })]).toEqual([
    ['order'],
    ['order'],
    ['order'],
  ])
  const [, refunded] = effectsOf(read('order.updated', order({ status: 'refunded' })))
  const [, cancelled] = effectsOf(read('order.updated', order({ status: 'cancelled' })))
  expect(refunded).toMatchObject({
    kind: 'refund',
    refund: '723:undone',
    lines: [{ item: '93', quantity: 2 }, { item: '22' }],
  })
  expect(cancelled).toEqual(refunded)
})

test('other topics are ignored, unknown ones kept', () => {
  expect(read('coupon.updated', {})).toMatchObject({ ok: true, effects: [] })
  expect(read('product.exploded', {}).ok).toBe(false)
  expect(readWith(CONTEXT, {}, {}).ok).toBe(false)
})
