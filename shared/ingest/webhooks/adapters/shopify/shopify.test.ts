import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NOW } from '../../../../../tests/support/unit_catalogue.ts'
import { contextOf, effectsOf, itemOf, read as readWith } from '../../../../../tests/support/webhook_delivery.ts'
import { eventSchema } from '../../../../domain/event.ts'
import { toItemWrite } from '../../../item_write.ts'

const TRIGGERED = '2025-12-31T10:00:00.123456789Z'
const TRIGGERED_MS = Date.parse('2025-12-31T10:00:00.123Z')
const CONTEXT = contextOf('shopify')
const read = (topic: string, body: unknown, headers: Record<string, string> = {}) =>
  readWith(
    CONTEXT,
    { 'X-Shopify-Topic': topic, 'X-Shopify-Webhook-Id': 'w-1', 'X-Shopify-Triggered-At': TRIGGERED, ...headers },
    body,
  )

const variant = (over: object = {}) => ({
  id: 11,
  title: 'Red / S',
  price: '19.90',
  compare_at_price: '25.00',
  option1: 'Red',
  option2: 'S',
  option3: null,
  sku: 'TP-R-S',
  image_id: 7,
  inventory_item_id: 501,
  inventory_management: 'shopify',
  inventory_policy: 'deny',
  inventory_quantity: 4,
  ...over,
})
const product = (over: object = {}) => ({
  id: 1,
  title: 'Teapot &amp; lid',
  body_html: '<p>Cast iron.</p><ul><li>1.2 l</li></ul><script>x()</script>',
  vendor: 'Iwachu',
  product_type: 'Teapots',
  category: { id: 'hg-11', name: 'Teapots', full_name: 'Home > Kitchen > Teapots' },
  tags: 'iron, tea , ',
  handle: 'teapot-größe',
  status: 'active',
  published_at: '2025-01-01T00:00:00Z',
  created_at: '2025-01-01T02:00:00+02:00',
  updated_at: '2025-12-31T05:00:00-05:00',
  image: { id: 6, src: 'https://cdn.example/a.jpg' },
  images: [
    { id: 6, src: 'https://cdn.example/a.jpg' },
    { id: 7, src: 'https://cdn.example/b.jpg' },
  ],
  options: [{ name: 'Colour' }, { name: 'Size' }],
  variants: [
    variant(),
    variant({
      id: 12,
      title: 'Blue / S',
      option1: 'Blue',
      image_id: null,
      inventory_item_id: 502,
      inventory_quantity: -3,
    }),
  ],
  ...over,
})

test('a product with all that a shelf needs', () => {
  const reading = read('products/update', product())
  expect(reading).toMatchObject({ ok: true, id: 'w-1', topic: 'products/update', warnings: [] })
  expect(itemOf(reading)).toEqual({
    kind: 'item',
    inventory: [
      { inventoryItem: '501', variant: '11' },
      { inventoryItem: '502', variant: '12' },
    ],
    line: {
      id: '1',
      title: 'Teapot & lid',
      description: 'Cast iron. • 1.2 l',
      brand: 'Iwachu',
      categories: ['Home > Kitchen > Teapots', 'Teapots'],
      tags: ['iron', 'tea'],
      locale: 'en',
      url: '/products/teapot-gr%C3%B6%C3%9Fe',
      image_url: 'https://cdn.example/a.jpg',
      created_at: '2025-01-01T00:00:00.000Z',
      updated_at: '2025-12-31T10:00:00.000Z',
      version: TRIGGERED_MS,
      variants: [
        {
          id: '11',
          title: 'Red / S',
          options: { Colour: 'Red', Size: 'S' },
          sku: 'TP-R-S',
          image_url: 'https://cdn.example/b.jpg',
        },
        { id: '12', title: 'Blue / S', options: { Colour: 'Blue', Size: 'S' }, sku: 'TP-R-S' },
      ],
      offers: [
        {
          market: '*',
          currency: 'EUR',
          visible: true,
          variants: [
            { id: '11', price: 1_990, list_price: 2_500, stock: 4 },
            { id: '12', price: 1_990, list_price: 2_500, stock: 0 },
          ],
        },
      ],
    },
  })
})

test.each<[string, object, boolean]>([
  ['active', {}, true],
  ['a draft', { status: 'draft' }, false],
  ['archived', { status: 'archived' }, false],
  ['unlisted', { status: 'unlisted' }, false],
  ['not published', { published_at: null }, false],
  ['of an older form', { status: undefined, published_at: undefined }, true],
])('visible: %s', (_name, over, visible) => {
  expect(itemOf(read('products/update', product(over))).line.offers[0]!.visible).toBe(visible)
})

