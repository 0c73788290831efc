import type { D1Database } from '@cloudflare/workers-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCatalogue, iso, itemLine, NOW, rewritingD1, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { type Filter, type Filterable, filterSchema, passes } from '../../domain/filter.ts'
import type { ItemLine } from '../../domain/item.ts'
import { LIMITS } from '../../domain/limits.ts'
import { toItemWrite } from '../../ingest/item_write.ts'
import { createItemWriter } from './item_writes.ts'
import { createShelfReads } from './shelf_reads.ts'

const SEED = 20_261_121
const ITEMS = 12
const FILTERS = 12
const RUNS = 40

const NAMES = ['colour', 'a.b', 'with blank', '材質', '$price', '0', "it's", 'a[0]', '#-1', '*', 'toString'] as const
const WORDS = ['red', 'Red', '1', 'true', '赤', '𠮷野', 'ｶﾅ', '$', 'a b', "o'b", '%', '_'] as const
const PATHS = ['Tea', 'Tea > Pots', 'Tea > Pots > Iron', 'Teas', '1', '1 > Two', '茶 > 急須', 'Tea >Pots'] as const
const DATES = [NOW - 3_000, NOW - 2_000, NOW - 1_000] as const
const NUMBERS = [0, 1, -1, 1.5, 1e21, 900, 1_000] as const

const scalar = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.boolean() },
)
const attributes = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), {
  maxKeys: 5,
  noNullPrototype: true,
})
const itemArbitrary = fc.record({
  brand: fc.option(fc.constantFrom(...WORDS), { nil: undefined }),
  categories: fc.array(fc.constantFrom(...PATHS), { maxLength: 3 }),
  tags: fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }),
  attributes,
  price: fc.constantFrom(0, 1, 900, 1_000),
  list_price: fc.option(fc.constantFrom(0, 900, 1_000, 2_000), { nil: undefined }),
  created: fc.constantFrom(...DATES),
})

const field = fc.oneof(
  fc.constantFrom('id', 'category', 'category', 'brand', 'tag', 'price', 'on_sale', 'created_at'),
  fc.constantFrom(...NAMES).map((name) => `attribute.${name}`),
)
const wanted = (name: string): fc.Arbitrary<string | number | boolean> =>
  name === 'category'
    ? fc.oneof(fc.constantFrom(...PATHS), scalar)
    : name === 'created_at'
      ? fc.oneof(fc.constantFrom(...DATES.map(iso)), fc.constantFrom(...DATES), fc.constantFrom('no date', '2026'))
      : name === 'id'
        ? fc.constantFrom('0', '3', '商品 5', '$7')
        : scalar
const condition = field.chain((name) =>
  fc.oneof(
    fc.record({
      field: fc.constant(name),
      op: fc.constantFrom('eq', 'ne', 'lt', 'lte', 'gt', 'gte'),
      value: wanted(name),
    }),
    fc.record({
      field: fc.constant(name),
      op: fc.constantFrom('in', 'nin'),
      value: fc.array(wanted(name), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ field: fc.constant(name), op: fc.constant('exists'), value: fc.boolean() }),
  ),
)
const filterArbitrary = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    condition,
    fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
})).tree

type RandomItem = typeof itemArbitrary extends fc.Arbitrary<infer T> ? T : never

const ids = ['0', '1', '2', '3', '4', '商品 5', "it's", '$7', 'a.b', '#9', '"x"', '11']

function linesOf(items: readonly RandomItem[]): ItemLine[] {
  return items.map(({ brand, list_price, price, created, ...facts }, index) =>
    itemLine({
      id: ids[index]!,
      ...facts,
      ...(brand === undefined ? {} : { brand }),
      created_at: iso(created),
      offers: [{ market: 'DE', currency: 'EUR', price, ...(list_price === undefined ? {} : { list_price }) }],
    }),
  )
}

/** What memory judges: the item as it is stored, for half-width kana and the like are folded on the way in. */
function filterable(line: ItemLine): Filterable {
  const write = toItemWrite(line, 'en', NOW)
  const { price, listPrice } = write.prices[0]!
  return {
    ...write,
    attributes: write.attributes as Filterable['attributes'],
    price,
    listPrice,
    createdAtMs: Date.parse(line.created_at!),
  }
}

async function selected(db: D1Database, filter: Filter): Promise<string[]> {
  const query = { shop: SHOP, market: 'DE', nowMs: NOW, ids: [], expand: [], texts: false }
  const { filler } = await createShelfReads(db, 'primary').finalists({
    ...query,
    filler: { limit: 50, exclude: [], filter },
  })
  return filler.map((card) => card.id).sort()
}

