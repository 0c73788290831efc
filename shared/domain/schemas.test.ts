import fc from 'fast-check'
import { expect, test } from 'vitest'
import { iso, itemLine, NOW } from '../../tests/support/unit_catalogue.ts'
import { Problem } from '../base/problem.ts'
import { decode, parseJson, pointerOf } from './decode.ts'
import { EVENT_TYPES, eventSchema, INTENT, shopperKey } from './event.ts'
import { filterSchema } from './filter.ts'
import { idSchema, linkSchema, localeSchema, marketSchema, minorSchema, momentSchema, shopIdSchema } from './ids.ts'
import { itemDeletionSchema, itemLineSchema, leafCategory, rootCategory } from './item.ts'
import { findKey, hashKey, makeKey, parseKey } from './key.ts'
import { LIMITS } from './limits.ts'
import { recommendationRequestSchema } from './recommendation.ts'
import { DEFAULT_PLACEMENTS, localised, placementBodySchema, shopBodySchema } from './shop.ts'

const SEED = 20_261_128

const TABLE: Array<[string, { safeParse(value: unknown): { success: boolean } }, unknown[], unknown[]]> = [
  [
    'ids',
    idSchema,
    ['a', '007', '商品 1', "it's", 'a'.repeat(128), '𠮷', '$', '..', '__proto__', 'constructor'],
    [
      '',
      'a'.repeat(129),
      'a\u0000',
      'a\n',
      'a\u202eb',
      '\u200b',
      'a\u2066',
      '\ud800',
      '\u{e0041}',
      'a\u2028',
      '\ufeff',
      1,
      null,
      ['a'],
      {},
    ],
  ],
  [
    'shops',
    shopIdSchema,
    ['a', 'a-b', '0', 'a'.repeat(40)],
    ['', '-a', 'a-', 'A', 'a_b', 'a:b', 'a'.repeat(41), 'a\n', 'ä'],
  ],
  ['markets', marketSchema, ['DE', '*', 'de-AT', '日本'], ['', 'a'.repeat(41), 'D\u0000E']],
  ['locales', localeSchema, ['en', 'de-AT', 'zh-Hant-TW'], ['', 'english', 'e', 'en_GB', 'en-', '*']],
  [
    'money',
    minorSchema,
    [0, 1, 1_000_000_000_000],
    [-1, 0.5, 1_000_000_000_001, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 2 ** 60],
  ],
  [
    'moments',
    momentSchema,
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123+09:00', '2024-02-29T23:59:59-12:00'],
    [
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '1767225600',
      1_767_225_600,
      '',
    ],
  ],
  [
    'links',
    linkSchema,
    ['/p/1', '/', 'https://a.example/x?y#z', 'HTTP://a.example', '/\u8336'],
    [
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      'data:text/html,x',
      'p/1',
      '',
      '/\t/evil.example',
      '/\n/evil.example',
      'https://a\u202e',
      ' https://a',
      `/${'a'.repeat(2_000)}`,
    ],
  ],
]

test.each(TABLE)('%s: takes what is right, refuses what is not', (_name, schema, good, bad) => {
  for (const value of good) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(true)
  for (const value of bad) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(false)
})

test('every moment that the schema takes is a moment that Date reads', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
      return momentSchema.safeParse(date.toISOString()).success && Date.parse(date.toISOString()) === date.getTime()
    }),
    { seed: SEED },
  )
})