test.each<[string, object, number | undefined, number]>([
  ['counted', {}, 4, 1],
  ['not counted', { inventory_management: null }, undefined, 0],
  ['oversold on purpose', { inventory_policy: 'continue' }, undefined, 0],
  ['of the newer form', { inventory_management: undefined }, 4, 1],
])('stock: %s', (_name, over, stock, names) => {
  const item = itemOf(read('products/create', product({ variants: [variant(over)] })))
  expect(item.line.offers[0]!.variants![0]!.stock).toBe(stock)
  expect(item.inventory).toHaveLength(names)
})

test('a product without options has one variant without words', () => {
  const only = variant({ title: 'Default Title', option1: 'Default Title', option2: null, compare_at_price: null })
  const { line } = itemOf(
    read('products/update', product({ options: [{ name: 'Title' }], variants: [only], tags: ['a', 'b'] })),
  )
  expect(line.variants).toEqual([{ id: '11', sku: 'TP-R-S', image_url: 'https://cdn.example/b.jpg' }])
  expect(line.offers[0]!.variants).toEqual([{ id: '11', price: 1_990, stock: 4 }])
  expect(line.tags).toEqual(['a', 'b'])
})

test('what is too long is cut, what is too much is left out, and a warning says so', () => {
  const many = Array.from({ length: 70 }, (_, index) => `tag ${index}`)
  const reading = read(
    'products/update',
    product({
      title: 'T'.repeat(900),
      body_html: 'word '.repeat(9_000),
      tags: many,
      vendor: 'v'.repeat(300),
      image: { src: 'data:x' },
    }),
  )
  const { line } = itemOf(reading)
  expect([line.title.length, line.tags!.length, line.brand!.length, line.image_url]).toEqual([500, 50, 200, undefined])
  expect(line.description!.length).toBeLessThanOrEqual(20_000)
  expect(line.description!.endsWith('word')).toBe(true)
  expect(reading.ok && reading.warnings).toEqual([
    'title is cut to 500 characters',
    'description is cut to 20000 characters',
    'brand is cut to 200 characters',
    'tags: the first 50 of 70 are kept',
    'image_url is no address and is left out',
  ])
})

test.each<[string, object, string]>([
  ['no id', { id: undefined }, '/id'],
  ['an id beyond whole numbers', { id: 1e300 }, '/id'],
  ['no title', { title: '' }, '/title'],
  ['a title of nothing visible', { title: '\u200b' }, '/title'],
  ['no variants', { variants: [] }, '/variants'],
  ['no price', { variants: [variant({ price: 'ask' })] }, '/variants'],
])('%s is an error with a place', (_name, over, pointer) => {
  const reading = read('products/update', product(over))
  expect(reading.ok ? null : reading.errors[0]!.pointer).toBe(pointer)
})

test('a delete has the clock of its sending', () => {
  expect(effectsOf(read('products/delete', { id: 1 }))).toEqual([
    {
      kind: 'delete',
      deletion: { id: '1', deleted: true, updated_at: '2025-12-31T10:00:00.123Z', version: TRIGGERED_MS },
    },
  ])
})

test('levels name an inventory item and a location', () => {
  const level = { inventory_item_id: 501, location_id: 9, available: 3, updated_at: '2025-12-31T09:00:00Z' }
  const told = { kind: 'level', inventoryItem: '501', location: '9', available: 3, atMs: Date.parse(level.updated_at) }
  expect(effectsOf(read('inventory_levels/update', level))).toEqual([told])
  expect(effectsOf(read('inventory_levels/connect', level))).toEqual([told])
  expect(read('inventory_levels/connect', { ...level, available: null })).toMatchObject({ ok: true, effects: [] })
  expect(effectsOf(read('inventory_levels/disconnect', { inventory_item_id: 501, location_id: 9 }))).toEqual([
    { ...told, available: null, atMs: TRIGGERED_MS },
  ])
})

