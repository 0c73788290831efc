import fc from 'fast-check'
import { expect, test } from 'vitest'
import { iso, NOW } from '../../../../tests/support/unit_catalogue.ts'
import { cleanText } from '../../../base/text/clean.ts'
import { itemLineSchema } from '../../../domain/item.ts'
import { type Draft, toItemLine } from './draft.ts'
import { Warnings } from './warnings.ts'

const SEED = 20_261_132
const nasty = fc.constantFrom(
  '\ufdfa',
  '<b>',
  '&lt;i&gt;',
  '\u200b',
  '\ud800',
  '__proto__',
  'constructor',
  ' ',
  '🍵',
  'e\u0301',
)
const text = fc
  .tuple(
    fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 }),
    fc.constantFrom(1, 1, 40),
  )
  .map(([parts, times]) => parts.join('').repeat(times))
const maybe = <T>(own: fc.Arbitrary<T>) => fc.option(own, { nil: undefined })
const variant = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  title: maybe(text),
  options: fc.array(fc.tuple(text, text), { maxLength: 3 }),
  sku: maybe(text),
  imageUrl: maybe(text),
})
const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.constant('x'),
  title: text.map((own) => `T${own}`),
  description: maybe(text),
  brand: maybe(text),
  categories: maybe(fc.array(text, { maxLength: 25 })),
  tags: maybe(fc.array(text, { maxLength: 60 })),
  attributes: fc.array(fc.tuple(text, fc.array(fc.oneof(text, fc.double(), fc.boolean()), { maxLength: 40 })), {
    maxLength: 70,
  }),
  url: maybe(fc.oneof(text, fc.webUrl(), fc.constant('//cdn.example/x'))),
  imageUrl: maybe(text),
  updatedAtMs: fc.constant(NOW),
  locale: fc.constant('en'),
  variants: fc.array(variant, { maxLength: 4 }),
  offers: fc.constant([
    { market: '*', currency: 'EUR', price: 1 },
    { market: '*', currency: 'EUR', price: 2 },
  ]),
})

/** Every text of a line, names of attributes and options too. */
const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, own]) => [key, ...textsOf(own)])
    : []
}

test('whatever a platform tells of an item fits the schema, is clean, and stays as it is when it is read again', () => {
  fc.assert(
    fc.property(draft, (own) => {
      const first = toItemLine(own, new Warnings())
      if (!first.ok) throw new Error(JSON.stringify(first.errors))
      const { line } = first
      expect(itemLineSchema.safeParse(line).success).toBe(true)
      const { url: _url, image_url: _image, variants, ...words } = line
      for (const one of [...textsOf(words), ...textsOf((variants ?? []).map(({ image_url: _own, ...rest }) => rest))])
        expect(cleanText(one)).toBe(one)
      const warnings = new Warnings()
      const again = toItemLine(
        {
          ...own,
          title: line.title,
          description: line.description,
          brand: line.brand,
          categories: line.categories,
          tags: line.tags,
          attributes: Object.entries(line.attributes ?? {}).map(([name, values]) => [name, [values].flat()] as const),
          url: line.url,
          imageUrl: line.image_url,
          variants: (line.variants ?? []).map((one) => ({
            id: one.id,
            title: one.title,
            options: Object.entries(one.options ?? {}),
            sku: one.sku,
            imageUrl: one.image_url,
          })),
          offers: line.offers,
        },
        warnings,
      )
      expect([again, warnings.list]).toEqual([first, []])
    }),
    { seed: SEED, numRuns: 500 },
  )
}, 60_000)

test('a moment, a link and a repeated market', () => {
  const warnings = new Warnings()
  const read = toItemLine(
    {
      id: 'x',
      title: 'T',
      url: ' //cdn.example/x ',
      imageUrl: 'javascript:alert(1)',
      createdAtMs: 0,
      updatedAtMs: NOW,
      locale: 'en',
      offers: [
        { market: '*', currency: 'EUR', price: 1 },
        { market: '*', currency: 'EUR', price: 2 },
      ],
    },
    warnings,
  )
  expect(read).toMatchObject({
    ok: true,
    line: { url: 'https://cdn.example/x', created_at: iso(0), offers: [{ price: 1 }] },
  })
  expect(warnings.list).toEqual(['offers: 1 named twice are left out', 'image_url is no address and is left out'])
})

test('a title of nothing visible is an error and no invention', () => {
  const read = toItemLine(
    { id: 'x', title: '\u200b', updatedAtMs: NOW, locale: 'en', offers: [{ market: '*', currency: 'EUR', price: 1 }] },
    new Warnings(),
  )
  expect(read.ok ? [] : read.errors.map((error) => error.pointer)).toEqual(['/title'])
})
