import { expect, test } from 'vitest'
import { CONTROLS } from './controls.ts'
import { simulate } from './simulate.ts'

const SEED = 7
const DELIVERIES = 6_000

for (const control of CONTROLS) {
  test(`negative control: ${control.name} is noticed`, { timeout: 120_000 }, async () => {
    const report = await simulate({ seed: SEED, deliveries: DELIVERIES, control })
    const told = report.findings.map(({ rule, text }) => `${rule}: ${text}`).join('\n')
    expect(control.caught(report), `seed ${SEED}\n${told}`).toBe(true)
  })
}

test('a run repeats exactly', { timeout: 60_000 }, async () => {
  const once = async () => {
    const { seconds: _seconds, ...report } = await simulate({ seed: 3, deliveries: 1_500 })
    return report
  }
  expect(await once()).toEqual(await once())
})
