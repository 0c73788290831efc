import fc from 'fast-check'
import { expect, test } from 'vitest'
import { iso, itemLine, NOW } from '../../tests/support/unit_catalogue.ts'
import { canonicalJson } from '../base/hash.ts'
import { seededRng } from '../base/rng.ts'
import type { ItemLine } from '../domain/item.ts'
import { ItemRefused, toItemWrite, toTombstone } from './item_write.ts'

const SEED = 20_261_127
const write = (over: Partial<ItemLine> = {}, nowMs = NOW) => toItemWrite(itemLine(over), 'en', nowMs)

test('text is stored without what nobody can see, in one normal form', () => {
  const stored = write({
    title: '  Tea\u200bpot \u202e \n two ',
    brand: 'Cafe\u0301',
    description: 'a\u0000b',
    variants: [{ id: 'v', title: ' Ｓ\u200b ', options: { ' ｓize ': 'ﬁt\u200b', void: '\u200b' }, sku: ' Ａ-1' }],
    categories: ['A > B', ' A > B ', '\u200d'],
    tags: ['x', 'x', ' x'],
    attributes: { ' colour ': ' red ', sizes: [' s ', 2, true] },
  })
  expect(stored).toMatchObject({
    title: 'Teapot two',
    brand: 'Café',
    description: 'ab',
    categories: ['A > B'],
    tags: ['x'],
    attributes: { colour: 'red', sizes: ['s', 2, true] },
  })
  expect(stored.variants[0]).toEqual({
    variant: 'v',
    title: 'S',
    options: { size: 'fit' },
    sku: 'A-1',
    imageUrl: null,
  })
})

test('descriptions give up their markup, in every language; what only looks like markup stays', () => {
  const plain = (description: string) => write({ description }).description
  expect(plain('<p>Oak &amp; iron</p><ul><li>5 cm</li></ul><script>x()</script>')).toBe('Oak & iron • 5 cm')
  expect([plain('I <3 tea'), plain('a < b'), plain('Tom & Jerry')]).toEqual(['I <3 tea', 'a < b', 'Tom & Jerry'])
  const offers = [{ market: '*', currency: 'EUR', price: 1, description: '<b>Eiche</b>' }]
  expect(write({ offers }).offers[0]!.description).toBe('Eiche')
})

test('no stored text is longer than its limit, whatever its normal form does to it', () => {
  const stored = write({
    title: '\ufdfa'.repeat(500),
    brand: '\ufdfa'.repeat(200),
    description: '\ufdfa'.repeat(20_000),
  })
  expect([stored.title.length <= 500, stored.brand!.length <= 200, stored.description.length <= 20_000]).toEqual([
    true,
    true,
    true,
  ])
  expect(stored.title.length).toBeGreaterThan(400)
})

