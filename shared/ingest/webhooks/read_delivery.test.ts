import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW } from '../../../tests/support/unit_catalogue.ts'
import { contextOf, deliveryOf } from '../../../tests/support/webhook_delivery.ts'
import { eventSchema } from '../../domain/event.ts'
import { itemDeletionSchema, itemLineSchema } from '../../domain/item.ts'
import { type Mapping, SOURCE_KINDS, type SourceContext } from '../../domain/webhook_source.ts'
import { toItemWrite } from '../item_write.ts'
import type { Reading } from './effects.ts'
import { readDelivery } from './read_delivery.ts'

const SEED = 20_261_129
const MAPPING: Mapping = {
  signature: { header: 'x-s', encoding: 'hex' },
  item: 'variants[]',
  fields: {
    id: 'id',
    title: 'title',
    price: 'price',
    description: 'body_html',
    tags: 'tags',
    updated_at: 'updated_at',
  },
}
const contexts: SourceContext[] = SOURCE_KINDS.map((kind) =>
  contextOf(kind, { mapping: kind === 'mapping' ? MAPPING : null }),
)

const TOPICS = [
  'products/update',
  'products/delete',
  'inventory_levels/update',
  'orders/create',
  'orders/cancelled',
  'refunds/create',
  'customers/redact',
  'product.updated',
  'product.deleted',
  'order.updated',
  'order.created',
  'events.created',
  'order.refunded',
  'store/product/updated',
  'store/sku/updated',
  'nonsense',
  '__proto__',
]
const KEYS = [
  'id',
  'title',
  'name',
  'body_html',
  'description',
  'variants',
  'price',
  'updated_at',
  'tags',
  'handle',
  'images',
  'src',
  'options',
  'data',
  'type',
  'timestamp',
  'scope',
  'created_at',
  'customer',
  'line_items',
  'quantity',
  'product_id',
  'refunds',
  'refund_line_items',
  'line_item_id',
  'line_item',
  'order_id',
  'items',
  'item_id',
  'events',
  'offers',
  'financial_status',
  'cancelled_at',
  'status',
  'inventory_item_id',
  'location_id',
  'available',
  '__proto__',
  'constructor',
]
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...TOPICS,
    '2025-12-30T10:00:00Z',
    '2025-12-30 10:00',
    '9999-99-99',
    '19.90',
    '\ud800',
    'paid',
    '1'.repeat(300),
    '<b>x</b>',
  ),
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, true, 1e300, -1, 0, 1, 2 ** 53),
)
const { body: anyBody } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('body'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('body'), { maxKeys: 10, noNullPrototype: true }),
  ),
}))
const anyBytes = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)) },
  { weight: 6, arbitrary: anyBody.map((body) => new TextEncoder().encode(JSON.stringify(body) ?? 'null')) },
)
const anyTopic = fc.constantFrom(...TOPICS)
const headersOf = (topic: string) => ({
  'x-shopify-topic': topic,
  'x-wc-webhook-topic': topic,
  'webhook-id': 'm',
  'x-shopify-triggered-at': '2025-12-30T10:00:00Z',
})

/** Everything that a reading may be, and nothing that a later step would choke on. */
function isSound(reading: Reading, context: SourceContext): void {
  expect(reading.id.length).toBeGreaterThan(0)
  expect(reading.id.length).toBeLessThanOrEqual(128)
  expect(reading.topic.length).toBeLessThanOrEqual(100)
  if (!reading.ok) {
    expect(reading.errors.length).toBeGreaterThan(0)
    expect(reading.errors.every((error) => error.pointer.length < 1_000 && error.detail.length < 1_000)).toBe(true)
    return
  }
  for (const effect of reading.effects) {
    if (effect.kind === 'item') {
      expect(itemLineSchema.safeParse(effect.line).success).toBe(true)
      toItemWrite({ ...effect.line, updated_at: '2025-01-01T00:00:00Z' }, context.locale, NOW)
    }
    if (effect.kind === 'delete') expect(itemDeletionSchema.safeParse(effect.deletion).success).toBe(true)
    if (effect.kind === 'events')
      for (const event of effect.events) expect(eventSchema.safeParse(event).success).toBe(true)
    if (effect.kind === 'level') expect(Number.isSafeInteger(effect.atMs)).toBe(true)
  }
}

