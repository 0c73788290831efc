import type { D1Database } from '@cloudflare/workers-types'
import { beforeAll, expect, test } from 'vitest'
import { understand } from '../../../tests/support/understood.ts'
import { createCatalogue, itemWrite, NOW, OTHER_SHOP, SHOP, tombstone } from '../../../tests/support/unit_catalogue.ts'
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
/** What a word says by the items that hold it. */
const idf = (held: number) => Math.log(1 + (SHELF.length - held + 0.5) / (held + 0.5))

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

async function scores(query: string, { of = db, found = false, limit = 10, hitsMax = 100 } = {}) {
  const { results } = await textStatement(of.withSession(), SHOP, textQuery(query), { limit, found, hitsMax }).all<{
    id: string
    score: number
  }>()
  return results.map(({ id, score }) => [id, score] as const)
}

test('a word counts by how rare it is in the shop, and by the columns that it stands in', async () => {
  const found = new Map(await scores('red teapot'))
  expect([...found.keys()]).toEqual(['a', 'b', 'c', 'd'])
  expect(found.get('a')).toBeCloseTo(2.5 * idf(3) + 2.5 * idf(4), 9)
  expect(found.get('b')).toBeCloseTo(idf(3) + 2.5 * idf(4), 9)
  expect(found.get('d')).toBeCloseTo(idf(4), 9)
})

test('repeating a word brings an item nothing', async () => {
  const found = new Map(await scores('red teapot'))
  expect(found.get('c')).toBe(found.get('b'))
})

test('of the best as many as are asked for', async () => {
  expect((await scores('red teapot', { limit: 2 })).map(([id]) => id)).toEqual(['a', 'b'])
})

test('of equal ones those that more shoppers want, then by id: the order in which items came is none', async () => {
  const own = await createCatalogue()
  const same = ['d', 'b', 'c', 'a', 'f', 'e'].map((id) => [id, 'Teapot', ''] as const)
  await stock(own, SHOP, same as unknown as typeof SHELF)
  await own.prepare(`UPDATE items SET popularity = 0.5 WHERE id IN ('e', 'c')`).run()
  expect((await scores('teapot', { of: own, limit: 2 })).map(([id]) => id)).toEqual(['c', 'e'])
  expect((await scores('teapot', { of: own })).map(([id]) => id)).toEqual(['c', 'e', 'a', 'b', 'd', 'f'])
})

test('the rarest words are looked up as long as the hits are few enough, and the rarest always', async () => {
  expect((await scores('red teapot', { hitsMax: 7 })).map(([id]) => id)).toEqual(['a', 'b', 'c', 'd'])
  for (const hitsMax of [6, 3, 1])
    expect((await scores('red teapot', { hitsMax })).map(([id]) => id)).toEqual(['a', 'b', 'c'])
})

/** The same shop, of whose towel it was understood that it is a teapot. */
async function understood() {
  const own = await createCatalogue()
  await stock(own, SHOP, SHELF)
  await understand(own, SHOP, [{ item: 'e', understanding: { queries: ['teapot'] }, hash: 'h1' }])
  await createFoundTextStore(own).put(SHOP, [{ item: 'e', hash: 'h1', found: 'teapot cosy', segmented: '' }])
  return own
}

test('a word that the shop was only understood to mean counts less than its own', async () => {
  const own = await understood()
  expect(await scores('teapot', { of: own })).toEqual(await scores('teapot'))
  const all = await scores('teapot', { of: own, found: true })
  expect(all.slice(0, -1)).toEqual(await scores('teapot'))
  expect(all.at(-1)).toEqual(['e', expect.closeTo(0.3 * idf(4), 9)])
})

test('what was understood of an item that is gone takes no place', async () => {
  const own = await understood()
  await createItemWriter(own).apply(SHOP, [tombstone('e', NOW + 1)], NOW + 1)
  expect(await scores('cosy', { of: own, found: true })).toEqual([])
  expect((await scores('cosy teapot', { of: own, found: true, limit: 4 })).map(([id]) => id)).toEqual([
    'a',
    'b',
    'c',
    'd',
  ])
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

test('a title in a script without blanks counts as one: an item before what mentions it', async () => {
  const own = await createCatalogue()
  await stock(own, SHOP, [
    ['cloth', '布巾', '急須を拭く。'],
    ['pot', '南部鉄器の急須', '一リットル。'],
    ['rack', '水切り', '茶器に。'],
  ])
  const found = await scores('急須', { of: own })
  expect(found.map(([id]) => id)).toEqual(['pot', 'cloth'])
  expect(found[0]![1]).toBeCloseTo(2.5 * found[1]![1], 9)
})
