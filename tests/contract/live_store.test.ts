/** One suite for every form of a shopper's last events: D1, Upstash before an imitation of Redis, and before a real one. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { createMemoryRedis } from '../../workers/local/upstash/memory_redis.ts'
import { NOW, SHOP } from '../support/unit_catalogue.ts'
import {
  openShim,
  redisInstalled,
  startMemoryShim,
  startUpstashShim,
  type UpstashShim,
} from '../support/unit_upstash_shim.ts'
import { failing } from './checks.ts'
import { BROKEN_ENGINES, broken, openD1Form, openUpstashForm } from './live_forms.ts'
import { event, LIVE_CHECKS, type LiveForm, sequenceCheck } from './live_store.ts'

const SEEDS = [20_261_123, 20_261_124]
const CALLS = 40
const INSTALLED = redisInstalled()

let [memory, redis]: UpstashShim[] = []
beforeAll(async () => {
  memory = await startMemoryShim(manualClock(NOW))
  if (INSTALLED) redis = await startUpstashShim()
})
afterAll(async () => {
  await memory?.stop()
  await redis?.stop()
})

const FORMS: Array<{ name: string; skip: boolean; open(): Promise<LiveForm> }> = [
  { name: 'D1', skip: false, open: openD1Form },
  { name: 'Upstash before an imitation of Redis', skip: false, open: () => openUpstashForm(memory!) },
  { name: 'Upstash before redis-server', skip: !INSTALLED, open: () => openUpstashForm(redis!) },
]

const CHECKS = [...LIVE_CHECKS, ...SEEDS.map((seed) => sequenceCheck(seed, CALLS))]

for (const { name, skip, open } of FORMS) {
  describe.skipIf(skip)(`the live store: ${name}`, () => {
    for (const check of CHECKS) test(check.name, async () => check.run(await open()))
  })
}

test.each(FORMS.filter(({ skip }) => !skip))('takes any text as an id: $name', async ({ open }) => {
  const { store } = await open()
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), async (id) => {
      await store.append(SHOP, [{ shopper: `u:${id}`, events: [event(id)] }], NOW)
      expect(await store.recent(SHOP, `u:${id}`)).toEqual([event(id)])
    }),
    { seed: SEEDS[0]!, numRuns: 100 },
  )
})

for (const one of BROKEN_ENGINES) {
  test(`negative control: a store that ${one.name} is found`, async () => {
    const shim = await openShim(broken(createMemoryRedis(manualClock(NOW)), one), async () => undefined)
    try {
      const wanted = LIVE_CHECKS.filter((check) => check.name === one.caughtBy)
      expect(await failing(wanted, () => openUpstashForm(shim))).toEqual([one.caughtBy])
    } finally {
      await shim.stop()
    }
  })
}
