/** One suite for both backends that shoppers are removed from. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLive, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { redisInstalled, startUpstashShim, TOKEN, type UpstashShim } from '../../../tests/support/unit_upstash_shim.ts'
import { createD1LiveEraser, createUpstashLiveEraser, type LiveEraser } from './forget.ts'
import type { LiveStore } from './live.ts'
import { createD1LiveStore } from './live_d1.ts'
import { createUpstashLiveStore } from './live_upstash.ts'

const INSTALLED = redisInstalled()
if (!INSTALLED) console.warn('redis-server is not installed: the Upstash half of the erasing suite is skipped')
let shim: UpstashShim
beforeAll(async () => {
  if (INSTALLED) shim = await startUpstashShim()
}, 20_000)
afterAll(() => shim?.stop())

const BACKENDS: Array<{ name: string; skip: boolean; start(): Promise<{ store: LiveStore; eraser: LiveEraser }> }> = [
  {
    name: 'D1',
    skip: false,
    async start() {
      const db = await createLive()
      return { store: createD1LiveStore(db), eraser: createD1LiveEraser(db) }
    },
  },
  {
    name: 'Upstash over redis-server',
    skip: !INSTALLED,
    async start() {
      await shim.flush()
      const config = { url: shim.url, token: TOKEN, timeoutMs: 10_000 }
      return { store: createUpstashLiveStore(config), eraser: createUpstashLiveEraser(config) }
    },
  },
]
const events = [{ item: 'i', type: 'view', atMs: NOW, value: null }] as const
const rows = (shoppers: readonly string[]) => shoppers.map((shopper) => ({ shopper, events }))

for (const { name, skip, start } of BACKENDS) {
  describe.skipIf(skip)(`erasing on ${name}`, () => {
    test('the named shoppers go, once, and nobody else', async () => {
      const { store, eraser } = await start()
      for (const shop of [SHOP, OTHER_SHOP]) await store.append(shop, rows(['u:5', 'u:55', 'a:order:x:5']), NOW)
      expect(await eraser.erase(SHOP, ['u:5', 'a:order:x:5', 'u:nobody'])).toBe(2)
      expect(await eraser.erase(SHOP, ['u:5', 'a:order:x:5'])).toBe(0)
      expect(await store.recent(SHOP, 'u:5')).toEqual([])
      expect(await store.recent(SHOP, 'u:55')).toHaveLength(1)
      expect(await store.recent(OTHER_SHOP, 'u:5')).toHaveLength(1)
    })

    test('all shoppers of a shop, however many, and of no other', async () => {
      const { store, eraser } = await start()
      const many = Array.from({ length: 1_200 }, (_, index) => `u:${index}`)
      await store.append(SHOP, rows(many), NOW)
      // A shop whose name begins like the other's.
      await store.append(`${SHOP}-b`, rows(['u:1']), NOW)
      expect(await eraser.erase(SHOP, 'all')).toBe(1_200)
      expect(await store.recent(SHOP, 'u:1')).toEqual([])
      expect(await store.recent(`${SHOP}-b`, 'u:1')).toHaveLength(1)
    })
  })
}
