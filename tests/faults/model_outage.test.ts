/** A model that fails at every call, under the running stack; every class and longer rounds: `npm run check:model-outage`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoShop } from '../support/shops.ts'
import { broken, measureOutage, type OutageReport, QUICK, WAITING } from './model_outage.ts'
import { type ReadyShop, readyShop } from './twin_stack.ts'

/** Beside other tests on the same cores a p99 of a few requests says no more; a shelf that waits is ten times as slow. */
const RATIO_MAX = 4

let shop: ReadyShop
beforeAll(async () => {
  shop = await readyShop(demoShop('hearth-and-field'))
}, 180_000)
afterAll(() => shop?.remove())

describe('a model that always fails costs shoppers nothing', { timeout: 120_000 }, () => {
  test.each(['hang', 'malformed'] as const)('%s', async (behaviour) => {
    const report = await measureOutage(shop, { [behaviour]: 1 }, QUICK)
    expect(broken(report, RATIO_MAX), JSON.stringify(report)).toEqual([])
    expect(report.attempts).toBeGreaterThan(0)
  })

  test('control: requests that wait for a slow model are found out', async () => {
    const { behaviour, ...waiting } = WAITING
    const report = await measureOutage(shop, behaviour, { ...QUICK, ...waiting })
    expect(broken(report, RATIO_MAX).join()).toMatch(/p99/)
  })
})

test('control: each promise that is not kept is named', () => {
  const kept: OutageReport = {
    ...{ requests: 100, failed: 0, p99Ms: [1], freeP99Ms: [1], ratios: [1], ratio: 1, p50Ms: 1, medianRatio: 1 },
    ...{ openedAfterMs: 900, openedAfterAttempts: 11, jobs: 5, questions: 10, attempts: 5, onsetP99Ms: 1 },
  }
  expect(broken(kept)).toEqual([])
  const planted = { failed: 1, ratio: 1.21, attempts: 13, openedAfterMs: 2_001 }
  for (const [name, value] of Object.entries(planted)) expect(broken({ ...kept, [name]: value }), name).toHaveLength(1)
  expect(broken({ ...kept, openedAfterMs: null })).toHaveLength(1)
  expect(broken({ ...kept, ratio: Number.NaN })).toHaveLength(1)
})
