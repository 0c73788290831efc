import { expect, test } from 'vitest'
import { NOW } from '../../../../tests/support/unit_catalogue.ts'
import { contextOf, effectsOf, read as readWith } from '../../../../tests/support/webhook_delivery.ts'
import { fetchedProduct } from './bigcommerce.ts'

const CONTEXT = contextOf('bigcommerce', { currency: 'USD' })
const read = (scope: string, data: object, headers: Record<string, string> = { 'webhook-id': 'm-1' }) =>
  readWith(CONTEXT, headers, {
    scope,
    store_id: '1',
    data,
    hash: 'abc',
    created_at: 1_761_479_233,
    producer: 'stores/abc',
  })
const AT_MS = 1_761_479_233_000
const fetching = (id: string) => [{ kind: 'fetch', resource: 'product', id, atMs: AT_MS }]

test.each<[string, object]>([
  ['store/product/created', { type: 'product', id: 205 }],
  ['store/product/updated', { type: 'product', id: 205 }],
  [
    'store/product/inventory/updated',
    { type: 'product', id: 205, inventory: { product_id: 205, method: 'absolute', value: 7 } },
  ],
  ['store/sku/updated', { type: 'sku', id: 9, sku: { product_id: 205, variant_id: 1 } }],
  ['store/sku/inventory/updated', { type: 'sku', id: 9, inventory: { product_id: 205, variant_id: 1, value: 5 } }],
])('%s asks for the product', (scope, data) => {
  const reading = read(scope, data)
  expect([reading.id, reading.topic]).toEqual(['m-1', scope])
  expect(effectsOf(reading)).toEqual(fetching('205'))
})

test('a delete needs no more than its id', () => {
  expect(effectsOf(read('store/product/deleted', { type: 'product', id: 205 }))).toEqual([
    { kind: 'delete', deletion: { id: '205', deleted: true, updated_at: new Date(AT_MS).toISOString(), version: NOW } },
  ])
})

test('orders are ignored; what names no product is kept', () => {
  expect(read('store/order/created', { type: 'order', id: 1 })).toMatchObject({ ok: true, effects: [] })
  expect(read('store/sku/updated', { type: 'sku', id: 9 }).ok).toBe(false)
  expect(read('elsewhere', { id: 1 }).ok).toBe(false)
  expect(read('store/product/updated', {}, {}).id).toMatch(/^hash:/)
})

const variant = (over: object = {}) => ({
  id: 1,
  sku: 'A',
  price: null,
  sale_price: null,
  calculated_price: 20,
  inventory_level: 3,
  purchasing_disabled: false,
  image_url: '',
  option_values: [{ option_display_name: 'Size', label: 'S' }],
  ...over,
})
const product = (over: object = {}) => ({
  id: 205,
  name: 'Kettle',
  description: '<p>Steel</p>',
  price: 25,
  sale_price: 20,
  calculated_price: 20,
  retail_price: 0,
  is_visible: true,
  availability: 'available',
  inventory_tracking: 'variant',
  inventory_level: 3,
  search_keywords: 'steel, kettle',
  custom_url: { url: '/kettle/', is_customized: false },
  custom_fields: [{ id: 1, name: 'Material', value: 'Steel' }],
  images: [
    { url_standard: 'https://cdn.example/2.jpg', is_thumbnail: false },
    { url_standard: 'https://cdn.example/1.jpg', is_thumbnail: true },
  ],
  variants: [
    variant(),
    variant({ id: 2, calculated_price: 30, price: 30, inventory_level: 0, purchasing_disabled: true }),
  ],
  date_created: '2025-01-01T00:00:00+00:00',
  date_modified: '2025-02-01T00:00:00+00:00',
  ...over,
})

test('a fetched product is an item dated by its last change', () => {
  const fetched = fetchedProduct({ data: product(), meta: {} }, CONTEXT)
  expect(fetched).toEqual({
    ok: true,
    warnings: [],
    effects: [
      {
        kind: 'item',
        inventory: [],
        line: {
          id: '205',
          title: 'Kettle',
          description: 'Steel',
          tags: ['steel', 'kettle'],
          attributes: { Material: 'Steel' },
          locale: 'en',
          url: '/kettle/',
          image_url: 'https://cdn.example/1.jpg',
          created_at: '2025-01-01T00:00:00.000Z',
          updated_at: '2025-02-01T00:00:00.000Z',
          variants: [
            { id: '1', sku: 'A', options: { Size: 'S' } },
            { id: '2', sku: 'A', options: { Size: 'S' } },
          ],
          offers: [
            {
              market: '*',
              currency: 'USD',
              visible: true,
              variants: [
                { id: '1', price: 2_000, list_price: 2_500, stock: 3 },
                { id: '2', price: 3_000, stock: 0 },
              ],
            },
          ],
        },
      },
    ],
  })
})

test('of two answers of one second the one that was fetched later is the newer', () => {
  const versionOf = (fetchedAtMs?: number) => {
    const fetched = fetchedProduct(product(), CONTEXT, fetchedAtMs)
    const [effect] = fetched.ok ? fetched.effects : []
    return effect?.kind === 'item' ? effect.line.version : null
  }
  expect([versionOf(NOW), versionOf()]).toEqual([NOW, undefined])
})

test.each<[string, object, number | undefined, boolean]>([
  ['not counted', { inventory_tracking: 'none' }, undefined, true],
  ['counted as one', { inventory_tracking: 'product', inventory_level: 9 }, 9, true],
  ['disabled', { availability: 'disabled' }, 3, false],
  ['hidden', { is_visible: false }, 3, false],
])('%s', (_name, over, stock, visible) => {
  const fetched = fetchedProduct(product(over), CONTEXT)
  const [effect] = fetched.ok ? fetched.effects : []
  const offer = effect?.kind === 'item' ? effect.line.offers[0]! : null
  expect([offer?.variants?.[0]?.stock, offer?.visible]).toEqual([stock, visible])
})

test.each([
  [null],
  [[]],
  [{ data: {} }],
  [product({ date_modified: 'soon' })],
  [product({ price: 'x', sale_price: 'x', calculated_price: 'x', variants: [] })],
])('%j is no product', (body) => {
  expect(fetchedProduct(body, CONTEXT).ok).toBe(false)
})