test('any bytes of any sender give a sound reading, the same every time', () => {
  fc.assert(
    fc.property(anyBytes, anyTopic, fc.constantFrom(...contexts), (bytes, topic, context) => {
      const reading = readDelivery(deliveryOf(headersOf(topic), bytes), context)
      isSound(reading, context)
      expect(readDelivery(deliveryOf(headersOf(topic), bytes), context)).toEqual(reading)
    }),
    { seed: SEED, numRuns: 5_000 },
  )
}, 60_000)

/** Real bodies with one place of them replaced: what garbage rarely reaches. */
const SHOPIFY_PRODUCT = {
  id: 1,
  title: 'T',
  body_html: '<p>x</p>',
  tags: 'a,b',
  handle: 'h',
  status: 'active',
  published_at: '2025-01-01T00:00:00Z',
  updated_at: '2025-01-01T00:00:00Z',
  options: [{ name: 'Size' }],
  images: [{ id: 3, src: 'https://x.example/y' }],
  variants: [
    { id: 2, title: 'S', price: '1.00', option1: 'S', inventory_item_id: 4, inventory_quantity: 1, image_id: 3 },
  ],
}
const SHOPIFY_ORDER = {
  id: 1,
  customer: { id: 2 },
  currency: 'EUR',
  financial_status: 'paid',
  cancelled_at: null,
  processed_at: '2025-01-01T00:00:00Z',
  line_items: [{ id: 1, product_id: 5, variant_id: 6, quantity: 1, price: '1.00' }],
  refunds: [{ id: 8, refund_line_items: [{ line_item_id: 1, quantity: 1 }] }],
}
const WOO_PRODUCT = {
  id: 1,
  name: 'T',
  price: '1',
  manage_stock: true,
  stock_quantity: 2,
  categories: [{ name: 'c' }],
  attributes: [{ name: 'a', options: ['b'] }],
  images: [{ src: 'https://x.example/y' }],
  date_modified_gmt: '2025-01-01T00:00:00',
}
const WOO_ORDER = {
  id: 1,
  status: 'processing',
  currency: 'EUR',
  customer_id: 2,
  line_items: [{ product_id: 1, variation_id: 2, quantity: 1, price: '1' }],
  date_paid_gmt: '2025-01-01T00:00:00',
}
const envelope = (type: string, data: object) => ({ type, timestamp: '2025-01-01T00:00:00Z', data })
const REAL: ReadonlyArray<[kind: string, topic: string, body: object]> = [
  ['shopify', 'products/update', SHOPIFY_PRODUCT],
  ['shopify', 'orders/create', SHOPIFY_ORDER],
  ['shopify', 'orders/cancelled', SHOPIFY_ORDER],
  [
    'shopify',
    'refunds/create',
    { id: 1, order_id: 2, refund_line_items: [{ quantity: 1, line_item: { product_id: 1, quantity: 1, price: '1' } }] },
  ],
  [
    'shopify',
    'inventory_levels/update',
    { inventory_item_id: 1, location_id: 2, available: 3, updated_at: '2025-01-01T00:00:00Z' },
  ],
  ['woocommerce', 'product.updated', WOO_PRODUCT],
  ['woocommerce', 'order.updated', WOO_ORDER],
  ['bigcommerce', '', { scope: 'store/product/updated', created_at: 1_700_000_000, data: { type: 'product', id: 1 } }],
  [
    'standard',
    '',
    envelope('product.updated', { id: 'a', title: 'T', offers: [{ market: '*', currency: 'EUR', price: 1 }] }),
  ],
  [
    'standard',
    '',
    envelope('product.updated', {
      id: 'a',
      title: 'T',
      variants: [{ id: 'v', price: { amount: 1, currency: 'EUR' }, options: [{ name: 'n', label: 'l' }] }],
    }),
  ],
  [
    'standard',
    '',
    envelope('order.created', { order_id: 'o', user_id: 'u', items: [{ item_id: 'a', quantity: 1, price: 1 }] }),
  ],
  ['standard', '', envelope('events.created', { events: [{ type: 'view', item_id: 'a', user_id: 'u' }] })],
  ['mapping', '', { variants: [{ id: 'a', title: 'T', price: 1, tags: ['x'], updated_at: '2025-01-01T00:00:00Z' }] }],
]