test('items: the smallest and a full one pass, each single fault is refused at its place', () => {
  expect(itemLineSchema.safeParse(itemLine()).success).toBe(true)
  const faults: Array<[string, object]> = [
    ['/title', { title: '' }],
    ['/title', { title: 'x'.repeat(501) }],
    ['/description', { description: 'x'.repeat(20_001) }],
    ['/brand', { brand: 'a\u202e' }],
    ['/offers', { offers: [] }],
    ['/offers/0/price', { offers: [{ market: 'DE', currency: 'EUR' }] }],
    ['/offers/0/price', { offers: [{ market: 'DE', currency: 'EUR', price: 1.5 }] }],
    ['/offers/0/stock', { offers: [{ market: 'DE', currency: 'EUR', price: 1, stock: -1 }] }],
    ['/offers/0/currency', { offers: [{ market: 'DE', currency: 'euro', price: 1 }] }],
    ['/offers/0/variants', { offers: [{ market: 'DE', currency: 'EUR', variants: [] }] }],
    ['/offers', { offers: [1, 2].map((price) => ({ market: 'DE', currency: 'EUR', price })) }],
    ['/variants', { variants: [{ id: 'v' }, { id: 'v' }] }],
    ['/categories', { categories: Array.from({ length: 21 }, () => 'c') }],
    ['/attributes', { attributes: Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`a${i}`, 1])) }],
    ['/attributes/a', { attributes: { a: { nested: 1 } } }],
    ['/attributes/a', { attributes: { a: null } }],
    ['', { surprise: 1 }],
  ]
  for (const [pointer, over] of faults) {
    try {
      decode(itemLineSchema, { ...itemLine(), ...over })
      expect.unreachable(JSON.stringify(over).slice(0, 80))
    } catch (error) {
      expect(error).toBeInstanceOf(Problem)
      const pointers = (error as Problem).extras.errors!.map((own) => own.pointer)
      expect(pointers, JSON.stringify(over).slice(0, 80)).toContain(pointer)
    }
  }
})

test('a delete is only ever true', () => {
  expect(itemDeletionSchema.safeParse({ id: 'a', deleted: true }).success).toBe(true)
  for (const deleted of [false, 'true', 1, null])
    expect(itemDeletionSchema.safeParse({ id: 'a', deleted }).success).toBe(false)
})

test('__proto__ in a body pollutes nothing', () => {
  const hostile = parseJson(
    `{"id":"a","title":"t","offers":[{"market":"*","currency":"EUR","price":1}],"attributes":{"__proto__":{"polluted":true},"ok":1}}`,
  )
  const parsed = itemLineSchema.safeParse(hostile)
  if (parsed.success) expect(Object.keys(parsed.data.attributes!)).toEqual(['ok'])
  expect(itemLineSchema.safeParse(parseJson('{"__proto__":{"id":"a","title":"t"},"offers":[]}')).success).toBe(false)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(filterSchema.safeParse(parseJson('{"__proto__":{"field":"brand","op":"exists","value":true}}')).success).toBe(
    false,
  )
})

const leaf = { field: 'brand', op: 'exists', value: true }
const nested = (depth: number): unknown => {
  let node: unknown = leaf
  for (let level = 1; level < depth; level++) node = { not: node }
  return node
}

test('filters are bounded before they are walked', () => {
  expect(filterSchema.safeParse(nested(LIMITS.filterDepth)).success).toBe(true)
  expect(filterSchema.safeParse(nested(LIMITS.filterDepth + 1)).success).toBe(false)
  expect(filterSchema.safeParse({ all: Array.from({ length: LIMITS.filterNodes - 1 }, () => leaf) }).success).toBe(true)
  expect(filterSchema.safeParse({ all: Array.from({ length: LIMITS.filterNodes }, () => leaf) }).success).toBe(false)
  // Recursion over these would end the stack.
  for (const wrap of [
    (node: unknown) => ({ not: node }),
    (node: unknown) => ({ all: [node] }),
    (node: unknown) => ({ any: [leaf, node] }),
  ]) {
    let bomb: unknown = leaf
    for (let level = 0; level < 200_000; level++) bomb = wrap(bomb)
    expect(filterSchema.safeParse(bomb).success).toBe(false)
  }
  const wide = { any: Array.from({ length: 30 }, () => ({ all: Array.from({ length: 30 }, () => leaf) })) }
  expect(filterSchema.safeParse(wide).success).toBe(false)
})

