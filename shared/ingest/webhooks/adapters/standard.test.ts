import { expect, test } from 'vitest'
import { contextOf, effectsOf, itemOf, read as readWith } from '../../../../tests/support/webhook_delivery.ts'
import { eventSchema } from '../../../domain/event.ts'

const AT = '2025-12-30T10:00:00.000Z'
const CONTEXT = contextOf('standard', { locale: 'de' })
const read = (type: string, data: unknown, over: object = {}) =>
  readWith(CONTEXT, { 'webhook-id': 'msg_1' }, { type, timestamp: AT, data, ...over })

const line = { id: 'a', title: 'Teapot', version: 4, offers: [{ market: '*', currency: 'EUR', price: 5 }] }

test('an item of our own form, dated by the envelope', () => {
  const reading = read('product.updated', { ...line, updated_at: '2020-01-01T00:00:00Z' })
  expect(reading).toMatchObject({ id: 'msg_1', topic: 'product.updated' })
  expect(itemOf(reading).line).toEqual({ ...line, updated_at: AT, locale: 'de' })
})

test('our own form is held to its schema, and the place is named', () => {
  const reading = read('product.created', { ...line, title: 'T'.repeat(501), colour: 'red' })
  expect(reading.ok ? [] : reading.errors.map((error) => error.pointer).sort()).toEqual(['/data', '/data/title'])
})

const shared = {
  id: 'p',
  title: 'Tea &amp; pot',
  description: { plain: 'plain', html: '<p>Iron</p>' },
  url: 'https://shop.example/p',
  categories: [{ value: 'Home > Tea', taxonomy: 'merchant' }],
  media: [{ type: 'image', url: 'https://shop.example/p.jpg' }],
  tags: ['iron'],
  version: 9,
  variants: [
    {
      id: 'v1',
      sku: 'S',
      title: 'Small',
      price: { amount: 1_500, currency: 'USD' },
      list_price: { amount: 2_000, currency: 'USD' },
      availability: { available: true, status: 'in_stock' },
      options: [{ name: 'Size', label: 'S' }],
    },
    {
      id: 'v2',
      price: { amount: 1_700, currency: 'USD' },
      availability: { status: 'out_of_stock' },
      variant_options: [{ name: 'Size', value: 'M' }],
    },
    { id: 'v3', price: { amount: 1, currency: 'EUR' } },
  ],
}

test('a product of the commerce protocols', () => {
  const reading = read('product.created', shared)
  expect(itemOf(reading).line).toEqual({
    id: 'p',
    title: 'Tea & pot',
    description: 'Iron',
    categories: ['Home > Tea'],
    tags: ['iron'],
    locale: 'de',
    url: 'https://shop.example/p',
    image_url: 'https://shop.example/p.jpg',
    updated_at: AT,
    version: 9,
    variants: [
      { id: 'v1', title: 'Small', sku: 'S', options: { Size: 'S' } },
      { id: 'v2', options: { Size: 'M' } },
    ],
    offers: [
      {
        market: '*',
        currency: 'USD',
        variants: [
          { id: 'v1', price: 1_500, list_price: 2_000 },
          { id: 'v2', price: 1_700, stock: 0 },
        ],
      },
    ],
  })
  expect(reading.ok && reading.warnings).toEqual(['variants that are not priced in USD are left out'])
})

test('a delete has the clock and the version of its envelope', () => {
  expect(effectsOf(read('product.deleted', { id: 'a', version: 5, why: 'sold out' }))).toEqual([
    { kind: 'delete', deletion: { id: 'a', deleted: true, updated_at: AT, version: 5 } },
  ])
})

test('orders and refunds', () => {
  const order = {
    order_id: 'o1',
    user_id: 'u1',
    email: 'jane@example.com',
    currency: 'EUR',
    items: [{ item_id: 'a', quantity: 2, price: 5, gift_note: 'for Janewood' }],
  }
  const effects = effectsOf(read('order.created', order))
  expect(effects).toMatchObject([
    { kind: 'order', order: 'o1', shopper: { user_id: 'u1' } },
    {
      kind: 'events',
      events: [
        {
          type: 'purchase',
          event_id: 'standard:order:o1',
          user_id: 'u1',
          occurred_at: AT,
          items: [{ item_id: 'a', quantity: 2, price: 5 }],
        },
      ],
    },
  ])
  expect(JSON.stringify(effects)).not.toMatch(/jane/i)
  const { user_id: _user, ...nobody } = order
  expect(effectsOf(read('order.refunded', { ...nobody, refund_id: 'r1' }))).toEqual([
    {
      kind: 'refund',
      refund: 'r1',
      order: 'o1',
      atMs: Date.parse(AT),
      currency: 'EUR',
      lines: [{ item: 'a', variant: null, quantity: 2, price: 5 }],
    },
  ])
  expect(effectsOf(read('order.refunded', order)).map((effect) => effect.kind)).toEqual(['order', 'refund'])
})

test('events keep their own ids, and get one that is the same over retries where they have none', () => {
  const view = { type: 'view', item_id: 'a', user_id: 'u' }
  const eventsOf = (reading: ReturnType<typeof read>) =>
    effectsOf(reading).flatMap((effect) =>
      effect.kind === 'events' ? effect.events.map((event) => eventSchema.parse(event)) : [],
    )
  const many = eventsOf(read('events.created', { events: [{ ...view, event_id: 'mine' }, view, view] }))
  expect(new Set(many.map((event) => event.event_id)).size).toBe(3)
  expect(many[0]!.event_id).toBe('mine')
  expect(eventsOf(read('events.created', [{ ...view, event_id: 'mine' }, view, view]))).toEqual(many)
  expect(eventsOf(read('event.created', view))).toHaveLength(1)
  // However late a retry comes, it was when the envelope says; unless the event knows better.
  expect(many[1]!.occurred_at).toBe(new Date(AT).toISOString())
  const own = eventsOf(read('event.created', { ...view, occurred_at: '2025-06-01T00:00:00.000Z' }))
  expect(own[0]!.occurred_at).toBe('2025-06-01T00:00:00.000Z')
  const bad = read('events.created', [view, { ...view, email: 'jane@example.com' }])
  expect(bad.ok ? null : bad.errors[0]!.pointer).toBe('/data/events/1')
  expect(JSON.stringify(bad)).not.toContain('jane')
})

test.each<[string, unknown]>([
  ['no type', { timestamp: AT, data: {} }],
  ['an unknown type', { type: '__proto__', timestamp: AT, data: line }],
  ['no moment', { type: 'product.updated', data: line }],
  ['a moment beyond years of four digits', { type: 'product.updated', timestamp: 1e300, data: line }],
  ['no data', { type: 'product.updated', timestamp: AT }],
  ['an empty list of events', { type: 'events.created', timestamp: AT, data: [] }],
])('%s is an error', (_name, body) => {
  expect(readWith(CONTEXT, { 'webhook-id': 'x' }, body).ok).toBe(false)
})
