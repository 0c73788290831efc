/** One suite for both forms: a forgotten shopper's past does not come back, however late a write is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLive, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { startMemoryShim, TOKEN, type UpstashShim } from '../../../tests/support/unit_upstash_shim.ts'
import { manualClock } from '../../base/clock.ts'
import { AFTERMATH_MS, FORGOTTEN_KEPT_MS } from '../../domain/forgotten.ts'
import { behindUpstashFence, createD1LiveFence, createUpstashLiveFence } from './fence.ts'
import { createD1LiveEraser, createUpstashLiveEraser } from './forget.ts'
import { createD1LiveStore } from './live_d1.ts'
import { createUpstashLiveStore } from './live_upstash.ts'
import { createLiveTidy } from './tidy.ts'

let shim: UpstashShim
beforeAll(async () => {
  shim = await startMemoryShim(manualClock(NOW))
})
afterAll(() => shim.stop())

const openD1 = async () => {
  const db = await createLive()
  return { store: createD1LiveStore(db), fence: createD1LiveFence(db), eraser: createD1LiveEraser(db) }
}
const openUpstash = async () => {
  await shim.flush()
  const config = { url: shim.url, token: TOKEN, timeoutMs: 20_000 }
  const store = behindUpstashFence(createUpstashLiveStore(config), config)
  return { store, fence: createUpstashLiveFence(config), eraser: createUpstashLiveEraser(config) }
}
const event = (atMs: number, item = 'i') => ({ item, type: 'view', atMs, value: null }) as const

for (const [name, open] of [
  ['D1', openD1],
  ['Upstash', openUpstash],
] as const) {
  describe(name, () => {
    test('what happened before the fence is not taken, what happens after is, and nobody else is kept out', async () => {
      const { store, fence, eraser } = await open()
      await store.append(SHOP, [{ shopper: 'u:5', events: [event(NOW)] }], NOW)
      await fence.raise(SHOP, ['u:5'], NOW)
      await eraser.erase(SHOP, ['u:5'])
      const rows = ['u:5', 'u:55'].map((shopper) => ({
        shopper,
        events: [event(NOW), event(NOW + AFTERMATH_MS), event(NOW + AFTERMATH_MS + 1, 'new')],
      }))
      for (const shop of [SHOP, OTHER_SHOP]) await store.append(shop, rows, NOW)
      expect((await store.recent(SHOP, 'u:5')).map(({ item }) => item)).toEqual(['new'])
      expect(await store.recent(SHOP, 'u:55')).toHaveLength(3)
      expect(await store.recent(OTHER_SHOP, 'u:5')).toHaveLength(3)
    })

    test('of everybody, and the later fence holds', async () => {
      const { store, fence } = await open()
      await fence.raise(SHOP, 'all', NOW - 1_000)
      await fence.raise(SHOP, 'all', NOW)
      await store.append(SHOP, [{ shopper: 'u:5', events: [event(NOW + AFTERMATH_MS)] }], NOW)
      expect(await store.recent(SHOP, 'u:5')).toEqual([])
    })
  })
}

test('a fence in D1 is let go after a month', async () => {
  const db = await createLive()
  await createD1LiveFence(db).raise(SHOP, ['u:5'], NOW)
  const held = async () => (await db.prepare('SELECT COUNT(*) AS held FROM forgotten').first<{ held: number }>())!.held
  await createLiveTidy(db).purge(NOW + FORGOTTEN_KEPT_MS)
  expect(await held()).toBe(1)
  await createLiveTidy(db).purge(NOW + FORGOTTEN_KEPT_MS + 1)
  expect(await held()).toBe(0)
})