test('control: the tree alone would walk a filter to the end of the stack', () => {
  const walk = (node: unknown): number =>
    typeof node === 'object' && node !== null && 'not' in node ? 1 + walk(node.not) : 0
  expect(() => walk(nested(200_000))).toThrow(RangeError)
})

test.each([
  [{ field: 'colour', op: 'eq', value: 1 }],
  [{ field: 'attribute.', op: 'eq', value: 1 }],
  [{ field: 'attribute.a"b', op: 'eq', value: 1 }],
  [{ field: 'attribute.a\\b', op: 'eq', value: 1 }],
  [{ field: 'brand', op: 'like', value: 'x' }],
  [{ field: 'brand', op: 'eq', value: ['x'] }],
  [{ field: 'brand', op: 'in', value: 'x' }],
  [{ field: 'brand', op: 'in', value: [] }],
  [{ field: 'brand', op: 'eq', value: null }],
  [{ field: 'brand', op: 'eq', value: 'x', extra: 1 }],
  [{ all: [], any: [] }],
  [{ all: [] }],
  [{ all: {} }],
  [[]],
  ['brand'],
])('no filter: %j', (value) => {
  expect(filterSchema.safeParse(value).success).toBe(false)
})

test('events name a shopper and what they are about', () => {
  const good = [
    { type: 'view', user_id: 'u', item_id: 'a' },
    { type: 'impression', session_id: 's', item_ids: ['a'] },
    { type: 'purchase', anonymous_id: 'a', items: [{ item_id: 'x' }] },
    { type: 'feedback', user_id: 'u', item_id: 'a', value: 4.5 },
  ]
  const bad = [
    { type: 'view', item_id: 'a' },
    { type: 'view', user_id: 'u' },
    { type: 'purchase', user_id: 'u' },
    { type: 'purchase', user_id: 'u', items: [] },
    { type: 'feedback', user_id: 'u', item_id: 'a', value: 6 },
    { type: 'feedback', user_id: 'u', item_id: 'a', value: 'love' },
    { type: 'impression', user_id: 'u', item_ids: [] },
    { type: 'hover', user_id: 'u', item_id: 'a' },
    { type: 'view', user_id: 'u', item_id: 'a', user: 'x' },
    { type: 'click', user_id: 'u\u202e', item_id: 'a' },
  ]
  for (const value of good) expect(eventSchema.safeParse(value).success, JSON.stringify(value)).toBe(true)
  for (const value of bad) expect(eventSchema.safeParse(value).success, JSON.stringify(value)).toBe(false)
})

test('shoppers of different kinds never share a key, and the user comes first', () => {
  expect([
    shopperKey({ user_id: '1' }),
    shopperKey({ anonymous_id: '1' }),
    shopperKey({ session_id: '1' }),
    shopperKey({}),
  ]).toEqual(['u:1', 'a:1', 's:1', null])
  expect(shopperKey({ user_id: 'u', anonymous_id: 'a', session_id: 's' })).toBe('u:u')
})

test('only a purchase is worth a purchase', () => {
  expect(EVENT_TYPES.filter((type) => INTENT[type] >= 1)).toEqual(['purchase'])
})

