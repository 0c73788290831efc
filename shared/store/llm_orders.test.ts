import type { KVNamespace } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { HOUR_MS, MINUTE_MS, manualClock } from '../base/clock.ts'
import type { LlmOrder } from '../domain/llm_order.ts'
import { kvKeys } from './keys.ts'
import { createLlmOrders, type OrderPlace } from './llm_orders.ts'

const PLACE: OrderPlace = { shop: SHOP, key: 'the key', digest: 'd'.repeat(43) }
const NAME = kvKeys.order(SHOP, PLACE.digest)

const order = (own: Partial<LlmOrder> = {}): LlmOrder => ({
  v: 1,
  key: PLACE.key,
  candidates: [
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ],
  order: [2, 0, 1],
  passes: 3,
  agreement: 0.7,
  cost: { inputTokens: 1, outputTokens: 1, microCost: 1 },
  madeAtMs: NOW,
  softUntilMs: NOW + HOUR_MS,
  hardUntilMs: NOW + 2 * HOUR_MS,
  ...own,
})

/** KV of a clock with the calls that were made of it; isolates share it. */
function setUp() {
  const clock = manualClock(NOW)
  const plain = createMemoryKv({ clock })
  const calls: string[] = []
  const kv = new Proxy(plain, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        calls.push(String(name))
        return method(...args)
      }
    },
  }) as KVNamespace
  return { clock, kv: plain, calls, isolate: () => createLlmOrders(kv, clock) }
}

const one = async (orders: ReturnType<typeof createLlmOrders>, place = PLACE) =>
  (await orders.read([place])).get(place.digest)

test('an order that was kept is read by every isolate, in one call for all places', async () => {
  const { calls, isolate } = setUp()
  const [maker, other] = [isolate(), isolate()]
  const second = { ...PLACE, key: 'second', digest: 'e'.repeat(43) }
  expect(await maker.keep(PLACE, order())).toBe(true)
  expect(maker.held(PLACE)).toEqual(order())
  expect(other.held(PLACE)).toBeUndefined()
  calls.length = 0
  const found = await other.read([PLACE, second])
  expect([found.get(PLACE.digest), found.get(second.digest)]).toEqual([order(), null])
  expect(calls).toEqual(['get'])
  await other.read([PLACE, second])
  expect([other.held(PLACE), other.held(second), calls]).toEqual([order(), null, ['get']])
})

test('an order lives to its hard end, in memory and in KV', async () => {
  const { clock, kv, isolate } = setUp()
  const maker = isolate()
  await maker.keep(PLACE, order())
  clock.advance(2 * HOUR_MS - 1_000)
  expect(await one(maker)).toEqual(order())
  clock.advance(1_000)
  expect(await one(maker)).toBeNull()
  expect(await one(isolate())).toBeNull()
  expect(await kv.get(NAME)).toBeNull()
})

test('what another isolate made is seen within a minute; a miss is asked about again sooner', async () => {
  const { clock, isolate } = setUp()
  const [maker, other] = [isolate(), isolate()]
  expect(await one(other)).toBeNull()
  await maker.keep(PLACE, order())
  expect(await one(other)).toBeNull()
  clock.advance(15_000)
  expect(await one(other)).toEqual(order())
  const newer = order({ madeAtMs: NOW + 15_000, order: [0, 1, 2] })
  await maker.keep(PLACE, newer)
  clock.advance(MINUTE_MS)
  expect(await one(other)).toEqual(newer)
})

test('KV that lags does not take back what was just made', async () => {
  const { clock, kv, isolate } = setUp()
  const maker = isolate()
  const newer = order({ madeAtMs: NOW + 1, order: [0, 1, 2] })
  await maker.keep(PLACE, newer)
  await kv.put(NAME, JSON.stringify(order()))
  clock.advance(MINUTE_MS)
  expect(await one(maker)).toEqual(newer)
  await kv.delete(NAME)
  clock.advance(MINUTE_MS - 1_000)
  expect(await one(maker)).toEqual(newer)
  // What is gone for good is gone here as well.
  clock.advance(2 * MINUTE_MS)
  expect(await one(maker)).toBeNull()
})

const whole = JSON.stringify(order())
const PLANTED: Record<string, string> = {
  'of another key': JSON.stringify(order({ key: 'the key ' })),
  'of another form': JSON.stringify({ ...order(), v: 2 }),
  'past its end': JSON.stringify(order({ madeAtMs: NOW - 9, softUntilMs: NOW - 5, hardUntilMs: NOW })),
  'of a future': JSON.stringify(order({ madeAtMs: NOW + HOUR_MS })),
  'of endless life': JSON.stringify(order({ hardUntilMs: NOW + 9 * 24 * HOUR_MS })),
  'cut off': whole.slice(0, -7),
  'cut off in its list': JSON.stringify({ ...order(), order: [2, 0] }),
  'that names a place twice': JSON.stringify(order({ order: [0, 0, 1] })),
  'that names a foreign place': JSON.stringify(order({ order: [0, 1, 3] })),
  'that names half a place': JSON.stringify(order({ order: [0, 1, 1.5] })),
  'with an item twice': JSON.stringify(
    order({
      candidates: [
        ['a', '1'],
        ['a', '1'],
        ['b', '1'],
      ],
    }),
  ),
  'with more than is known': JSON.stringify({ ...order(), html: '<b>' }),
  'of no agreement that there is': JSON.stringify(order({ agreement: 2 })),
  'of no JSON': '<html>503</html>',
  'of nothing': '',
  'of null': 'null',
  'of a list': '[]',
  'of prototypes': whole.replace('"v":1', '"v":1,"__proto__":{"v":1}'),
}

test.each(Object.entries(PLANTED))('a planted value %s is a miss', async (_name, value) => {
  const { kv, isolate } = setUp()
  await kv.put(NAME, value)
  expect(await one(isolate())).toBeNull()
  // One that nobody believes does not spoil what is read with it.
  const second = { ...PLACE, digest: 'e'.repeat(43) }
  await kv.put(kvKeys.order(SHOP, second.digest), whole)
  expect((await isolate().read([PLACE, second])).get(second.digest)).toEqual(order())
})

test('control: the value that the planted ones were made of is read', async () => {
  const { kv, isolate } = setUp()
  await kv.put(NAME, whole)
  expect(await one(isolate())).toEqual(order())
  // Of another shop: the name differs, and so does the key.
  expect(await one(isolate(), { ...PLACE, shop: OTHER_SHOP })).toBeNull()
})

test('what no reader would believe is not kept, and nothing of it is held', async () => {
  const { kv, isolate } = setUp()
  const orders = isolate()
  for (const own of [{ key: 'other' }, { order: [0, 0, 1] }, { hardUntilMs: NOW, softUntilMs: NOW }])
    expect(await orders.keep(PLACE, order(own))).toBe(false)
  expect([orders.held(PLACE), await kv.get(NAME)]).toEqual([undefined, null])
})

test('a KV that does not answer is told; an order that it refused is held where it was made', async () => {
  const { clock } = setUp()
  const down = async () => Promise.reject(new Error('KV is down'))
  const orders = createLlmOrders({ get: down, put: down } as unknown as KVNamespace, clock)
  await expect(orders.read([PLACE])).rejects.toThrow('KV is down')
  await expect(orders.keep(PLACE, order())).rejects.toThrow('KV is down')
  expect(orders.held(PLACE)).toEqual(order())
})
