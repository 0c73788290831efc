import { expect, test } from 'vitest'
import {
  createCatalogue,
  iso,
  itemWrite,
  NOW,
  OTHER_SHOP,
  SHOP,
  tombstone,
} from '../../../tests/support/unit_catalogue.ts'
import { LIMITS } from '../../domain/limits.ts'
import { createItemWriter } from './item_writes.ts'
import { createLearningStore, type ListEntry } from './learning.ts'

async function setUp(ids: readonly string[] = []) {
  const db = await createCatalogue()
  const writes = ids.map((id, index) => itemWrite({ id, created_at: iso(NOW - index * 1_000) }))
  for (const shop of [SHOP, OTHER_SHOP]) await createItemWriter(db).apply(shop, writes, NOW)
  return { db, store: createLearningStore(db) }
}

const bought = async (db: Awaited<ReturnType<typeof setUp>>['db'], shop = SHOP) =>
  (await db.prepare('SELECT item, bought FROM neighbours WHERE shop = ? ORDER BY item').bind(shop).all()).results

test('purchase neighbours are replaced, and those that were not learned again are emptied', async () => {
  const { db, store } = await setUp()
  await store.putBought(
    SHOP,
    [
      ['a', [['b', 5_000, 0, 0, 7]]],
      ['b', [['a', 5_000, 0, 0, 7]]],
    ],
    NOW,
  )
  await store.putBought(OTHER_SHOP, [['a', [['z', 9_000, 0, 0, 9]]]], NOW)
  await store.putBought(SHOP, [['a', [['c', 2_500, 0, 0, 3]]]], NOW + 1)
  await store.clearBoughtBefore(SHOP, NOW + 1)
  expect(await bought(db)).toEqual([
    { item: 'a', bought: '[["c",2500,0,0,3]]' },
    { item: 'b', bought: '[]' },
  ])
  expect(await bought(db, OTHER_SHOP)).toEqual([{ item: 'a', bought: '[["z",9000,0,0,9]]' }])
})

test('popularity is the last one that was learned; items that are not named have none', async () => {
  const { db, store } = await setUp(['a', 'b', 'c'])
  await store.putPopularity(OTHER_SHOP, [['a', 0.9]])
  await store.putPopularity(SHOP, [
    ['a', 1],
    ['b', 0.5],
  ])
  await store.putPopularity(SHOP, [
    ['b', 0.75],
    ['no-such-item', 1],
  ])
  const read = async (shop: string) =>
    (await db.prepare('SELECT id, popularity FROM items WHERE shop = ? ORDER BY id').bind(shop).all()).results
  expect(await read(SHOP)).toEqual([
    { id: 'a', popularity: 0 },
    { id: 'b', popularity: 0.75 },
    { id: 'c', popularity: 0 },
  ])
  expect((await read(OTHER_SHOP))[0]).toEqual({ id: 'a', popularity: 0.9 })
  expect((await store.mostPopular(SHOP, 1))[0]).toBe('b')
})

test('a market without a list of its own gets the order of the whole shop, but not its counts of buyers', async () => {
  const { store } = await setUp()
  await store.putLists(
    SHOP,
    [
      { list: 'trending', market: '*', entries: [['a', 1, 40]] },
      { list: 'trending', market: 'DE', entries: [['b', 1, 5]] },
      { list: 'new', market: '*', entries: [['n', 1, 0]] },
    ],
    NOW,
  )
  expect(await store.lists(SHOP, 'DE')).toEqual({ trending: [['b', 1, 5]], new: [['n', 1, 0]] })
  expect(await store.lists(SHOP, '*')).toEqual({ trending: [['a', 1, 40]], new: [['n', 1, 0]] })
  // "Bought by 40 shoppers in FR" would be a lie.
  expect(await store.lists(SHOP, 'FR')).toEqual({ trending: [['a', 1, 0]], new: [['n', 1, 0]] })
  expect(await store.lists(OTHER_SHOP, 'DE')).toEqual({ trending: [], new: [] })
})

test('the newest live items come youngest first', async () => {
  const { db, store } = await setUp(['a', 'b', 'c'])
  await createItemWriter(db).apply(SHOP, [tombstone('a', NOW + 1)], NOW)
  expect(await store.newest(SHOP, 5)).toEqual([
    { id: 'b', createdAtMs: NOW - 1_000 },
    { id: 'c', createdAtMs: NOW - 2_000 },
  ])
})

test('the newest event only moves forward', async () => {
  const { db, store } = await setUp()
  await store.noteNewestEvent(SHOP, NOW)
  await store.noteNewestEvent(SHOP, NOW - 1)
  expect(await db.prepare('SELECT newest_event_at AS at FROM shops WHERE shop = ?').bind(SHOP).first('at')).toBe(NOW)
})

/** The longest ids that the schema allows, in three bytes a character. */
const longId = (index: number) => `${String(index).padStart(6, '0')}${'茶'.repeat(LIMITS.idChars - 6)}`

test('the largest lists of the most markets fit into statements of D1', async () => {
  const { store } = await setUp()
  const entries = Array.from({ length: 150 }, (_, index): ListEntry => [longId(index), 0.1234, 99])
  const markets = ['*', ...Array.from({ length: LIMITS.marketsPerShop }, (_, index) => `market-${index}`)]
  const lists = markets.flatMap((market) => [
    { list: 'trending' as const, market, entries },
    { list: 'new' as const, market, entries: entries.slice(0, 100) },
  ])
  await store.putLists(SHOP, lists, NOW)
  expect((await store.lists(SHOP, 'market-249')).trending).toHaveLength(150)
})

test('the longest neighbour rows fit into statements of D1', async () => {
  const { db, store } = await setUp()
  const row = Array.from({ length: 120 }, (_, index) => [longId(index), -1_234, 1_234, 1_234, 1_000] as const)
  await store.putBought(
    SHOP,
    Array.from({ length: 250 }, (_, index) => [longId(1_000 + index), row] as const),
    NOW,
  )
  expect(await bought(db)).toHaveLength(250)
})

test('the popularity of a catalogue at the limit of this tier fits into statements of D1', async () => {
  const { store } = await setUp()
  const rows = Array.from({ length: 20_000 }, (_, index) => [longId(index), 0.12345] as const)
  await expect(store.putPopularity(SHOP, rows)).resolves.toBeUndefined()
})
