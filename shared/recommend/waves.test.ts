/** The storage budget of a shelf: waves, calls at once, and finalists, counted behind the pipeline's back. */
import { beforeAll, expect, test } from 'vitest'
import { ask, hashesOf } from '../../tests/support/ask.ts'
import { ruleOf } from '../../tests/support/rules.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { createWorld, type Location, type ShelfParts, type World } from '../../tests/support/world.ts'
import { LIMITS } from '../domain/limits.ts'
import type { FinalistQuery } from '../store/catalogue/shelf_reads.ts'

const WAVES_MAX = 2
const CALLS_AT_ONCE_MAX = 6
/** Long enough for calls that start together to overlap. */
const CALL_MS = 3

let world: World
let location: Location

beforeAll(async () => {
  world = await createWorld(demoShop('hearth-and-field'))
  location = await world.location()
  const views = world.data.items.slice(0, 8).map((item) => ({ type: 'view', user_id: 'u-known', item_id: item.id }))
  await world.sendEvents(views)
})

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, CALL_MS))

/** Counts every call of a store as it happens, whoever makes it. */
function counted(parts: ShelfParts) {
  const seen = { underWay: 0, atOnce: 0, waves: 0, calls: 0, finalists: [] as FinalistQuery[] }
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    if (seen.underWay === 0) seen.waves += 1
    seen.underWay += 1
    seen.calls += 1
    seen.atOnce = Math.max(seen.atOnce, seen.underWay)
    try {
      await pause()
      return await call()
    } finally {
      seen.underWay -= 1
    }
  }
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (inner, name) => {
        const member = Reflect.get(inner, name) as (...args: unknown[]) => Promise<unknown>
        return (...args: unknown[]) => {
          if (name === 'finalists') seen.finalists.push(args[0] as FinalistQuery)
          return through(() => member.apply(inner, args))
        }
      },
    })
  const double: ShelfParts = {
    ...parts,
    reads: wrap(parts.reads),
    strictReads: wrap(parts.strictReads),
    lists: (shop, market) => through(() => parts.lists(shop, market)),
    stats: (shop) => through(() => parts.stats(shop)),
    live: wrap(parts.live),
    habits: wrap(parts.habits),
    vectors: wrap(parts.vectors),
    cache: wrap(parts.cache),
  }
  return { double, seen }
}

/** Counts one request, without what follows the answer. */
async function count(
  body: Record<string, unknown>,
  warm: boolean,
  shown: ReadonlySet<number> = new Set(),
  config = world.config,
) {
  const isolate = location.isolate()
  if (warm) await ask(isolate, config, { placement: 'home', user_id: 'u-warm' })
  const { double, seen } = counted(isolate)
  const asked = await ask(double, config, body, shown, false)
  return { ...seen, asked }
}

const ids = () => world.data.items.map((item) => item.id)
const price = { field: 'price', op: 'lt', value: 5_000 }

const KINDS: ReadonlyArray<readonly [name: string, body: () => Record<string, unknown>]> = [
  ['home of a stranger', () => ({ placement: 'home' })],
  ['home of a user from the live store', () => ({ placement: 'home', user_id: 'u-known' })],
  [
    'recent events given',
    () => ({
      placement: 'home',
      recent: ids()
        .slice(0, 10)
        .map((item_id) => ({ item_id })),
    }),
  ],
  ['product with a shopper', () => ({ placement: 'product', item_ids: ids().slice(5, 6), user_id: 'u-known' })],
  ['product with twenty seeds', () => ({ placement: 'product', item_ids: ids().slice(0, 20), user_id: 'u-known' })],
  ['cart', () => ({ placement: 'cart', cart_item_ids: ids().slice(2, 6), user_id: 'u-known' })],
  [
    'candidates for buying again',
    () => ({ placement: 'again', user_id: 'u-known', candidate_item_ids: ids().slice(0, 9) }),
  ],
  ['query', () => ({ placement: 'generic', query: 'tea kettle', user_id: 'u-known' })],
  ['query with seeds', () => ({ query: 'tea', item_ids: ids().slice(0, 3), user_id: 'u-known' })],
  ['filter', () => ({ placement: 'home', user_id: 'u-known', filter: price })],
  ['strict', () => ({ placement: 'home', user_id: 'u-known', freshness: 'strict' })],
]