/** Counts the items on which SQL and memory disagree. */
async function disagreements(db: D1Database, lines: readonly ItemLine[], filters: readonly Filter[]) {
  const found: unknown[] = []
  for (const filter of filters) {
    const inSql = await selected(db, filter)
    const inMemory = lines.filter((line) => passes(filter, filterable(line))).map((line) => line.id)
    if (JSON.stringify(inSql) !== JSON.stringify(inMemory.sort())) found.push({ filter, inSql, inMemory })
  }
  return found
}

async function stocked(lines: readonly ItemLine[]) {
  const db = await createCatalogue()
  await createItemWriter(db).apply(
    SHOP,
    lines.map((line) => toItemWrite(line, 'en', NOW)),
    NOW,
  )
  return db
}

const cases = fc.tuple(
  fc.array(itemArbitrary, { minLength: ITEMS, maxLength: ITEMS }),
  fc.array(filterArbitrary, { minLength: FILTERS, maxLength: FILTERS }),
)

test(`SQL and memory agree on ${ITEMS * FILTERS * RUNS} pairs of a random item and a random filter`, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([items, filters]) => {
      const lines = linesOf(items)
      const db = await stocked(lines)
      expect(
        await disagreements(
          db,
          lines,
          filters.map((filter) => filterSchema.parse(filter)),
        ),
      ).toEqual([])
    }),
    { seed: SEED, numRuns: RUNS },
  )
}, 60_000)

test('control: without the rule that a category holds what is below it, the same property fails', async () => {
  const withoutRule = (sql: string) => sql.replaceAll(/ OR \(v\.type = 'text' AND w\.type[^|]*\|\| ' > '\)/g, '')
  let rewritten = 0
  const details = await fc.check(
    fc.asyncProperty(cases, async ([items, filters]) => {
      const lines = linesOf(items)
      const broken = rewritingD1(await stocked(lines), withoutRule)
      const parsed = filters.map((filter) => filterSchema.parse(filter))
      const wrong = await disagreements(broken, lines, parsed)
      rewritten += broken.hits
      return wrong.length === 0
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  )
  expect(rewritten).toBeGreaterThan(0)
  expect(details.failed, `seed ${SEED}`).toBe(true)
})

test.each<[name: string, filter: Filter]>([
  ['text never equals a number', { field: 'attribute.n', op: 'eq', value: '1' }],
  ['a number never equals text', { field: 'attribute.t', op: 'eq', value: 1 }],
  ['a number is no prefix of a category', { field: 'category', op: 'eq', value: 1 }],
  ['truth is no number', { field: 'attribute.b', op: 'eq', value: 1 }],
  ['text beyond the basic plane sorts by code point', { field: 'attribute.cjk', op: 'gt', value: 'ﾊ' }],
  ['a date is a moment', { field: 'created_at', op: 'lte', value: '2026-01-01T01:00:00+01:00' }],
])('%s, in SQL and in memory', async (_name, filter) => {
  const lines = [
    itemLine({
      id: 'x',
      categories: ['1 > a'],
      attributes: { n: 1, t: '1', b: true, cjk: '𠮷' },
      created_at: iso(NOW),
    }),
  ].map((line) => ({ ...line, offers: [{ market: 'DE', currency: 'EUR', price: 5 }] }))
  expect(await disagreements(await stocked(lines), lines, [filter])).toEqual([])
})

test('the largest trees that the schema lets through are within the limits of D1', async () => {
  const widest = { field: 'category', op: 'in', value: Array.from({ length: LIMITS.filterValues }, (_, i) => `c${i}`) }
  const wide = filterSchema.parse({
    not: { not: { not: { all: Array.from({ length: LIMITS.filterNodes - 4 }, () => widest) } } },
  })
  const any = filterSchema.parse({
    any: Array.from({ length: LIMITS.filterNodes - 1 }, () => ({ not: widest })).slice(0, 24),
  })
  const lines = [itemLine({ id: 'x', categories: ['c1'], offers: [{ market: 'DE', currency: 'EUR', price: 5 }] })]
  expect(await disagreements(await stocked(lines), lines, [wide, any])).toEqual([])
})

test('hostile names and values select nothing by accident', async () => {
  const hostile = `x') OR 1=1 --`
  const lines = [itemLine({ id: 'x', offers: [{ market: 'DE', currency: 'EUR', price: 5 }] })]
  const db = await stocked(lines)
  for (const name of ['brand', 'tag', 'category', `attribute.${hostile}`, 'attribute.$.a', "attribute.']"]) {
    expect(await selected(db, { field: name, op: 'eq', value: hostile }), name).toEqual([])
  }
  expect(filterSchema.safeParse({ field: 'attribute.a"b', op: 'exists', value: true }).success).toBe(false)
})