test('what is stored is stored alike when it is sent again', () => {
  const dirty = fc.array(
    fc.constantFrom('<b>', 'Ａ', '\u200b', '&lt;', 'b>', '½', '\u0301', ' ', '&amp;', '\u202e', 'x'),
    { maxLength: 12 },
  )
  const field = dirty.map((parts) => `T${parts.join('')}`)
  fc.assert(
    fc.property(field, field, field, (title, description, name) => {
      const once = write({ title, description, tags: [name], attributes: { [name]: name } })
      const again = write({
        title: once.title,
        description: once.description,
        tags: [...once.tags],
        attributes: once.attributes as NonNullable<ItemLine['attributes']>,
      })
      expect(again.contentHash).toBe(once.contentHash)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('a title or brand of nothing visible is none', () => {
  expect(() => write({ title: '\u200b \u2066' })).toThrow(ItemRefused)
  expect(write({ brand: '\u200b' }).brand).toBeNull()
})

/** The same value with the keys of every object in another order. */
function reordered(value: unknown, rng: ReturnType<typeof seededRng>): unknown {
  if (Array.isArray(value)) return value.map((entry) => reordered(entry, rng))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(rng.shuffle(Object.entries(value)).map(([key, own]) => [key, reordered(own, rng)]))
}

const rich: fc.Arbitrary<Partial<ItemLine>> = fc.record({
  title: fc.string({ minLength: 1 }).map((text) => `T${text}`),
  brand: fc.constantFrom('A', 'B'),
  attributes: fc.dictionary(
    fc.constantFrom('colour', 'material', 'b', 'a', 'z'),
    fc.oneof(fc.constantFrom('red', 'iron', 'blue'), fc.array(fc.constantFrom('x', 'y'), { minLength: 1 })),
    { noNullPrototype: true },
  ),
  offers: fc.constant<ItemLine['offers']>([
    { market: '*', currency: 'EUR', price: 5, list_price: 9 },
    { market: 'DE', currency: 'EUR', variants: [{ id: 'v', price: 1, stock: 2 }], title: 'Kanne' },
  ]),
})

test('the order of keys changes neither hash nor words', () => {
  fc.assert(
    fc.property(rich, fc.integer(), (over, seed) => {
      const straight = write(over)
      const other = toItemWrite(reordered(itemLine(over), seededRng(seed)) as ItemLine, 'en', NOW)
      expect([other.contentHash, other.textHash, other.text]).toEqual([
        straight.contentHash,
        straight.textHash,
        straight.text,
      ])
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('the clocks are no content; everything else is', () => {
  const base = write()
  expect(write({ updated_at: iso(NOW + 5) }).contentHash).toBe(base.contentHash)
  expect(write({}, NOW + 99).contentHash).toBe(base.contentHash)
  const changes: Array<Partial<ItemLine>> = [
    { title: 'Kettle' },
    { description: 'd' },
    { brand: 'b' },
    { categories: ['c'] },
    { tags: ['t'] },
    { attributes: { a: 1 } },
    { attributes: { a: '1' } },
    { locale: 'de' },
    { url: '/u' },
    { image_url: '/i' },
    { created_at: iso(NOW) },
    { variants: [{ id: 'v' }] },
    { offers: [{ market: '*', currency: 'EUR', price: 1_001 }] },
    { offers: [{ market: 'DE', currency: 'EUR', price: 1_000 }] },
    { offers: [{ market: '*', currency: 'EUR', price: 1_000, stock: 0 }] },
    { offers: [{ market: '*', currency: 'EUR', price: 1_000, valid_until: iso(NOW) }] },
  ]
  const hashes = changes.map((change) => write(change).contentHash)
  expect(new Set([base.contentHash, ...hashes]).size).toBe(changes.length + 1)
})

test('price, stock and links keep the text; words in any language do not', () => {
  const base = write().textHash
  const price = (over: object) => write({ offers: [{ market: '*', currency: 'EUR', price: 9, ...over }] }).textHash
  expect([price({}), price({ stock: 0 }), price({ visible: false }), write({ url: '/x' }).textHash]).toEqual([
    base,
    base,
    base,
    base,
  ])
  expect(price({ title: 'Kanne' })).not.toBe(base)
  expect(write({ attributes: { colour: 'red' } }).textHash).not.toBe(base)
})

test('everything that a language model may see gives the text another hash', () => {
  const variants = (over: object) => [{ id: 'v', ...over }]
  const offers = (over: object): ItemLine['offers'] => [{ market: '*', currency: 'EUR', price: 1, ...over }]
  const changes: Array<Partial<ItemLine>> = [
    { title: 'Kettle' },
    { description: 'd' },
    { brand: 'b' },
    { categories: ['c'] },
    { tags: ['c'] },
    { attributes: { a: 1 } },
    { attributes: { a: '1' } },
    { attributes: { b: 1 } },
    { attributes: { a: true } },
    { variants: variants({ options: { size: 'S' } }) },
    { variants: variants({ options: { fit: 'S' } }) },
    { locale: 'de' },
    { offers: offers({ title: 'Kanne' }) },
    { offers: offers({ description: 'Kanne' }) },
  ]
  const hashes = changes.map((change) => write(change).textHash)
  expect(new Set([write().textHash, ...hashes]).size).toBe(changes.length + 1)
  const silent = [{ variants: variants({ sku: 'x' }) }, { image_url: '/i' }, { version: 3 }, { created_at: iso(NOW) }]
  for (const change of silent) expect(write(change).textHash).toBe(write().textHash)
})

test('control: a hash of plain JSON would see the order of keys', () => {
  const [a, b] = [
    { x: 1, y: 2 },
    { y: 2, x: 1 },
  ]
  expect(JSON.stringify(a)).not.toBe(JSON.stringify(b))
  expect(canonicalJson(a)).toBe(canonicalJson(b))
})

test('variants are those that the item names, then those that only its offers name', () => {
  const stored = write({
    variants: [{ id: 's', title: 'Small', options: { size: 'S' } }],
    offers: [
      {
        market: '*',
        currency: 'EUR',
        variants: [
          { id: 's', price: 1 },
          { id: 'm', price: 2 },
        ],
      },
      { market: 'DE', currency: 'EUR', variants: [{ id: 'm', price: 3 }] },
    ],
  })
  expect(stored.variants.map((own) => [own.variant, own.title])).toEqual([
    ['s', 'Small'],
    ['m', null],
  ])
  expect(write().variants.map((own) => own.variant)).toEqual(['item-1'])
})

test.each<[string, object, boolean]>([
  ['untracked stock', { price: 1 }, true],
  ['stock', { price: 1, stock: 1 }, true],
  ['none', { price: 1, stock: 0 }, false],
  ['hidden', { price: 1, visible: false }, false],
  [
    'one variant left',
    {
      variants: [
        { id: 'a', price: 1, stock: 0 },
        { id: 'b', price: 1, stock: 2 },
      ],
    },
    true,
  ],
  [
    'no variant left',
    {
      variants: [
        { id: 'a', price: 1, stock: 0 },
        { id: 'b', price: 1, stock: 0 },
      ],
    },
    false,
  ],
])('sellable: %s', (_name, over, sellable) => {
  const stored = write({ offers: [{ market: '*', currency: 'EUR', ...over }] as ItemLine['offers'] })
  expect(stored.offers[0]!.sellable).toBe(sellable)
})

test('full text sees every language once, with Chinese and Japanese cut into words', () => {
  const { text } = write({
    title: 'Teapot',
    brand: 'Iwachu',
    offers: [{ market: 'JP', currency: 'JPY', price: 1, title: '急須', description: '鉄瓶' }],
  })
  expect(text.title).toBe('Teapot 急須 急須')
  expect(text.body).toBe('Iwachu 鉄瓶')
  expect(text.segmented.split(' ')).toContain('急須')
})

test('without a clock of its own a write is of now, and a missing creation date stays unsaid', () => {
  const { created_at: _none, ...line } = itemLine()
  const stored = toItemWrite(line, 'en', NOW + 7)
  expect([stored.sourceAtMs, stored.createdAtMs]).toEqual([NOW + 7, null])
  expect(toTombstone({ id: 'x', deleted: true }, NOW)).toEqual({
    id: 'x',
    deleted: true,
    sourceAtMs: NOW,
    sourceVersion: 0,
  })
  expect([
    write({ version: 7 }).sourceVersion,
    toTombstone({ id: 'x', deleted: true, version: 8 }, NOW).sourceVersion,
  ]).toEqual([7, 8])
  expect(toTombstone({ id: 'x', deleted: true, updated_at: '2026-01-01T02:00:00+02:00' }, NOW).sourceAtMs).toBe(NOW)
})

test('a source clock that runs far ahead is refused: it would shut out every later write', () => {
  const ahead = new Date(NOW + 10 * 60_000).toISOString()
  expect(() => toItemWrite({ ...itemLine(), updated_at: ahead }, 'en', NOW)).toThrow(ItemRefused)
  expect(() => toTombstone({ id: 'x', deleted: true, updated_at: ahead }, NOW)).toThrow(ItemRefused)
})
