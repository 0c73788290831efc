/** Shelves that many shoppers share: what keeps one from being shown when it is no longer true. */
import { beforeAll, expect, test } from 'vitest'
import { ask } from '../../tests/support/ask.ts'
import { emptyD1 } from '../../tests/support/garbage.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { type World, worldsOf } from '../../tests/support/world.ts'
import { garble } from '../../workers/local/node/garble.ts'
import { seededRng } from '../base/rng.ts'
import type { ItemLine } from '../domain/item.ts'
import { createCacheStore } from '../store/cache.ts'
import { createAvailabilityReader } from '../store/catalogue/availability.ts'
import { createAvailabilityMemory } from './availability.ts'
import { isCachedShelf, isMarketLists, isStoredItem, isVetoSnapshot } from './well_formed.ts'

const HOME = { placement: 'home' }
const newWorld = worldsOf(demoShop('hearth-and-field'))

/** A shop whose home has just been cached by an isolate that stays warm. */
async function setUp() {
  const world = await newWorld()
  const location = await world.location()
  const warm = location.isolate()
  const first = await ask(warm, world.config, HOME)
  const shelf = (isolate = location.isolate()) => ask(isolate, world.config, HOME)
  const [id] = first.ids
  const item = world.data.items.find((one) => one.id === id)!
  const change = (offer: (own: ItemLine['offers'][number]) => ItemLine['offers'][number]) =>
    world.putItems([{ ...item, offers: item.offers.map(offer), updated_at: new Date(world.clock.now()).toISOString() }])
  return { world, location, warm, first, shelf, id: id!, change }
}

test('a second shopper gets the first one’s shelf, also in a fresh isolate', async () => {
  const { shelf, warm, first } = await setUp()
  for (const isolate of [warm, undefined]) {
    const { answer, ids } = await shelf(isolate)
    expect([answer.cache, ids]).toEqual(['hit', first.ids])
    expect(answer.availabilityAsOfMs).not.toBeNull()
  }
})

test('a shelf that many look at is read from KV once in ten seconds', async () => {
  const { world, location, first } = await setUp()
  let reads = 0
  const counting = location.isolate((parts) => {
    const shelf = (shop: string, digest: string) => {
      reads += 1
      return parts.cache.shelf(shop, digest)
    }
    return { ...parts, cache: { ...parts.cache, shelf } }
  })
  const look = async () => {
    const { answer, ids } = await ask(counting, world.config, HOME)
    expect([answer.cache, ids]).toEqual(['hit', first.ids])
  }
  for (let time = 0; time < 4; time++) {
    await look()
    world.clock.advance(3_000)
  }
  expect(reads).toBe(1)
  await look()
  expect(reads).toBe(2)
})

test('a request too long to be another’s is kept nowhere', async () => {
  const { world, warm } = await setUp()
  const filtered = async (values: number) => {
    const value = Array.from({ length: values }, (_, n) => `brand-${n}`.padEnd(100, '-'))
    return ask(warm, world.config, { ...HOME, filter: { field: 'brand', op: 'nin', value } })
  }
  const looked = async (values: number) =>
    [await filtered(values), await filtered(values)].map(({ answer }) => answer.cache)
  const before = warm.memory.sharedShelves.size
  expect(await looked(60)).toEqual(['none', 'none'])
  expect(warm.memory.sharedShelves.size).toBe(before)
  expect(await looked(3)).toEqual(['none', 'hit'])
})

for (const kind of ['warm', 'holding', 'fresh'] as const) {
  test(`a ${kind} isolate makes the shelf anew after a new price`, async () => {
    const { world, shelf, warm, id, change } = await setUp()
    if (kind === 'holding') await shelf(warm)
    await change(({ variants: _variants, ...offer }) => ({ ...offer, price: 77 }))
    world.clock.advance(5_000)
    // The first answer may still be the old one while what changed is looked up behind it.
    if (kind !== 'fresh') await shelf(warm)
    const { answer } = await shelf(kind === 'fresh' ? undefined : warm)
    expect(answer.shown.find((one) => one.card.id === id)?.card.price ?? 77).toBe(77)
  })

  test(`a ${kind} isolate leaves out what has expired without a further commit`, async () => {
    const { world, location, shelf, warm, id, change } = await setUp()
    await change((offer) => ({ ...offer, valid_until: new Date(world.clock.now() + 20_000).toISOString() }))
    await shelf(warm)
    world.clock.advance(19_999)
    if (kind === 'holding') await shelf(warm)
    expect((await ask(location.isolate(), world.config, { ...HOME, user_id: 'u' })).ids).toContain(id)
    world.clock.advance(1)
    expect((await shelf(kind === 'fresh' ? undefined : warm)).ids).not.toContain(id)
  })
}

test.each([false, true])('a sold-out item gives its place to a spare one; the shelf held: %s', async (held) => {
  const { world, shelf, warm, first, id, change } = await setUp()
  if (held) await shelf(warm)
  await change(({ variants: _variants, ...offer }) => ({ ...offer, stock: 0 }))
  world.clock.advance(held ? 5_000 : 11_000)
  // Looked up behind the answer, when less than ten seconds old.
  if (held) await shelf(warm)
  const { ids } = await shelf(warm)
  expect([ids.length, ids.includes(id)]).toEqual([first.ids.length, false])
})

