import { expect, test } from 'vitest'
import { simulate } from './simulate.ts'

/** Deliveries of one world. */
const DELIVERIES = 25_000

/** Worlds in which nothing may be lost, stale or resurrected, one test a seed. */
export function convergenceTests(seeds: readonly number[]): void {
  for (const seed of seeds) {
    test(`nothing is lost, stale or resurrected (seed ${seed})`, { timeout: 240_000 }, async () => {
      const report = await simulate({ seed, deliveries: DELIVERIES })
      const told = report.findings
        .slice(0, 10)
        .map(({ rule, text, history = [] }) => [`${rule}: ${text}`, ...history].join('\n    '))
      const context = `seed ${seed}\n${told.join('\n')}`
      expect(report.findings.length, context).toBe(0)
      // A run in which nothing went wrong would pass as well.
      expect(report.deliveries, context).toBeGreaterThan(DELIVERIES * 0.8)
      expect(report.crashes, context).toBeGreaterThan(DELIVERIES * 0.005)
      expect(report.failedCalls, context).toBeGreaterThan(DELIVERIES * 0.005)
      expect(report.lostSignals, context).toBeGreaterThan(DELIVERIES * 0.05)
      expect(report.concurrent, context).toBeGreaterThan(DELIVERIES * 0.05)
      expect(Object.keys(report.answers), context).toEqual(
        expect.arrayContaining(['200', '401', '503', 'crash', 'lost 200']),
      )
    })
  }
}
