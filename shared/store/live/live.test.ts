/** One suite for both backends of a shopper's recent events: D1, and Upstash over a real Redis when it is installed. */
import { Redis } from '@upstash/redis/cloudflare'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLive, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { redisInstalled, startUpstashShim, TOKEN, type UpstashShim } from '../../../tests/support/unit_upstash_shim.ts'
import { seededRng } from '../../base/rng.ts'
import { LIMITS } from '../../domain/limits.ts'
import type { LiveStore, RecentEvent } from './live.ts'
import { createD1LiveStore } from './live_d1.ts'
import { createUpstashLiveStore } from './live_upstash.ts'

const SEED = 20_261_123
const INSTALLED = redisInstalled()
if (!INSTALLED) console.warn('redis-server is not installed: the Upstash half of the live store suite is skipped')

let shim: UpstashShim
beforeAll(async () => {
  if (INSTALLED) shim = await startUpstashShim()
}, 20_000)
afterAll(() => shim?.stop())

const upstash = (timeoutMs = 10_000) => createUpstashLiveStore({ url: shim.url, token: TOKEN, timeoutMs })

const BACKENDS = [
  { name: 'D1', skip: false, start: async (): Promise<LiveStore> => createD1LiveStore(await createLive()) },
  {
    name: 'Upstash over redis-server',
    skip: !INSTALLED,
    start: async (): Promise<LiveStore> => {
      await shim.flush()
      return upstash()
    },
  },
]

const event = (item: string, atMs = NOW, over: Partial<RecentEvent> = {}): RecentEvent => ({
  item,
  type: 'view',
  atMs,
  value: null,
  ...over,
})
const append = (store: LiveStore, events: RecentEvent[], shopper = 'u:1', shop = SHOP) =>
  store.append(shop, [{ shopper, events }], NOW)
const items = async (store: LiveStore, shopper = 'u:1', shop = SHOP) =>
  (await store.recent(shop, shopper)).map((own) => own.item)

for (const { name, skip, start } of BACKENDS) {
  describe.skipIf(skip)(`live store on ${name}`, () => {
    test('an unknown shopper has no past', async () => {
      expect(await (await start()).recent(SHOP, 'u:nobody')).toEqual([])
    })

    test('gives back what was written, newest last', async () => {
      const store = await start()
      const events = [event('a', NOW), event('b', NOW + 1, { type: 'feedback', value: -0.5 }), event('c', NOW + 2)]
      await append(store, events.slice(0, 1))
      await append(store, events.slice(1))
      expect(await store.recent(SHOP, 'u:1')).toEqual(events)
    })

    test('orders by time however the events came in', async () => {
      const store = await start()
      await append(store, [event('c', NOW + 2), event('a', NOW)])
      expect(await items(store)).toEqual(['a', 'c'])
      await append(store, [event('b', NOW + 1)])
      expect(await items(store)).toEqual(['a', 'b', 'c'])
    })

    test('keeps the newest twenty, and not the last to arrive', async () => {
      const store = await start()
      const kept = LIMITS.recentEventsKept
      const newer = Array.from({ length: kept + 5 }, (_, index) => event(`n${index}`, NOW + index))
      await append(store, newer)
      expect(await items(store)).toEqual(newer.slice(5).map((own) => own.item))
      // An import of the past must not push out what the shopper just did.
      await append(
        store,
        Array.from({ length: kept }, (_, index) => event(`old${index}`, NOW - 1_000 + index)),
      )
      expect(await items(store)).toEqual(newer.slice(5).map((own) => own.item))
    })

    test('a repeated event counts once and takes no place from others', async () => {
      const store = await start()
      const events = Array.from({ length: LIMITS.recentEventsKept }, (_, index) => event(`i${index}`, NOW + index))
      await append(store, [...events.slice(0, 2), ...events.slice(0, 2)])
      expect(await items(store)).toEqual(['i0', 'i1'])
      await append(store, events)
      await append(store, events.slice(-10))
      expect(await items(store)).toEqual(events.map((own) => own.item))
    })

    test('several shoppers and shops in their own rows', async () => {
      const store = await start()
      await store.append(
        SHOP,
        [
          { shopper: 'u:1', events: [event('a')] },
          { shopper: 'a:1', events: [event('b')] },
        ],
        NOW,
      )
      await append(store, [event('x')], 'u:1', OTHER_SHOP)
      expect([await items(store), await items(store, 'a:1'), await items(store, 'u:1', OTHER_SHOP)]).toEqual([
        ['a'],
        ['b'],
        ['x'],
      ])
      await expect(store.append(SHOP, [], NOW)).resolves.toBeUndefined()
    })

    test.each(['007', '1e5', 'true', 'null', '{"a":1}', '[1]', '12345678901234567890', '商品 𠮷', "it's", '"'])(
      'an id that looks like something else survives: %s',
      async (id) => {
        const store = await start()
        await append(store, [event(id)], `u:${id}`)
        expect(await store.recent(SHOP, `u:${id}`)).toEqual([event(id)])
      },
    )

    test('holds what a plain list in memory would hold', async () => {
      const rng = seededRng(SEED)
      const store = await start()
      let model: RecentEvent[] = []
      for (let call = 0; call < 40; call++) {
        const events = Array.from({ length: 1 + rng.int(6) }, () => event(`i${rng.int(30)}`, NOW + rng.int(1_000)))
        await append(store, events)
        const distinct = new Map([...model, ...events].map((own) => [JSON.stringify(own), own]))
        model = [...distinct.values()].sort((a, b) => a.atMs - b.atMs)
        const shown = await store.recent(SHOP, 'u:1')
        const kept = model.slice(-LIMITS.recentEventsKept)
        expect(
          shown.map((own) => own.atMs),
          `seed ${SEED} call ${call}`,
        ).toEqual(kept.map((own) => own.atMs))
        model = shown
      }
    })
  })
}

describe.skipIf(!INSTALLED)('Upstash when it is slow or refuses', () => {
  test('a timeout throws, for reads and for writes', async () => {
    shim.hang = true
    try {
      await expect(upstash(30).recent(SHOP, 'u:1')).rejects.toThrow()
      await expect(append(upstash(30), [event('a')])).rejects.toThrow()
    } finally {
      shim.hang = false
    }
  })

  test('control: the client with a plain abort signal takes a timeout for an answer', async () => {
    shim.hang = true
    try {
      const signal = AbortSignal.timeout(30)
      const plain = new Redis({ url: shim.url, token: TOKEN, retry: false, enableAutoPipelining: false, signal })
      await expect(plain.get('anything')).resolves.toBeDefined()
    } finally {
      shim.hang = false
    }
  })

  test('a refused token throws, after one request', async () => {
    const before = shim.requests
    const store = createUpstashLiveStore({ url: shim.url, token: 'wrong', timeoutMs: 5_000 })
    await expect(store.recent(SHOP, 'u:1')).rejects.toThrow()
    expect(shim.requests - before).toBe(1)
  })

  test('a write is one request whatever the number of shoppers', async () => {
    const before = shim.requests
    const rows = Array.from({ length: 50 }, (_, index) => ({ shopper: `u:${index}`, events: [event('a')] }))
    await upstash().append(SHOP, rows, NOW)
    expect(shim.requests - before).toBe(1)
  })
})

test('the D1 form takes any text as an id', async () => {
  const store = createD1LiveStore(await createLive())
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), async (id) => {
      await append(store, [event(id)], `u:${id}`)
      expect(await items(store, `u:${id}`)).toEqual([id])
    }),
    { seed: SEED, numRuns: 100 },
  )
})