test.each<[string, string, unknown]>([
  ['a product that is said to be deleted', 'products/delete', product()],
  [
    'a level that is said to be gone',
    'inventory_levels/disconnect',
    { inventory_item_id: 5, location_id: 9, available: 3 },
  ],
  ['an order whose buyer is said to be forgotten', 'customers/redact', { id: 900, customer: { id: 77 } }],
  ['a question for data', 'customers/redact', { shop_id: 1, customer: { id: 77 }, data_request: { id: 9 } }],
  ['a customer’s request that is said to be the shop’s', 'shop/redact', { shop_id: 1, customer: { id: 77 } }],
  ['a product that is said to be the shop’s end', 'shop/redact', product()],
  ['nothing', 'shop/redact', {}],
])('a signed body destroys nothing under a topic that it was not sent with: %s', (_name, topic, body) => {
  expect(read(topic, body)).toMatchObject({ ok: false })
})

const PII = {
  email: 'jane@example.com',
  phone: '+49301234567',
  first_name: 'Janewood',
  last_name: 'Doeley',
  note: 'ring twice',
}
const address = { ...PII, address1: '5 Secret Street', zip: '10115', city: 'Berlinchen', latitude: 52.5 }
const order = (over: object = {}) => ({
  id: 900,
  name: '#1001',
  ...PII,
  customer: { id: 77, ...PII, default_address: address },
  billing_address: address,
  shipping_address: address,
  client_details: { browser_ip: '203.0.113.9' },
  currency: 'USD',
  financial_status: 'paid',
  created_at: '2025-12-30T10:00:00Z',
  processed_at: '2025-12-30T10:00:01Z',
  cancelled_at: null,
  line_items: [
    {
      id: 1,
      product_id: 5,
      variant_id: 51,
      quantity: 3,
      price: '10.00',
      properties: [{ name: 'engraving', value: 'Janewood' }],
    },
    { id: 2, product_id: 6, variant_id: null, quantity: 1, price: '4.50' },
    { id: 3, product_id: null, variant_id: null, quantity: 1, price: '1.00' },
  ],
  refunds: [],
  ...over,
})
const PURCHASE = {
  type: 'purchase',
  event_id: 'shopify:order:900',
  order_id: '900',
  user_id: '77',
  currency: 'USD',
  occurred_at: '2025-12-30T10:00:01.000Z',
  items: [
    { item_id: '5', variant_id: '51', quantity: 3, price: 1_000 },
    { item_id: '6', quantity: 1, price: 450 },
  ],
}

test('a paid order is a purchase of its shopper, the same however often it is told', () => {
  const told = ['orders/create', 'orders/paid', 'orders/updated'].map((topic) => effectsOf(read(topic, order())))
  for (const effects of told)
    expect(effects).toEqual([
      { kind: 'order', order: '900', shopper: { user_id: '77' } },
      { kind: 'events', events: [PURCHASE] },
    ])
  expect(eventSchema.safeParse(PURCHASE).success).toBe(true)
})

test('a guest is known by the order, and no person is anywhere', () => {
  const effects = effectsOf(read('orders/create', order({ customer: null })))
  expect(effects[0]).toEqual({ kind: 'order', order: '900', shopper: { anonymous_id: 'order:shopify:900' } })
  const all = JSON.stringify([effects, effectsOf(read('orders/create', order()))])
  for (const secret of [...Object.values(address).map(String), '203.0.113.9', '#1001'])
    expect(all).not.toContain(secret)
})

test.each([['pending'], ['voided'], ['expired'], [null]])('an order that is %s was not bought', (financial_status) => {
  expect(effectsOf(read('orders/create', order({ financial_status }))).map((effect) => effect.kind)).toEqual(['order'])
})

test('a test order is nothing', () => {
  expect(read('orders/create', order({ test: true }))).toMatchObject({ ok: true, effects: [], ignored: 'a test order' })
})

const lineItem = { id: 1, product_id: 5, variant_id: 51, quantity: 3, price: '10.00' }
const refund = {
  id: 31,
  order_id: 900,
  note: 'Janewood was sad',
  created_at: '2025-12-31T08:00:00Z',
  refund_line_items: [{ line_item_id: 1, quantity: 2, line_item: lineItem }],
}
const REFUND = {
  kind: 'refund',
  refund: '31',
  order: '900',
  atMs: Date.parse('2025-12-31T08:00:00Z'),
  currency: 'EUR',
  lines: [{ item: '5', variant: '51', quantity: 2, price: 1_000 }],
}

test('a refund names its order and its lines; one of money alone is nothing', () => {
  expect(effectsOf(read('refunds/create', refund))).toEqual([REFUND])
  expect(read('refunds/create', { ...refund, refund_line_items: [] })).toMatchObject({ ok: true, effects: [] })
})

