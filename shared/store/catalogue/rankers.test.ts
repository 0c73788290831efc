import { beforeEach, expect, test } from 'vitest'
import { createCatalogue, NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../../tests/support/unit_catalogue.ts'
import type { Ranker, RankerReport } from '../../domain/ranker.ts'
import { createRankerStore, type RankerStore } from './rankers.ts'
import { createShopStore } from './shop_config.ts'

const KEPT = 20
const REPORT: RankerReport = { home: { lists: 90, judged: 20, ndcg: 0.3, shipped: 0.2, kept: true } }
const rankerOf = (version: string): Ranker => ({ version, orders: { home: { taste_rank: [-4, 1.2, 0.6] } } })

let db: Awaited<ReturnType<typeof createCatalogue>>
let store: RankerStore
beforeEach(async () => {
  db = await createCatalogue()
  store = createRankerStore(db)
})
const put = (version: string, atMs: number, from = store) => from.put(SHOP, rankerOf(version), REPORT, atMs)
const inForce = async () => (await createShopStore(db).config(SHOP))!.ranker
const names = async () => (await store.list(SHOP)).map((one) => one.version)

test('a shop without a learned order has none in force and holds nothing', async () => {
  expect(await store.state(SHOP)).toEqual({ version: null, held: false })
  expect([await store.list(SHOP), await store.get(SHOP, 'a'), await inForce()]).toEqual([[], null, null])
})

test('what is put is in force, in the configuration of its shop and of no other', async () => {
  await put('a', NOW)
  await put('b', NOW + 1)
  expect(await store.state(SHOP)).toEqual({ version: 'b', held: false })
  expect(await inForce()).toEqual(rankerOf('b'))
  expect(await store.list(SHOP)).toEqual([
    { version: 'b', createdAtMs: NOW + 1, report: REPORT },
    { version: 'a', createdAtMs: NOW, report: REPORT },
  ])
  expect(await store.get(SHOP, 'a')).toEqual({
    ...{ version: 'a', createdAtMs: NOW, report: REPORT },
    ranker: rankerOf('a'),
  })
  expect([await store.state(OTHER_SHOP), await store.list(OTHER_SHOP)]).toEqual([{ version: null, held: false }, []])
  expect(await store.choose(OTHER_SHOP, 'a', NOW)).toBe(false)
})

test('put again, a version is the newest again: what was learned before it is what one goes back to', async () => {
  await put('a', NOW)
  await put('b', NOW + 1)
  await put('a', NOW + 2)
  await put('a', NOW + 2)
  expect([await names(), (await store.state(SHOP)).version]).toEqual([['a', 'b'], 'a'])
})

test('what is chosen is held against learning until it is released', async () => {
  await put('a', NOW)
  await put('b', NOW + 1)
  expect(await store.choose(SHOP, 'a', NOW + 2)).toBe(true)
  await put('c', NOW + 3)
  expect([await store.state(SHOP), await inForce(), await names()]).toEqual([
    { version: 'a', held: true },
    rankerOf('a'),
    ['c', 'b', 'a'],
  ])
  await store.release(SHOP, NOW + 4)
  expect(await store.state(SHOP)).toEqual({ version: 'a', held: false })
  await put('d', NOW + 5)
  expect(await store.state(SHOP)).toEqual({ version: 'd', held: false })
})

test('the shipped order can be held as well, before anything was learned', async () => {
  expect(await store.choose(SHOP, null, NOW)).toBe(true)
  await put('a', NOW + 1)
  expect([await store.state(SHOP), await inForce(), await names()]).toEqual([
    { version: null, held: true },
    null,
    ['a'],
  ])
})

test('a version that is not kept cannot be chosen, and nothing changes', async () => {
  await put('a', NOW)
  expect(await store.choose(SHOP, 'nowhere', NOW + 1)).toBe(false)
  expect(await store.state(SHOP)).toEqual({ version: 'a', held: false })
})

test('the newest are kept, and the one in force however old it is', async () => {
  await put('first', NOW)
  await put('second', NOW + 1)
  await store.choose(SHOP, 'first', NOW + 2)
  for (let at = 0; at < KEPT + 5; at++) await put(`later-${at}`, NOW + 10 + at)
  const kept = await names()
  expect([kept.length, kept.at(-1), kept.includes('second'), kept[0]]).toEqual([
    ...[KEPT + 1, 'first', false, `later-${KEPT + 4}`],
  ])
  expect(await inForce()).toEqual(rankerOf('first'))
})

test('negative control: without regard for the hold, learning replaces what was chosen', async () => {
  const broken = rewritingD1(db, (sql) => sql.replace('ranker_state.held = 0 AND', ''))
  await put('a', NOW)
  await store.choose(SHOP, 'a', NOW + 1)
  await put('b', NOW + 2, createRankerStore(broken))
  expect([broken.hits, await store.state(SHOP)]).toEqual([1, { version: 'b', held: true }])
})

test('negative control: pruning that forgets what is in force leaves the shop with the shipped order', async () => {
  const broken = rewritingD1(db, (sql) =>
    sql.replace('AND version IS NOT (SELECT version FROM ranker_state WHERE shop = ?1)', ''),
  )
  await put('first', NOW)
  await store.choose(SHOP, 'first', NOW + 1)
  for (let at = 0; at < KEPT; at++) await put(`later-${at}`, NOW + 10 + at, createRankerStore(broken))
  expect([broken.hits > 0, await inForce()]).toEqual([true, null])
})

test('an order of another release is passed over, and the shipped one serves', async () => {
  await put('a', NOW)
  await db
    .prepare(`UPDATE rankers SET ranker = '{"version":"a","orders":{"dreams":{}}}' WHERE shop = ?1`)
    .bind(SHOP)
    .run()
  expect(await inForce()).toBeNull()
})