test('a shelf older than a minute is made anew', async () => {
  const { world, shelf, warm } = await setUp()
  world.clock.advance(60_000)
  expect((await shelf(warm)).answer.cache).toBe('hit')
  world.clock.advance(1)
  expect((await shelf(warm)).answer.cache).toBe('none')
})

test('without knowledge of the last ten seconds no shared shelf is given', async () => {
  const { world, location, shelf, warm } = await setUp()
  await shelf(warm)
  location.d1.down()
  expect((await shelf(warm)).answer.cache).toBe('hit')
  world.clock.advance(10_001)
  const { answer } = await shelf(warm)
  expect([answer.cache, answer.rung]).toEqual(['none', 'L4'])
  location.d1.up()
})

test('a D1 without the shop is no proof that everything can be sold', async () => {
  const { world, location, shelf } = await setUp()
  const isolate = location.isolate((parts) => {
    const reader = createAvailabilityReader(emptyD1, world.clock, 'replica')
    return { ...parts, memory: { ...parts.memory, availability: createAvailabilityMemory(reader, world.clock) } }
  })
  expect((await shelf(isolate)).answer.cache).toBe('none')
})

test('the popular items of the lists obey a window that ended while D1 was down', async () => {
  const { world, location, warm } = await setUp()
  const popular = (await location.isolate().cache.lists(world.shop, 'GB'))!.popular
  const victim = world.data.items.find((item) => item.id === popular[0]!.id)!
  await world.putItems([
    {
      ...victim,
      offers: victim.offers.map((offer) => ({
        ...offer,
        valid_until: new Date(world.clock.now() + 15_000).toISOString(),
      })),
      updated_at: new Date(world.clock.now()).toISOString(),
    },
  ])
  // The isolate learns of the window; KV's lists keep the item without it.
  world.clock.advance(11_000)
  await ask(warm, world.config, HOME)
  location.d1.down()
  const stranger = { ...HOME, user_id: 'u-nobody', recent: [], limit: 40, diversity: 0 }
  expect((await ask(warm, world.config, stranger)).ids).toContain(victim.id)
  world.clock.advance(4_000)
  const { answer, ids } = await ask(warm, world.config, stranger)
  expect([answer.rung, ids.length, ids.includes(victim.id)]).toEqual(['L4', 40, false])
  location.d1.up()
})

/** What KV holds of a shop that has learned. */
const SEED = 20_261_122
let world: World
let values: Record<'item' | 'lists' | 'veto' | 'shelf', unknown>

beforeAll(async () => {
  world = await newWorld()
  const location = await world.location()
  await ask(location.isolate(), world.config, HOME)
  const cache = createCacheStore(location.kv)
  const { keys } = await location.kv.list({ prefix: 'shelf' })
  const id = world.data.items[0]!.id
  values = {
    item: (await cache.items(world.shop, [id])).get(id),
    lists: await cache.lists(world.shop, world.config.market),
    veto: await cache.veto(world.shop),
    shelf: JSON.parse((await location.kv.get(keys[0]!.name))!),
  }
})

const CHECKS = { item: isStoredItem, lists: isMarketLists, veto: isVetoSnapshot, shelf: isCachedShelf }
const NAMES = Object.keys(CHECKS) as Array<keyof typeof CHECKS>

test.each(NAMES)('%s as it is', (name) => {
  expect(values[name]).toBeTruthy()
  expect(CHECKS[name](values[name])).toBe(true)
})

test.each(NAMES)('%s of another kind', (name) => {
  for (const other of [null, undefined, 5, 'text', [], {}, { not: 'ours' }, [values[name]]])
    expect(CHECKS[name](other)).toBe(false)
  for (const part of Object.keys(values[name] as object).filter((part) => CHECKED[name].includes(part)))
    expect(CHECKS[name]({ ...(values[name] as object), [part]: 5n }), part).toBe(false)
})

const CHECKED = {
  item: ['id', 'title', 'categories', 'tags', 'attributes', 'popularity', 'offers', 'bought', 'similar'],
  lists: ['lists', 'popular'],
  veto: ['epoch', 'asOfMs', 'unsellable'],
  shelf: ['key', 'epoch', 'computedAtMs', 'missing', 'cards', 'candidates'],
}

test('a shelf that is spoilt in KV is made anew, or shown without the harm', async () => {
  const rng = seededRng(SEED)
  let found = 0
  for (let n = 0; n < 60; n++) {
    const location = await world.location()
    const { keys } = await world.everywhereKv.list({ prefix: 'shelf' })
    const isolate = location.isolate((parts) => ({
      ...parts,
      cache: { ...parts.cache, shelf: async () => garble(values.shelf, rng) as never },
    }))
    const { answer, ids } = await ask(isolate, world.config, HOME, new Set(), false)
    expect([answer.rung, ids.length, keys.length > 0]).toEqual(['L2', 12, true])
    for (const { card } of answer.shown) expect([typeof card.title, typeof card.price]).toEqual(['string', 'number'])
    if (answer.cache !== 'hit') found += 1
  }
  // Negative control: were nothing looked at, most of them would be hits or throw.
  expect(found).toBeGreaterThan(30)
})