test('requests are bounded in every list', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `i${index}`)
  const at = (over: object) => recommendationRequestSchema.safeParse(over).success
  expect(at({})).toBe(true)
  expect(at({ history: [['a', 1_700_000_000], 'b'], recent: [{ item_id: 'a', occurred_at: iso(NOW) }] })).toBe(true)
  expect([at({ item_ids: ids(20) }), at({ item_ids: ids(21) })]).toEqual([true, false])
  expect([at({ exclude_item_ids: ids(500) }), at({ exclude_item_ids: ids(501) })]).toEqual([true, false])
  expect([at({ history: ids(1_000) }), at({ history: ids(1_001) })]).toEqual([true, false])
  expect([at({ limit: 50 }), at({ limit: 51 }), at({ limit: 0 }), at({ limit: 1.5 })]).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect([at({ diversity: 1 }), at({ diversity: 1.01 }), at({ placement: 'Home' }), at({ userid: 'u' })]).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('shops and placements', () => {
  const market = { market: 'DE', currency: 'EUR', locale: 'de' }
  expect(shopBodySchema.safeParse({ name: 'n', locale: 'en', market: 'DE', markets: [market] }).success).toBe(true)
  expect(shopBodySchema.safeParse({ name: 'n', locale: 'en', market: 'DE', markets: [] }).success).toBe(false)
  for (const body of Object.values(DEFAULT_PLACEMENTS)) expect(placementBodySchema.parse(body)).toEqual(body)
})

test('titles by locale: exact, language, the shop, English, any', () => {
  const table = { en: 'e', de: 'd', 'de-AT': 'a', fr: 'f' }
  expect(localised(table, 'de-AT', 'fr')).toBe('a')
  expect(localised(table, 'de-CH', 'fr')).toBe('d')
  expect(localised(table, 'ja', 'fr-CA')).toBe('f')
  expect(localised(table, 'ja', 'ko')).toBe('e')
  expect(localised({ zh: 'z' }, 'ja', 'ko')).toBe('z')
  expect([localised({}, 'en', 'en'), localised({ en: 'e' }, 'constructor', 'toString')]).toEqual(['', 'e'])
})

test('pointers escape what RFC 6901 escapes', () => {
  expect(pointerOf([])).toBe('')
  expect(pointerOf(['a/b', 0, '~', '~1', ''])).toBe('/a~1b/0/~0/~01/')
})

test('pointers lead back to their paths', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (path) => {
      const back = pointerOf(path)
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      return JSON.stringify(back) === JSON.stringify(path)
    }),
    { seed: SEED },
  )
})

test('at most twenty errors are shown', () => {
  const offers = Array.from({ length: 50 }, () => ({ market: '' }))
  try {
    decode(itemLineSchema, { ...itemLine(), offers })
    expect.unreachable()
  } catch (error) {
    expect((error as Problem).extras.errors).toHaveLength(20)
  }
  expect(() => parseJson('{')).toThrow(Problem)
})

const SECRET = 's'.repeat(32)

test('keys are read back, and nothing else is', () => {
  expect(parseKey(makeKey('pk', 'my-shop', SECRET))).toEqual({
    kind: 'pk',
    shop: 'my-shop',
    text: `pk_my-shop_${SECRET}`,
  })
  for (const text of [
    '',
    'pk_',
    `xk_shop_${SECRET}`,
    `pk_Shop_${SECRET}`,
    `pk_shop_${'s'.repeat(31)}`,
    `pk_shop_${'s'.repeat(65)}`,
    ` pk_shop_${SECRET}`,
    `pk_shop_${SECRET}\n`,
    `pk__${SECRET}`,
    `pk_a_b_${SECRET}`,
  ]) {
    expect(parseKey(text), text).toBeNull()
  }
})

test('a key is found by its hash while it may be used', async () => {
  const hash = await hashKey(makeKey('sk', 'shop', SECRET))
  const key = { hash, kind: 'sk' as const, label: 'l', origins: [], expiresAtMs: NOW, revokedAtMs: null }
  expect(findKey([key], hash, NOW - 1)).toBe(key)
  expect(findKey([key], hash, NOW)).toBeNull()
  expect(findKey([{ ...key, revokedAtMs: 1 }], hash, NOW - 1)).toBeNull()
  expect(findKey([key], await hashKey('other'), NOW - 1)).toBeNull()
})

test('categories: the general and the particular step', () => {
  expect([rootCategory('A > B > C'), leafCategory('A > B > C'), rootCategory('A'), leafCategory('A')]).toEqual([
    'A',
    'C',
    'A',
    'A',
  ])
})
