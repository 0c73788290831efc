import { expect, test } from 'vitest'
import { demoShop, everywhere } from '../support/shops.ts'
import { createWorld, worldsOf } from '../support/world.ts'
import { type FreshnessOptions, simulate } from './freshness.ts'
import { breachCount, CONTROLS } from './freshness_controls.ts'

const SEEDS = [2, 4]
const ANSWERS = 900
const newWorld = worldsOf(everywhere(demoShop('hearth-and-field')))

const run = async (options: Pick<FreshnessOptions, 'seed' | 'adapt'>) =>
  simulate(await newWorld(), { ...options, answers: ANSWERS })

for (const seed of SEEDS) {
  test(`no lost item is shown longer than promised (seed ${seed})`, { timeout: 180_000 }, async () => {
    const report = await run({ seed })
    const context = `seed ${seed}\n${report.examples.join('\n')}`
    expect(report.answers, context).toBe(ANSWERS)
    expect(breachCount(report), context).toBe(0)
    // A run in which nothing was at stake would pass as well.
    expect(report.losses, context).toBeGreaterThan(10)
    expect(report.byPhase.normal?.['L2 shared'], context).toBeGreaterThan(5)
    expect(report.byPhase['one location without D1']?.L3, context).toBeGreaterThan(20)
    expect(report.byPhase['D1 down for all']?.L3, context).toBeGreaterThan(100)
    expect(report.byPhase['D1 back']?.L2, context).toBeGreaterThan(50)
    expect(report.emptyShelves, context).toBeGreaterThan(0)
  })
}

for (const { name, adapt, caught } of CONTROLS) {
  test(`negative control: ${name} is noticed`, { timeout: 180_000 }, async () => {
    const report = await run({ seed: SEEDS[1]!, adapt })
    expect(caught(report), JSON.stringify(report)).toBe(true)
  })
}

test('a run repeats exactly', { timeout: 180_000 }, async () => {
  const once = () =>
    createWorld(everywhere(demoShop('tsukimi'))).then((world) => simulate(world, { seed: 5, answers: 150 }))
  expect(await once()).toEqual(await once())
})
