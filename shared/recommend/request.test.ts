import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestOf } from '../../tests/support/ask.ts'
import { NO_RULES, ruleSchema } from '../domain/rule.ts'
import { DEFAULT_PLACEMENTS, type ShopConfig } from '../domain/shop.ts'
import { isShared, type ShelfRequest, sharedKey } from './request.ts'

const config = (more: Partial<ShopConfig> = {}): ShopConfig => ({
  shop: 'shop-a',
  name: 'A',
  locale: 'en-GB',
  market: 'GB',
  markets: [
    { market: 'GB', currency: 'GBP', locale: 'en-GB' },
    { market: 'DE', currency: 'EUR', locale: 'de-DE' },
  ],
  keys: [],
  placements: DEFAULT_PLACEMENTS,
  search: { space: null, found: false },
  rules: NO_RULES,
  ranker: null,
  gates: {},
  ...more,
})
const NOW_MS = Date.parse('2026-06-01T00:00:00Z')
const keyOf = (request: ShelfRequest) => sharedKey(request, NOW_MS)
const of = (body: Record<string, unknown> = {}, more: Partial<ShopConfig> = {}) => requestOf(config(more), body)

/** Changes to each dimension that a shared shelf depends on. */
const DIMENSIONS: ReadonlyArray<readonly [string, (request: ShelfRequest) => ShelfRequest]> = [
  ['shop', (request) => ({ ...request, shop: config({ shop: 'shop-b' }) })],
  ['placement name', (request) => ({ ...request, placementName: 'other' })],
  ['placement', (request) => ({ ...request, placement: { ...request.placement, max_per_brand: 3 } })],
  ['market', (request) => ({ ...request, market: 'DE' })],
  ['locale', (request) => ({ ...request, locale: 'de-DE' })],
  ['seeds', (request) => ({ ...request, seeds: [...request.seeds, 'another'] })],
  ['filter', (request) => ({ ...request, filter: { field: 'brand', op: 'eq', value: 'x' } })],
  ['limit', (request) => ({ ...request, limit: request.limit + 1 })],
  ['diversity', (request) => ({ ...request, diversity: request.diversity + 0.01 })],
  ['explain', (request) => ({ ...request, explain: 'none' })],
  ['rules', (request) => ({ ...request, shop: config({ rules: { version: 2, rules: [] } }) })],
]

test('equal requests have equal keys', () => {
  expect(keyOf(of({ item_ids: ['a', 'b'] }))).toBe(keyOf(of({ item_ids: ['a', 'b'] })))
  const filter = { all: [{ field: 'brand', op: 'eq', value: 'x' }] }
  const reordered = { all: [{ value: 'x', op: 'eq', field: 'brand' }] }
  expect(keyOf(of({ filter }))).toBe(keyOf(of({ filter: reordered })))
})

for (const [name, change] of DIMENSIONS) {
  test(`the key changes with the ${name}`, () => {
    const request = of({ item_ids: ['a'] })
    expect(keyOf(change(request))).not.toBe(keyOf(request))
  })
}

test('a rule that begins or ends changes the key at that moment, and nothing else does', () => {
  const rule = ruleSchema.parse({
    ...{ id: 'week', name: 'A week', from: '2026-06-02T00:00:00Z', until: '2026-06-09T00:00:00+02:00' },
    action: { kind: 'pin', item_ids: ['a'] },
  })
  const request = of({}, { rules: { version: 1, rules: [rule] } })
  const days = ['06-01T00:00', '06-01T23:59', '06-02T00:00', '06-08T21:59', '06-08T22:00', '07-01T00:00']
  const keys = days.map((day) => sharedKey(request, Date.parse(`2026-${day}:00Z`)))
  expect(keys.map((key) => keys.indexOf(key))).toEqual([0, 0, 2, 2, 4, 4])
})

test('no two different lists of seeds and markets have the same key', () => {
  const text = fc.string({ minLength: 1, maxLength: 6 })
  const dimensions = fc.tuple(fc.array(text, { maxLength: 3 }), text, text)
  fc.assert(
    fc.property(dimensions, dimensions, (a, b) => {
      const key = ([seeds, market, locale]: typeof a) => keyOf({ ...of(), seeds, market, locale })
      expect(key(a) === key(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
    { numRuns: 2_000 },
  )
})

test('nothing about one shopper is shared', () => {
  expect(isShared(of())).toBe(true)
  expect(isShared(of({ item_ids: ['a'], market: 'DE', filter: { field: 'price', op: 'lt', value: 5 } }))).toBe(true)
  const personal: Record<string, unknown>[] = [
    { user_id: 'u' },
    { anonymous_id: 'u' },
    { session_id: 'u' },
    { recent: [] },
    { history: ['a'] },
    { cart_item_ids: ['a'] },
    { exclude_item_ids: ['a'] },
    { query: 'tea' },
    { as_of: '2026-01-01T00:00:00Z' },
    { freshness: 'strict' },
    { explain: 'trace' },
  ]
  for (const body of personal) expect(isShared(of(body)), JSON.stringify(body)).toBe(false)
  expect(isShared({ ...of(), shown: new Set([1]) })).toBe(false)
})