test('a cancelled order gives back what was not given back before', () => {
  const body = order({ cancelled_at: '2025-12-31T09:00:00Z', refunds: [refund] })
  const [, first, rest] = effectsOf(read('orders/cancelled', body))
  expect(first).toEqual({ ...REFUND, currency: 'USD' })
  expect(rest).toMatchObject({
    refund: '900:cancelled',
    lines: [
      { item: '5', quantity: 1 },
      { item: '6', quantity: 1 },
    ],
  })
  const unpaid = effectsOf(
    read('orders/cancelled', order({ cancelled_at: '2025-12-31T09:00:00Z', financial_status: 'pending' })),
  )
  expect(unpaid.map((effect) => effect.kind)).toEqual(['order'])
})

test('an order of 450 lines is three purchases', () => {
  const line_items = Array.from({ length: 450 }, (_, index) => ({
    id: index,
    product_id: index + 1,
    quantity: 1,
    price: '1',
  }))
  const events = effectsOf(read('orders/create', order({ line_items }))).flatMap((effect) =>
    effect.kind === 'events' ? effect.events : [],
  )
  expect(events.map((event) => eventSchema.parse(event).event_id)).toEqual([
    'shopify:order:900',
    'shopify:order:900:2',
    'shopify:order:900:3',
  ])
})

test('privacy topics', () => {
  const customer = { id: 77, ...PII }
  expect(effectsOf(read('customers/redact', { customer, orders_to_redact: [900] }))).toEqual([
    { kind: 'erase', shoppers: ['u:77', 'a:order:shopify:900', `e:${PII.email.toLowerCase()}`] },
  ])
  expect(effectsOf(read('shop/redact', { shop_id: 1 }))).toEqual([{ kind: 'erase', shoppers: 'all' }])
  expect(effectsOf(read('customers/redact', { customer: PII }))).toEqual([
    { kind: 'erase', shoppers: [`e:${PII.email.toLowerCase()}`] },
  ])
  expect(read('customers/redact', { customer: { first_name: 'Ada' } })).toMatchObject({ ok: false })
  const [notice] = effectsOf(read('customers/data_request', { customer }))
  expect(notice).toMatchObject({ kind: 'notice' })
  expect(JSON.stringify(notice)).toContain('77')
  expect(JSON.stringify(notice)).not.toContain(PII.email)
  expect(effectsOf(read('app/uninstalled', {}))).toMatchObject([{ kind: 'notice' }])
})

test('topics that say nothing are ignored, topics that nobody knows are kept for a person', () => {
  expect(read('carts/update', {})).toMatchObject({ ok: true, effects: [] })
  expect(read('orders/fulfilled', order())).toMatchObject({ ok: true, effects: [] })
  for (const topic of ['constructor', '__proto__', 'products/unheard', 'x'])
    expect(read(topic, {}).ok, topic).toBe(topic === 'products/unheard')
})

test('the newer headers are preferred; a delivery without an id is named by its content', () => {
  const both = read('products/delete', { id: 1 }, { 'shopify-topic': 'products/update', 'shopify-webhook-id': 'w-2' })
  expect([both.id, both.topic]).toEqual(['w-2', 'products/update'])
  const named = (triggered: string) =>
    readWith(CONTEXT, { 'X-Shopify-Topic': 'products/delete', 'X-Shopify-Triggered-At': triggered }, { id: 1 }).id
  expect(named(TRIGGERED)).toBe(named(TRIGGERED))
  expect(named(TRIGGERED)).not.toBe(named('2025-12-31T10:00:01Z'))
})

const SAMPLES = join(import.meta.dirname, '../../../../../../shared/data/webhooks/shopify-products')
test.skipIf(!existsSync(SAMPLES))("Shopify's own sample products become items (skipped without ../shared/data)", () => {
  const files = readdirSync(SAMPLES).filter((name) => name.endsWith('.json'))
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) {
    const body = JSON.parse(readFileSync(join(SAMPLES, file), 'utf8')) as {
      id: number
      title: string
      variants: unknown[]
    }
    const reading = read('products/update', body)
    if (body.variants.length === 0) {
      expect(reading.ok, file).toBe(false)
      continue
    }
    const { line } = itemOf(reading)
    expect([line.id, line.variants?.length], file).toEqual([String(body.id), body.variants.length])
    const write = toItemWrite(line, 'en', NOW)
    expect(write.prices.length, file).toBe(body.variants.length)
    expect(`${write.title} ${write.description}`, file).not.toMatch(/<\/?[a-z]+>/)
  }
})
