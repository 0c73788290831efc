/** One suite for both forms: a forgotten shopper's past does not come back, however late a write is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLive, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { startMemoryShim, TOKEN, type UpstashShim } from '../../../tests/support/unit_upstash_shim.ts'
import { manualClock } from '../../base/clock.ts'
import { AFTERMATH_MS, FORGOTTEN_KEPT_MS } from '../../domain/forgotten.ts'
import { behindUpstashFence, createD1LiveFence, createUpstashLiveFence } from './fence.ts'
import { createD1LiveEraser, createUpstashLiveEraser } from './forget.ts'
import type { LiveStore } from './live.ts'
import { createD1LiveStore } from './live_d1.ts'
import { createUpstashLiveStore } from './live_upstash.ts'
import { createLiveTidy } from './tidy.ts'
import type { UpstashConfig } from './upstash_client.ts'

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

/** The Upstash form, with something that happens right before or after what it writes is written. */
async function openBetween(when: 'before' | 'after', happens: (config: UpstashConfig) => void | Promise<void>) {
  await shim.flush()
  const sound = { url: shim.url, token: TOKEN, timeoutMs: 20_000 }
  const config = { ...sound }
  const inner = createUpstashLiveStore(sound)
  const append: LiveStore['append'] = async (...args) => {
    if (when === 'before') await happens(config)
    await inner.append(...args)
    if (when === 'after') await happens(config)
  }
  return {
    ...{ inner, fence: createUpstashLiveFence(sound), eraser: createUpstashLiveEraser(sound) },
    store: behindUpstashFence({ ...inner, append }, config),
  }
}
const cutOff = (config: UpstashConfig) => {
  config.url = 'http://127.0.0.1:1'
}
const both = ['u:5', 'u:55'].map((shopper) => ({ shopper, events: [event(NOW)] }))

test('Upstash: what is kept out is not written, whatever fails after the writing', async () => {
  const { store, inner, fence } = await openBetween('after', cutOff)
  await fence.raise(SHOP, ['u:5'], NOW)
  // Control: the writing was done, and what comes after it failed.
  await expect(store.append(SHOP, both, NOW)).rejects.toMatchObject({ fault: 'unreachable' })
  expect(await inner.recent(SHOP, 'u:55')).toHaveLength(1)
  expect(await inner.recent(SHOP, 'u:5')).toEqual([])
})

test('Upstash: an erasure between the asking and the writing is seen', async () => {
  const raised = async () => {
    await fence.raise(SHOP, ['u:5'], NOW)
    await eraser.erase(SHOP, ['u:5'])
  }
  const { store, inner, fence, eraser } = await openBetween('before', raised)
  await store.append(SHOP, both, NOW)
  expect([await inner.recent(SHOP, 'u:5'), (await inner.recent(SHOP, 'u:55')).length]).toEqual([[], 1])
  // Control: a store that asks before alone would have written it.
  await inner.append(SHOP, both, NOW)
  expect(await inner.recent(SHOP, 'u:5')).toHaveLength(1)
})

test('a fence in D1 is let go after a month', async () => {
  const db = await createLive()
  await createD1LiveFence(db).raise(SHOP, ['u:5'], NOW)
  const held = async () => (await db.prepare('SELECT COUNT(*) AS held FROM forgotten').first<{ held: number }>())!.held
  await createLiveTidy(db).purge(NOW + FORGOTTEN_KEPT_MS)
  expect(await held()).toBe(1)
  await createLiveTidy(db).purge(NOW + FORGOTTEN_KEPT_MS + 1)
  expect(await held()).toBe(0)
})
