import { describe, expect, test } from 'vitest'
import { createLive, DAY, NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { createD1LiveStore } from './live_d1.ts'
import { createProfileStore, type StoredProfile } from './profiles.ts'
import { createLiveTidy } from './tidy.ts'

const row = (shopper: string, over: Partial<StoredProfile> = {}): StoredProfile => ({
  shopper,
  events: 5,
  profile: {
    categories: [['Kitchen > Tea', 0.7]],
    brands: [],
    attributes: [['material: oak', -0.1]],
    price: { currency: 'EUR', low: 100, high: 900 },
    markets: [['DE', 1]],
    topics: ['茶の時間'],
    text: "it's | 100-900 EUR",
  },
  representatives: ['a', '1e5', '"'],
  recipe: 'rules@1',
  ...over,
})

describe('profiles', () => {
  test('gives back what was put, by shop and shopper; the later put stays', async () => {
    const store = createProfileStore(await createLive())
    expect(await store.get(SHOP, 'u:1')).toBeNull()
    expect(await store.put(SHOP, [row('u:1'), row('a:1', { events: 9 })], 0, NOW)).toBe(true)
    expect(await store.get(SHOP, 'u:1')).toEqual({ ...row('u:1'), updatedAtMs: NOW })
    expect(await store.get(OTHER_SHOP, 'u:1')).toBeNull()
    await store.put(SHOP, [row('u:1', { events: 12, representatives: [] })], 0, NOW + 1)
    expect(await store.get(SHOP, 'u:1')).toMatchObject({ events: 12, representatives: [], updatedAtMs: NOW + 1 })
    expect(await store.eventsOf(SHOP, ['u:1', 'a:1', 'u:nobody'])).toEqual(
      new Map([
        ['u:1', 12],
        ['a:1', 9],
      ]),
    )
  })

  test('takes more rows and names than one statement holds', async () => {
    const store = createProfileStore(await createLive())
    const names = Array.from({ length: 2_300 }, (_, index) => `u:${index}`)
    expect(
      await store.put(
        SHOP,
        names.map((name) => row(name)),
        0,
        NOW,
      ),
    ).toBe(true)
    expect((await store.eventsOf(SHOP, names)).size).toBe(2_300)
  })

  test('the erased vanish, the others of the shop and of other shops stay', async () => {
    const store = createProfileStore(await createLive())
    for (const shop of [SHOP, OTHER_SHOP]) await store.put(shop, [row('u:1'), row('u:2')], 0, NOW)
    expect(await store.remove(SHOP, ['u:1', 'u:nobody'])).toBe(1)
    expect(await store.get(SHOP, 'u:1')).toBeNull()
    expect(await store.get(SHOP, 'u:2')).not.toBeNull()
    expect(await store.get(OTHER_SHOP, 'u:1')).not.toBeNull()
    expect(await store.remove(SHOP, 'all')).toBe(1)
    expect(await store.get(SHOP, 'u:2')).toBeNull()
  })

  test('what was read before an erasure cannot be written after it', async () => {
    const store = createProfileStore(await createLive())
    const fence = await store.fence(SHOP)
    await store.remove(SHOP, ['u:1'])
    expect(await store.put(SHOP, [row('u:1')], fence, NOW)).toBe(false)
    expect(await store.get(SHOP, 'u:1')).toBeNull()
    expect(await store.put(OTHER_SHOP, [row('u:1')], await store.fence(OTHER_SHOP), NOW)).toBe(true)
    expect(await store.put(SHOP, [row('u:2')], await store.fence(SHOP), NOW)).toBe(true)
  })

  test('control: without the fence the erased come back', async () => {
    const broken = rewritingD1(await createLive(), (sql) =>
      sql.replace(/WHERE COALESCE\(.*\?4/, 'WHERE ?4 IS NOT NULL'),
    )
    const store = createProfileStore(broken)
    await store.remove(SHOP, ['u:1'])
    expect(await store.put(SHOP, [row('u:1')], 0, NOW)).toBe(true)
    expect(broken.hits).toBe(1)
    expect(await store.get(SHOP, 'u:1')).not.toBeNull()
  })
})

describe('tidying the live database', () => {
  test('forgets recent events after 90 days and profiles after 180, to the day', async () => {
    const db = await createLive()
    const [live, profiles] = [createD1LiveStore(db), createProfileStore(db)]
    const ages = [0, 89, 91, 179, 181]
    for (const age of ages) {
      const at = NOW - age * DAY
      await live.append(
        SHOP,
        [{ shopper: `u:${age}`, events: [{ item: 'a', type: 'view', atMs: at, value: null }] }],
        at,
      )
      await profiles.put(SHOP, [row(`u:${age}`)], 0, at)
    }
    expect(await createLiveTidy(db).purge(NOW)).toEqual({ recents: 3, profiles: 1 })
    const left = async (has: (shopper: string) => Promise<boolean>) => {
      const found = await Promise.all(ages.map((age) => has(`u:${age}`)))
      return ages.filter((_, index) => found[index])
    }
    expect(await left(async (shopper) => (await live.recent(SHOP, shopper)).length > 0)).toEqual([0, 89])
    expect(await left(async (shopper) => (await profiles.get(SHOP, shopper)) !== null)).toEqual([0, 89, 91, 179])
    expect(await createLiveTidy(db).purge(NOW)).toEqual({ recents: 0, profiles: 0 })
  })

  test('goes on where one statement ends', async () => {
    const db = await createLive()
    const profiles = createProfileStore(db)
    await profiles.put(
      SHOP,
      Array.from({ length: 4_500 }, (_, index) => row(`u:${index}`)),
      0,
      NOW - 200 * DAY,
    )
    expect(await createLiveTidy(db).purge(NOW)).toEqual({ recents: 0, profiles: 4_500 })
  })
})