/** Every place of a body, as a path of keys. */
function placesOf(value: unknown): Array<Array<string | number>> {
  if (typeof value !== 'object' || value === null) return [[]]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [
    [],
    ...keys.flatMap((key) => placesOf((value as Record<string | number, unknown>)[key]).map((rest) => [key, ...rest])),
  ]
}
function replaced(value: unknown, [key, ...rest]: ReadonlyArray<string | number>, by: unknown): unknown {
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}
const contextFor = (kind: string) => contexts.find((context) => context.kind === kind)!

test.each(REAL)('a real body of %s %s is taken', (kind, topic, body) => {
  const reading = readDelivery(deliveryOf(headersOf(topic), body), contextFor(kind))
  isSound(reading, contextFor(kind))
  expect(reading.ok && reading.effects.length > 0).toBe(true)
})

test('one odd place in a real body gives a sound reading', () => {
  const mutated = fc.constantFrom(...REAL).chain(([kind, topic, body]) =>
    fc.record({
      kind: fc.constant(kind),
      topic: fc.constant(topic),
      body: fc
        .tuple(fc.constantFrom(...placesOf(body)), fc.oneof(scalar, anyBody))
        .map(([place, by]) => replaced(body, place, by)),
    }),
  )
  fc.assert(
    fc.property(mutated, ({ kind, topic, body }) => {
      isSound(
        readDelivery(
          deliveryOf(headersOf(topic), new TextEncoder().encode(JSON.stringify(body) ?? 'null')),
          contextFor(kind),
        ),
        contextFor(kind),
      )
    }),
    { seed: SEED, numRuns: 5_000 },
  )
}, 60_000)

const SECRETS = ['planted@example.com', 'Plantedname', '+49 30 7654321', 'Planted Street 5', '203.0.113.77']
const planted = {
  email: SECRETS[0],
  first_name: SECRETS[1],
  last_name: SECRETS[1],
  phone: SECRETS[2],
  address1: SECRETS[3],
  browser_ip: SECRETS[4],
  note: SECRETS.join(' '),
}
/** The same body with a person in every object of it. */
const peopled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(peopled)
  if (typeof value !== 'object' || value === null) return value
  return {
    ...Object.fromEntries(Object.entries(value).map(([key, own]) => [key, peopled(own)])),
    ...planted,
    customer_details: planted,
  }
}
const leaks = (value: unknown) => SECRETS.filter((secret) => JSON.stringify(value).includes(secret))

test.each(REAL)('a person in every object of %s %s is in no reading', (kind, topic, body) => {
  const reading = readDelivery(deliveryOf(headersOf(topic), peopled(body)), contextFor(kind))
  expect(leaks(reading)).toEqual([])
})

test('control: handing the body on would tell the person', () => {
  expect(leaks({ kind: 'events', events: [peopled(SHOPIFY_ORDER)] })).toEqual(SECRETS)
})

test('a body that is no text, or no JSON, is an answer with a name', () => {
  for (const context of contexts) {
    for (const body of [new Uint8Array([0xff, 0xfe, 0x00]), '{"id":', '']) {
      const reading = readDelivery(deliveryOf({}, body), context)
      expect(reading.ok).toBe(false)
      expect(reading.id).not.toBe('')
    }
  }
})

test('nesting of a hundred thousand is an answer too', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  for (const context of contexts)
    expect(readDelivery(deliveryOf(headersOf('products/update'), deep), context).ok).toBe(false)
})