for (const [name, body] of KINDS) {
  test(`${name}: at most two waves, six calls at once, one batch of fifty`, async () => {
    const { waves, atOnce, finalists, asked } = await count(body(), true)
    expect(waves).toBeLessThanOrEqual(WAVES_MAX)
    expect(atOnce).toBeLessThanOrEqual(CALLS_AT_ONCE_MAX)
    expect(finalists).toHaveLength(1)
    expect(finalists[0]!.ids.length).toBeLessThanOrEqual(LIMITS.finalists)
    expect(finalists[0]!.expand.length).toBeLessThanOrEqual(LIMITS.historyItemsUsed)
    // What the answer says of itself is what was counted.
    expect([asked.stages.waves, asked.answer.rung]).toEqual([waves, 'L2'])
  })
}

test('words are looked for in both views at once, and a shop without the second pays nothing for it', async () => {
  const { search } = world.config
  const both = { ...world.config, search: { found: true, space: { ...search.space!, found: true } } }
  const body = { placement: 'generic', query: 'tea kettle', user_id: 'u-known' }
  const plain = await count(body, true)
  const found = await count(body, true, new Set(), both)
  expect([found.waves, found.calls]).toEqual([plain.waves, plain.calls + 1])
  for (const warm of [true, false]) {
    const most = await count({ ...body, item_ids: ids().slice(0, 3) }, warm, new Set(), both)
    expect([most.waves, most.atOnce <= CALLS_AT_ONCE_MAX], `warm ${warm}`).toEqual([WAVES_MAX, true])
  }
})

test('the newest items are asked of D1 once a second, whoever comes', async () => {
  const isolate = location.isolate()
  const body = { placement: 'home', recent: [] }
  await ask(isolate, world.config, body)
  const again = counted(isolate)
  await ask(again.double, world.config, body, new Set(), false)
  expect(again.seen.calls).toBe(1)
  world.clock.advance(1_001)
  const later = counted(isolate)
  await ask(later.double, world.config, body, new Set(), false)
  expect([later.seen.calls, later.seen.waves]).toEqual([2, 2])
})

test('rules cost no call: pinned items come with the finalists, which stay fifty', async () => {
  const body = { placement: 'home', user_id: 'u-known' }
  const pin = ruleOf('p', { kind: 'pin', item_ids: ids().slice(40, 60) })
  const hide = ruleOf('h', { kind: 'hide' }, { items: { field: 'brand', op: 'exists', value: true } })
  const low = ruleOf('s', { kind: 'stock', below: 9, effect: 'hide' })
  const plain = await count(body, true)
  for (const rules of [[pin], [hide], [pin, hide, low]]) {
    const ruled = await count(body, true, new Set(), { ...world.config, rules: { version: 1, rules } })
    expect([ruled.waves, ruled.calls, ruled.finalists.length]).toEqual([plain.waves, plain.calls, 1])
    expect(ruled.finalists[0]!.ids.length).toBeLessThanOrEqual(LIMITS.finalists)
  }
})

test('a later page costs what the first did', async () => {
  const body = { placement: 'home', user_id: 'u-known' }
  const first = await count(body, true)
  const second = await count(body, true, hashesOf(first.asked.ids))
  expect([second.waves, second.calls]).toEqual([first.waves, first.calls])
  expect(second.asked.ids.filter((id) => first.asked.ids.includes(id))).toEqual([])
})

test('a fresh isolate needs no more than two waves for a shopper, and more calls at once', async () => {
  const { waves, atOnce, calls } = await count(
    { placement: 'product', item_ids: ids().slice(0, 1), user_id: 'u' },
    false,
  )
  expect([waves, atOnce <= CALLS_AT_ONCE_MAX, calls <= 8]).toEqual([WAVES_MAX, true, true])
})

test('a shared shelf is one look at the cache, and a miss costs no third wave', async () => {
  const isolate = location.isolate()
  await ask(isolate, world.config, { placement: 'home', user_id: 'u-warm' })
  const body = { placement: 'product', item_ids: ids().slice(9, 10) }
  const miss = counted(isolate)
  const { answer, stages } = await ask(miss.double, world.config, body)
  expect([answer.cache, stages.waves]).toEqual(['none', WAVES_MAX])
  expect(miss.seen.atOnce).toBeLessThanOrEqual(CALLS_AT_ONCE_MAX)
  const hit = counted(isolate)
  expect((await ask(hit.double, world.config, body, new Set(), false)).answer.cache).toBe('hit')
  expect([hit.seen.waves, hit.seen.calls]).toEqual([1, 1])
})

test('negative control: calls one after the other are counted as waves', async () => {
  const { double, seen } = counted(location.isolate())
  for (let n = 0; n < 3; n++) await double.live.recent(world.shop, 'u:u-known')
  expect([seen.waves, seen.atOnce]).toEqual([3, 1])
})
