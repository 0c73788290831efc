/** What a shelf owes to the request, whatever the rung: order of history, events, variety, filters. */
import { beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../tests/support/ask.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { createWorld, type Location, type ShelfParts, type World } from '../../tests/support/world.ts'
import { seededRng } from '../base/rng.ts'
import { type Filter, passes } from '../domain/filter.ts'
import { LIMITS } from '../domain/limits.ts'
import { likenessOf } from '../rank/likeness.ts'
import type { ShelfAnswer } from './answer.ts'

const SEED = 7
/** Before the last of what was learned. */
const THEN = '2026-03-01T00:00:00Z'

let world: World
let location: Location
let isolate: ShelfParts
beforeAll(async () => {
  world = await createWorld(demoShop('hearth-and-field'))
  location = await world.location()
  isolate = location.isolate()
})

const shelf = async (body: Record<string, unknown>) => (await ask(isolate, world.config, body)).ids
const itemIds = () => world.data.items.map((item) => item.id)

test(`items of equal time may be listed in any order (seed ${SEED})`, async () => {
  const rng = seededRng(SEED)
  // Three visits; more items than are used, so that the cut falls among equal times.
  const history = rng
    .shuffle(itemIds())
    .slice(0, 90)
    .map((id, index) => [id, 1_700_000_000 + (index % 3) * 86_400])
  const plain = await shelf({ placement: 'home', user_id: 'u-order', history })
  for (let n = 0; n < 10; n++) {
    expect(
      await shelf({ placement: 'home', user_id: 'u-order', history: rng.shuffle(history) }),
      `seed ${SEED}, ${n}`,
    ).toEqual(plain)
  }
  const recent = itemIds()
    .slice(0, 12)
    .map((item_id) => ({ item_id, occurred_at: '2026-01-01T00:00:00Z' }))
  const first = await shelf({ placement: 'home', recent })
  expect(await shelf({ placement: 'home', recent: rng.shuffle(recent) })).toEqual(first)
})

test('negative control: other times give another shelf', async () => {
  const [a, b] = [itemIds().slice(0, 3), itemIds().slice(60, 63)]
  const visits = (older: string[], newer: string[]) => [
    ...older.map((id) => [id, 1_000]),
    ...newer.map((id) => [id, 9_000]),
  ]
  const body = { placement: 'home', user_id: 'u-order' }
  expect(await shelf({ ...body, history: visits(a, b) })).not.toEqual(await shelf({ ...body, history: visits(b, a) }))
})

test('as_of answers as of its moment: nothing made later, nothing done later, nothing that trends now', async () => {
  const asOf = THEN
  const seconds = Date.parse(asOf) / 1_000
  const known = itemIds()
    .slice(0, 5)
    .map((id, n): [string, number] => [id, seconds - 100 + n])
  const body = { placement: 'home', user_id: 'u-asof', as_of: asOf }
  const { answer, ids } = await ask(isolate, world.config, { ...body, history: known })
  expect(ids.length).toBeGreaterThan(0)
  expect(answer.shown.filter((one) => one.card.createdAtMs > Date.parse(asOf))).toEqual([])
  expect([answer.sourceCounts.trending, answer.sourceCounts.new]).toEqual([undefined, undefined])
  const later = itemIds()
    .slice(20, 25)
    .map((id): [string, number] => [id, seconds + 100])
  expect(await shelf({ ...body, history: [...known, ...later] })).toEqual(ids)
})

const WHOLE: Filter = { field: 'category', op: 'exists', value: true }

for (const down of [[], ['d1'], ['d1', 'live', 'vectors'], ['d1', 'cache']] as const) {
  test(`what is popular now is not shown to an earlier moment, with ${down.join(' and ') || 'nothing'} down`, async () => {
    const own = location.isolate()
    // Everything that D1 could fill up with, and cards that the isolate remembers.
    const body = { placement: 'home', user_id: 'u-popular', limit: 40, filter: WHOLE }
    await ask(own, world.config, body)
    for (const part of down) location[part].down()
    const at = async (as_of?: string) => {
      const { answer } = await ask(own, world.config, { ...body, ...(as_of === undefined ? {} : { as_of }) })
      return { popular: answer.sourceCounts.popular ?? 0, most: popularityOf(answer), shown: answer.shown.length }
    }
    const [now, present, then] = [await at(), await at(new Date(world.clock.now()).toISOString()), await at(THEN)]
    for (const part of down) location[part].up()
    expect(then).toEqual({ popular: 0, most: 0, shown: 0 })
    // Control: what was learned before the moment is of use to it.
    for (const { popular, most, shown } of [now, present])
      expect([popular > 0, most > 0, shown > 0]).not.toContain(false)
  })
}

test('items that an earlier moment does show are as popular as nobody knows', async () => {
  const history = itemIds().slice(0, 3)
  const body = { placement: 'home', user_id: 'u-popular', history }
  const then = (await ask(isolate, world.config, { ...body, as_of: THEN })).answer
  expect([then.shown.length > 0, popularityOf(then)]).toEqual([true, 0])
  expect(popularityOf((await ask(isolate, world.config, body)).answer)).toBeGreaterThan(0)
})

/** The largest popularity that anything was ranked by. */
const popularityOf = (answer: ShelfAnswer) => Math.max(0, ...answer.ranked.map(({ card }) => card.popularity))

test('an event is seen by the next shelf', async () => {
  const who = { user_id: 'u-next' }
  const home = { placement: 'home', ...who }
  const before = await shelf(home)
  const viewed = itemIds().find((id) => !before.includes(id))!
  await world.sendEvents([{ type: 'view', item_id: viewed, ...who }], 'pk')
  const after = await ask(isolate, world.config, home)
  expect(after.ids).not.toEqual(before)
  expect(after.answer.sourceCounts.vector_recent).toBeGreaterThan(0)

  await world.sendEvents([{ type: 'purchase', item_id: after.ids[0], ...who }], 'pk')
  const bought = await shelf(home)
  expect(bought).not.toContain(after.ids[0])
  await world.sendEvents([{ type: 'feedback', value: 'hide', item_id: bought[0], ...who }], 'pk')
  expect(await shelf(home)).not.toContain(bought[0])
  // Another shopper's shelf stays as it was.
  expect(await shelf({ placement: 'home', user_id: 'u-other' })).toEqual(before)
})

test('more diversity never means more likeness', async () => {
  const steps = [0, 0.25, 0.5, 0.75, 1]
  const seeds = itemIds().filter((_id, index) => index % 10 === 0)
  const means: number[] = []
  for (const diversity of steps) {
    let sum = 0
    for (const seed of seeds) {
      const { answer } = await ask(isolate, world.config, {
        placement: 'product',
        item_ids: [seed],
        user_id: 'u-d',
        diversity,
      })
      sum += meanLikeness(answer.shown.map((one) => one.card))
    }
    means.push(sum / seeds.length)
  }
  for (let n = 1; n < means.length; n++) expect(means[n], means.join(' ')).toBeLessThanOrEqual(means[n - 1]! + 0.002)
  expect(means[0]! - means.at(-1)!, means.join(' ')).toBeGreaterThan(0.05)
})

function meanLikeness(cards: Parameters<typeof likenessOf>[0]): number {
  const likeness = likenessOf(cards)
  let sum = 0
  for (let a = 1; a < cards.length; a++) for (let b = 0; b < a; b++) sum += likeness.between(a, b)
  return sum / ((cards.length * (cards.length - 1)) / 2)
}

const FILTERS: readonly Filter[] = [
  { field: 'price', op: 'lt', value: 3_000 },
  { not: { field: 'price', op: 'lt', value: 3_000 } },
  { field: 'category', op: 'eq', value: 'Kitchen' },
  {
    all: [
      { field: 'price', op: 'gte', value: 1_000 },
      {
        any: [
          { field: 'tag', op: 'exists', value: true },
          { field: 'on_sale', op: 'eq', value: true },
        ],
      },
    ],
  },
  { field: 'brand', op: 'nin', value: ['Fenwold Mill'] },
  { field: 'attribute.nothing', op: 'exists', value: true },
]

const OUTAGES: ReadonlyArray<
  readonly [rung: string, down: ReadonlyArray<'d1' | 'cache' | 'vectors' | 'live'>, body: Record<string, unknown>]
> = [
  ['L2', [], { placement: 'home', user_id: 'u-f' }],
  ['L3', ['d1'], { placement: 'product' }],
  ['L4', ['d1', 'live', 'vectors'], { placement: 'home', user_id: 'u-f' }],
  ['L5', ['d1', 'cache'], { placement: 'home', user_id: 'u-f' }],
]

for (const [rung, down, plain] of OUTAGES) {
  test(`no item breaks the filter on ${rung}`, async () => {
    const shown: number[] = []
    for (const filter of FILTERS) {
      const own = location.isolate()
      const body = plain.placement === 'product' ? { ...plain, item_ids: itemIds().slice(3, 4), user_id: 'u-f' } : plain
      await ask(own, world.config, body)
      for (const part of down) location[part].down()
      const { answer } = await ask(own, world.config, { ...body, filter })
      for (const part of down) location[part].up()
      expect(answer.rung, JSON.stringify(filter)).toBe(rung)
      expect(answer.shown.filter((one) => !passes(filter, one.card)).map((one) => one.card.id)).toEqual([])
      shown.push(answer.shown.length)
    }
    // Items pass wherever some can, and none where none does.
    expect(
      shown.slice(0, 2).every((count) => count > 3),
      shown.join(),
    ).toBe(true)
    expect(shown.at(-1)).toBe(0)
  })
}

for (const [, down, plain] of OUTAGES) {
  test(`no excluded item, seed, or item of the cart with ${down.join(' and ') || 'nothing'} down`, async () => {
    const [seed, carted] = [itemIds()[3]!, itemIds()[4]!]
    const body = { ...plain, user_id: 'u-x', item_ids: [seed], cart_item_ids: [carted] }
    const own = location.isolate()
    const banned: string[] = [seed, carted]
    for (const part of down) location[part].up()
    const before = (await ask(own, world.config, body)).ids
    for (const part of down) location[part].down()
    const first = (await ask(own, world.config, body)).ids
    const exclude = [...new Set([...before, ...first])].slice(0, 20)
    const { ids } = await ask(own, world.config, { ...body, exclude_item_ids: exclude })
    for (const part of down) location[part].up()
    expect(ids.length).toBeGreaterThan(3)
    expect(first.filter((id) => banned.includes(id))).toEqual([])
    expect(ids.filter((id) => exclude.includes(id) || banned.includes(id))).toEqual([])
  })
}

test('a filter fills the shelf from beyond the candidates while D1 answers', async () => {
  const filter = { field: 'price', op: 'gte', value: 2_000 }
  expect(await shelf({ placement: 'home', user_id: 'u-f', filter, limit: 40 })).toHaveLength(40)
})

test('item cards of a release with other neighbours are ranked without them, and every score is a number', async () => {
  const plain = location.isolate()
  const [older, newer, other] = itemIds().slice(3, 6) as [string, string, string]
  const body = { placement: 'home', recent: [older, newer].map((item_id) => ({ item_id, type: 'purchase' })) }
  await ask(plain, world.config, body)
  const items: typeof plain.cache.items = async (...asked) =>
    new Map(
      [...(await plain.cache.items(...asked))].map(([id, item]) => [
        id,
        { ...item, bought: (id === newer ? [[other, 5_000, 100, 3_000, 9]] : [[itemIds()[9]!, 0.5, 7]]) as never },
      ]),
    )
  const own = { ...plain, memory: location.isolate().memory, cache: { ...plain.cache, items } }
  location.d1.down()
  const { answer } = await ask(own, world.config, body)
  location.d1.up()
  expect(answer.rung).toBe('L3')
  expect(answer.shown.length).toBeGreaterThan(3)
  expect(answer.ranked.filter((one) => !Number.isFinite(one.score))).toEqual([])
})

describe('popular items', () => {
  /** A shopper whose past leads to more candidates than are read. */
  async function abounding({ fillerFails = false } = {}) {
    const own = await createWorld(demoShop('hearth-and-field'))
    const place = await own.location()
    const asked: Array<{ ids: number; filler: boolean }> = []
    const reading = (parts: ShelfParts): ShelfParts => {
      const finalists: ShelfParts['reads']['finalists'] = (query) => {
        asked.push({ ids: query.ids.length, filler: query.filler !== null })
        if (fillerFails && query.filler !== null) return Promise.reject(new Error('D1_ERROR: overloaded'))
        return parts.reads.finalists(query)
      }
      return { ...parts, reads: { ...parts.reads, finalists } }
    }
    const history = own.data.items.slice(0, 40).map(({ id }, index) => [id, 1_700_000_000 + index])
    const body = { placement: 'home', user_id: 'u-abounds', history, limit: 6 }
    return { own, asked, shelf: () => ask(place.isolate(reading), own.config, body) }
  }

  const soldOut = (own: World, gone: ReadonlySet<string>) =>
    own.data.items
      .filter(({ id }) => gone.has(id))
      .map((item) => ({
        ...item,
        updated_at: new Date(own.clock.now()).toISOString(),
        offers: item.offers.map(({ variants: _variants, ...offer }) => ({ ...offer, price: 5, stock: 0 })),
      }))

  test('are not read where finalists abound', async () => {
    const { asked, shelf } = await abounding()
    expect((await shelf()).ids).toHaveLength(6)
    expect(asked).toEqual([{ ids: LIMITS.finalists, filler: false }])
  })

  test('are read after all where most of these cannot be sold', async () => {
    const { own, asked, shelf } = await abounding()
    const gone = new Set((await shelf()).answer.ranked.map(({ card }) => card.id))
    await own.putItems(soldOut(own, gone))
    asked.length = 0
    const { ids } = await shelf()
    expect([ids.length, ids.filter((id) => gone.has(id))]).toEqual([6, []])
    expect(asked).toEqual([
      { ids: LIMITS.finalists, filler: false },
      { ids: 0, filler: true },
    ])
  })

  test('that cannot be read leave a short shelf of what can be sold', async () => {
    const { own, asked, shelf } = await abounding({ fillerFails: true })
    const [kept, ...gone] = (await shelf()).answer.ranked.map(({ card }) => card.id)
    await own.putItems(soldOut(own, new Set(gone)))
    asked.length = 0
    const { ids, answer } = await shelf()
    expect([ids, answer.rung]).toEqual([[kept], 'L2'])
    expect(asked).toHaveLength(2)
  })
})
