import type { D1Database } from '@cloudflare/workers-types'
import { beforeAll, expect, test } from 'vitest'
import { understand } from '../../../tests/support/understood.ts'
import { createCatalogue, itemWrite, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { textQuery } from '../../recall/text_query.ts'
import { tenantToken } from '../keys.ts'
import { createFoundTextStore } from './found_text.ts'
import { createItemWriter } from './item_writes.ts'
import { textStatement } from './text_hits.ts'

/** Every item's title and description. */
const SHELF: ReadonlyArray<[id: string, title: string, description: string]> = [
  ['a', 'Red teapot', 'Holds a litre.'],
  ['b', 'Blue teapot', 'Red lid.'],
  ['c', 'Green teapot', 'Red, red, red: so red is nothing else.'],
  ['d', 'Samovar', 'Also a teapot.'],
  ['e', 'Towel', 'Soft.'],
]
/** The formula's share of a word by the items that hold it and the weight of where it stands. */
const told = (held: number, weight: number) =>
  (Math.log(1 + (SHELF.length - held + 0.5) / (held + 0.5)) * weight * 2.2) / (weight + 1.2)
const [TITLE, BODY] = [6, 1]

async function stock(db: D1Database, shop: string, items: typeof SHELF) {
  const writes = items.map(([id, title, description]) =>
    itemWrite({ id, title, description, categories: [], tags: [], attributes: {} }),
  )
  await createItemWriter(db).apply(shop, writes, NOW)
}

let db: D1Database
beforeAll(async () => {
  db = await createCatalogue()
  await stock(db, SHOP, SHELF)
})

async function scores(query: string, { of = db, found = false, limit = 10 } = {}) {
  const { results } = await textStatement(of.withSession(), SHOP, textQuery(query), limit, found).all<{
    id: string
    score: number
  }>()
  return results.map(({ id, score }) => [id, score] as const)
}

test('a word counts by how rare it is in the shop, and by the columns that it stands in', async () => {
  const found = new Map(await scores('red teapot'))
  expect([...found.keys()]).toEqual(['a', 'b', 'c', 'd'])
  expect(found.get('a')).toBeCloseTo(told(3, TITLE) + told(4, TITLE), 9)
  expect(found.get('b')).toBeCloseTo(told(3, BODY) + told(4, TITLE), 9)
  expect(found.get('d')).toBeCloseTo(told(4, BODY), 9)
})

test('repeating a word brings an item nothing', async () => {
  const found = new Map(await scores('red teapot'))
  expect(found.get('c')).toBe(found.get('b'))
})

test('of the best as many as are asked for', async () => {
  expect((await scores('red teapot', { limit: 2 })).map(([id]) => id)).toEqual(['a', 'b'])
})

test('a word that the shop was only understood to mean counts less than its own', async () => {
  const own = await createCatalogue()
  await stock(own, SHOP, SHELF)
  await understand(own, SHOP, [{ item: 'e', understanding: { queries: ['teapot'] }, hash: 'h1' }])
  await createFoundTextStore(own).put(SHOP, [{ item: 'e', hash: 'h1', found: 'teapot', segmented: '' }])
  expect(await scores('teapot', { of: own })).toEqual(await scores('teapot'))
  const found = await scores('teapot', { of: own, found: true })
  expect(found.map(([id]) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(found[3]![1]).toBeCloseTo(told(5, BODY), 9)
  expect(found[4]![1]).toBeCloseTo(0.3 * told(5, 1), 9)
})

/** What FTS5 makes of the same words. */
const builtIn = async (of: D1Database) =>
  (
    await of
      .prepare(
        `SELECT rowid, bm25(item_text, 0.0, 6.0, 1.0, 3.0) AS score FROM item_text WHERE item_text MATCH ?1 ORDER BY rowid`,
      )
      .bind(`tenant : ${tenantToken(SHOP)} AND {title body} : ("red" OR "teapot")`)
      .all()
  ).results

test('what other shops sell changes no score; control: it changes those of FTS5', async () => {
  const both = await createCatalogue()
  await stock(both, SHOP, SHELF)
  const own = await builtIn(both)
  expect(own).toHaveLength(4)
  const many = Array.from(
    { length: 40 },
    (_, at) => [`o${at}`, at % 2 ? 'Red rug' : 'A lamp, red', 'Of wool.'] as const,
  )
  await stock(both, OTHER_SHOP, many as unknown as typeof SHELF)
  expect(await scores('red teapot', { of: both })).toEqual(await scores('red teapot'))
  expect(await builtIn(both)).not.toEqual(own)
})
