import { describe, expect, test } from 'vitest'
import { mapConcurrent } from '../../shared/base/batch.ts'
import { FAILURES, failAlways } from './model_failures.ts'

/** Some at once: each takes three seconds, nearly all of them spent waiting. */
const reports = mapConcurrent(FAILURES, 5, async (behaviour) => [behaviour, await failAlways(behaviour)] as const)

describe('a provider that always fails', { timeout: 30_000 }, () => {
  test.each(FAILURES)('%s: few attempts, an open breaker, typed results, an exact ledger', async (behaviour) => {
    const report = (await reports).find(([name]) => name === behaviour)![1]
    expect(report.thrown).toBe(0)
    expect(report.attempts).toBeLessThanOrEqual(1.2 * report.calls)
    // Greetings too.
    expect(report.requests).toBeLessThanOrEqual(1.2 * report.calls)
    expect(report.openedAfterMs, JSON.stringify(report)).not.toBeNull()
    expect(report.openedAfterMs!).toBeLessThanOrEqual(2_000)
    expect(report.reservedTooMuch).toBe(0)
    expect(report.tokensTooMuch).toBe(0)
    expect(report.outcomes.unavailable ?? 0).toBeGreaterThan(report.calls / 2)
  })

  test('control: a door whose breaker never opens goes on asking', async () => {
    const report = await failAlways('connection_reset', { unguarded: true })
    expect(report.openedAfterMs).toBeNull()
    expect(report.attempts).toBeGreaterThan(report.calls / 2)
  })

  test('control: an honest provider is asked every time and nothing opens', async () => {
    const report = await failAlways('honest')
    expect(report.outcomes).toEqual({ answered: report.calls })
    expect([report.attempts, report.openedAfterMs, report.tokensTooMuch]).toEqual([report.calls, null, 0])
  })
})
