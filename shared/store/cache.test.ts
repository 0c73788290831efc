import type { KVNamespace } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { interaction, NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { manualClock } from '../base/clock.ts'
import type { StoredItem } from '../domain/card.ts'
import { LIMITS } from '../domain/limits.ts'
import { NO_RULES } from '../domain/rule.ts'
import { DEFAULT_PLACEMENTS, type ShopConfig } from '../domain/shop.ts'
import { createArchive, ObjectGone } from './archive.ts'
import { createCacheStore, type MarketLists } from './cache.ts'
import { createEmbedderStore } from './embedders.ts'
import { kvKeys } from './keys.ts'

function setUp() {
  const clock = manualClock(NOW)
  const kv = createMemoryKv({ clock })
  return { clock, kv, cache: createCacheStore(kv) }
}

const config = (shop: string): ShopConfig => ({
  shop,
  name: shop,
  locale: 'en',
  market: 'DE',
  markets: [{ market: 'DE', currency: 'EUR', locale: 'de' }],
  keys: [],
  placements: DEFAULT_PLACEMENTS,
  search: { space: null, found: false },
  rules: NO_RULES,
  ranker: null,
  gates: {},
})

const stored = (id: string): StoredItem => ({
  id,
  title: id,
  brand: null,
  categories: [],
  tags: [],
  attributes: {},
  locale: 'en',
  url: null,
  imageUrl: null,
  createdAtMs: NOW,
  popularity: 0,
  epoch: 1,
  bought: [],
  similar: [],
  offers: [],
  asOfMs: NOW,
})

const lists = (trending: MarketLists['lists']['trending']): MarketLists => ({
  lists: { trending, new: [['n', 1, 0]] },
  popular: [],
  computedAtMs: NOW,
})

test('a configuration comes back whole; one of another shop, or in another form, is a miss', async () => {
  const { kv, cache } = setUp()
  await cache.putShop(config(SHOP))
  expect(await cache.shop(SHOP)).toEqual(config(SHOP))
  await kv.put(kvKeys.shop(OTHER_SHOP), JSON.stringify(config(SHOP)))
  expect(await cache.shop(OTHER_SHOP)).toBeNull()
  await kv.put(kvKeys.shop(OTHER_SHOP), JSON.stringify({ ...config(OTHER_SHOP), keys: 'none' }))
  expect(await cache.shop(OTHER_SHOP)).toBeNull()
})

test("a market's own lists hide the shop's, and the shop's stand in without their counts of buyers", async () => {
  const { cache } = setUp()
  expect(await cache.lists(SHOP, 'DE')).toBeNull()
  await cache.putLists(SHOP, '*', lists([['a', 1, 40]]))
  await cache.putLists(SHOP, 'DE', lists([['b', 1, 4]]))
  expect((await cache.lists(SHOP, 'DE'))!.lists.trending).toEqual([['b', 1, 4]])
  expect((await cache.lists(SHOP, '*'))!.lists.trending).toEqual([['a', 1, 40]])
  expect((await cache.lists(SHOP, 'FR'))!.lists.trending).toEqual([['a', 1, 0]])
})

test('items are read a hundred a call, missing ones are absent, and shops do not meet', async () => {
  const { kv } = setUp()
  const sizes: number[] = []
  const counting = new Proxy(kv, {
    get: (target, name) =>
      name === 'get'
        ? (keys: string[], type: 'json') => {
            sizes.push(keys.length)
            return target.get(keys, type)
          }
        : Reflect.get(target, name),
  }) as KVNamespace
  const cache = createCacheStore(counting)
  const ids = Array.from({ length: 250 }, (_, index) => `茶 ${index}`)
  for (const id of ids) await cache.putItem(SHOP, stored(id))
  await cache.putItem(OTHER_SHOP, stored('foreign'))
  const found = await cache.items(SHOP, [...ids, 'missing', 'foreign'])
  expect([...found.keys()]).toEqual(ids)
  expect(sizes).toEqual([100, 100, 52])
  await cache.removeItem(SHOP, ids[0]!)
  expect((await cache.items(SHOP, ids.slice(0, 2))).size).toBe(1)
})

test('the longest ids find their items', async () => {
  const { cache } = setUp()
  const long = '茶'.repeat(LIMITS.idChars)
  await cache.putItem(SHOP, stored(long))
  expect((await cache.items(SHOP, [long])).get(long)).toEqual(stored(long))
})

test('a shared shelf lives ten minutes, everything else until it is replaced', async () => {
  const { clock, cache } = setUp()
  await cache.putShelf(SHOP, 'd', { key: 'k', epoch: 1, computedAtMs: NOW, cards: [], candidates: [], missing: [] })
  await cache.putVeto(SHOP, { epoch: 1, asOfMs: NOW, unsellable: { DE: ['a'] } } as never)
  clock.advance(599_000)
  expect(await cache.shelf(SHOP, 'd')).toMatchObject({ key: 'k' })
  clock.advance(2_000)
  expect(await cache.shelf(SHOP, 'd')).toBeNull()
  expect(await cache.veto(SHOP)).toMatchObject({ unsellable: { DE: ['a'] } })
})

test('artefacts are kept by version, and are gone once removed', async () => {
  const { kv } = setUp()
  const store = createEmbedderStore(kv)
  await store.put(SHOP, 'v1', Uint8Array.of(1, 2, 255))
  expect(await store.artefact(SHOP, 'v1')).toEqual(Uint8Array.of(1, 2, 255))
  expect(await store.artefact(SHOP, 'v2')).toBeNull()
  await store.remove(SHOP, 'v1')
  expect(await store.artefact(SHOP, 'v1')).toBeNull()
})

test('partitions give back what was put, newlines and all; a second put of the same range replaces', async () => {
  const archive = createArchive(createMemoryR2({ clock: manualClock(NOW) }))
  const rows = [interaction({ item: 'a\nb', market: 'DE', price: 5, value: -1 }), interaction({ shopper: 'u:茶' })]
  await archive.putEvents(SHOP, '2026-01-01', 1, 2, rows)
  await archive.putEvents(SHOP, '2026-01-01', 1, 2, rows)
  await archive.putEvents(SHOP, '2026-01-03', 3, 4, rows.slice(0, 1))
  await archive.putEvents(`${SHOP}2`, '2026-01-02', 1, 2, rows)
  const names = await archive.eventObjects(SHOP, null)
  expect(names).toHaveLength(2)
  expect(await archive.readEvents(names[0]!)).toEqual(rows)
  expect(await archive.eventObjects(SHOP, '2026-01-02')).toEqual([names[1]])
  expect(await archive.eventObjects(SHOP, '2026-01-03')).toEqual([names[1]])
  await expect(archive.readEvents('no-such-object')).rejects.toThrow(ObjectGone)
})

test('listing goes on beyond the thousand names of one page', async () => {
  const archive = createArchive(createMemoryR2({ clock: manualClock(NOW) }))
  for (let seq = 1; seq <= 1_050; seq++) await archive.putEvents(SHOP, '2026-01-01', seq, seq, [interaction()])
  const names = await archive.eventObjects(SHOP, null)
  expect([names.length, new Set(names).size]).toEqual([1_050, 1_050])
})
