import { expect, test } from 'vitest'
import { iso, NOW } from '../../../../tests/support/unit_catalogue.ts'
import { contextOf, effectsOf, itemOf, read as readWith } from '../../../../tests/support/webhook_delivery.ts'
import type { Mapping } from '../../../domain/webhook_source.ts'

const MAPPING: Mapping = {
  signature: { header: 'x-sign', encoding: 'hex' },
  fields: {
    id: 'product.code',
    title: 'product.name',
    description: 'product.texts[].value',
    brand: 'product.maker.name',
    categories: 'product.groups',
    tags: 'product.labels[]',
    url: 'product.link',
    image_url: 'product.pictures[0].href',
    price: 'product.prices[0].gross',
    list_price: 'product.prices[0].was',
    stock: 'product.units',
    currency: 'product.prices[0].iso',
    updated_at: 'changed',
    version: 'revision',
  },
  attributes: { colour: 'product.traits.colour', sizes: 'product.traits.sizes' },
  deleted: { path: 'event', equals: 'gone' },
}
const BODY = {
  event: 'changed',
  changed: '2025-12-30T10:00:00Z',
  revision: '17',
  product: {
    code: 4711,
    name: 'Teapot',
    texts: [{ value: '<p>Iron</p>' }, { value: 'heavy' }],
    maker: { name: 'Iwachu' },
    groups: ['Tea', 'Home'],
    labels: ['iron', 7],
    link: '/teapot',
    pictures: [{ href: 'https://shop.example/t.jpg' }],
    prices: [{ gross: '1.299,00', was: 1_500, iso: 'usd' }],
    units: '12',
    traits: { colour: 'black', sizes: ['S', 'M', true] },
  },
}
const read = (body: unknown, mapping: Partial<Mapping> = {}, headers: Record<string, string> = {}) =>
  readWith(contextOf('mapping', { mapping: { ...MAPPING, ...mapping } }), headers, body)

test('a product by its paths', () => {
  expect(itemOf(read(BODY)).line).toEqual({
    id: '4711',
    title: 'Teapot',
    description: 'Iron heavy',
    brand: 'Iwachu',
    categories: ['Tea', 'Home'],
    tags: ['iron', '7'],
    attributes: { colour: 'black', sizes: ['S', 'M', true] },
    locale: 'en',
    url: '/teapot',
    image_url: 'https://shop.example/t.jpg',
    updated_at: '2025-12-30T10:00:00.000Z',
    version: 17,
    offers: [{ market: '*', currency: 'USD', price: 129_900, list_price: 150_000, stock: 12 }],
  })
})

test('prices in minor units are taken as they are', () => {
  const body = { ...BODY, product: { ...BODY.product, prices: [{ gross: 1_299, was: '1500', iso: 'EUR' }] } }
  expect(itemOf(read(body, { minor_units: true })).line.offers[0]).toMatchObject({ price: 1_299, list_price: 1_500 })
  const half = { ...BODY, product: { ...BODY.product, prices: [{ gross: 12.5 }] } }
  expect(read(half, { minor_units: true }).ok).toBe(false)
})

test('a delete by its value', () => {
  expect(effectsOf(read({ ...BODY, event: 'gone' }))).toEqual([
    { kind: 'delete', deletion: { id: '4711', deleted: true, updated_at: '2025-12-30T10:00:00.000Z', version: 17 } },
  ])
})

test('many products at once; one that is wrong costs itself alone', () => {
  const fields = { id: 'id', title: 't', price: 'p' }
  const mapping = { item: 'rows[]', fields, attributes: {}, deleted: { path: 'off', equals: true } }
  const reading = read(
    {
      rows: [
        { id: 'a', t: 'A', p: 1 },
        { id: 'b', t: 'B' },
        { id: 'c', off: true },
      ],
    },
    mapping,
  )
  expect(effectsOf(reading).map((effect) => effect.kind)).toEqual(['item', 'delete'])
  expect(effectsOf(reading)[1]).toMatchObject({ deletion: { updated_at: iso(NOW) } })
  expect(reading).toMatchObject({ ok: true, problems: [{ pointer: '/p', detail: 'holds no price' }] })
  expect(read({ rows: [{ id: 'b', t: 'B' }] }, mapping).ok).toBe(false)
  expect(read({ rows: [] }, mapping).ok).toBe(false)
  expect(read({ rows: Array.from({ length: 201 }, () => ({})) }, mapping).ok).toBe(false)
})

test('deliveries are named by their header, else by body and time of sending', () => {
  const id = (headers: Record<string, string>, mapping: Partial<Mapping> = {}) => read(BODY, mapping, headers).id
  expect(id({ 'x-id': 'n-1' }, { id_header: 'x-id' })).toBe('n-1')
  expect(id({})).toBe(id({}))
  const timed = { signature: { ...MAPPING.signature, timestamp_header: 'x-time' } }
  expect(id({ 'x-time': '1' }, timed)).not.toBe(id({ 'x-time': '2' }, timed))
})
