import { expect, test } from 'vitest'
import { createBulkhead } from './bulkhead.ts'
import { manualClock } from './clock.ts'
import { createRetryBudget } from './retry_budget.ts'
import { createRollingBreaker } from './rolling_breaker.ts'

test('a rolling breaker opens at half of the newest calls, after five failures at the least', () => {
  const breaker = createRollingBreaker(manualClock(0))
  for (let index = 0; index < 4; index++) breaker.failed()
  expect(breaker.open).toBe(false)
  breaker.failed()
  expect(breaker.open).toBe(true)

  const mixed = createRollingBreaker(manualClock(0))
  for (let index = 0; index < 12; index++) mixed.succeeded()
  for (let index = 0; index < 9; index++) mixed.failed()
  expect(mixed.open).toBe(false)
  mixed.failed()
  expect(mixed.open).toBe(true)
})

test('a dependency that fails two calls of three is noticed, however its successes lie between', () => {
  const breaker = createRollingBreaker(manualClock(0))
  let asked = 0
  for (let index = 0; index < 60 && breaker.allows(); index++, asked++) {
    if (index % 3 === 0) breaker.succeeded()
    else breaker.failed()
  }
  expect(asked).toBeLessThan(12)
})

test('open it lets one probe through after ten seconds, then after twenty and thirty; an answer closes it', () => {
  const clock = manualClock(0)
  const breaker = createRollingBreaker(clock)
  for (let index = 0; index < 5; index++) breaker.failed()
  const waits: number[] = []
  for (let round = 0; round < 4; round++) {
    const from = clock.now()
    // Calls that were under way say nothing new.
    breaker.failed()
    while (!breaker.allows()) clock.advance(1_000)
    waits.push(clock.now() - from)
    expect(breaker.allows()).toBe(false)
    breaker.failed()
  }
  expect(waits).toEqual([10_000, 20_000, 30_000, 30_000])
  clock.advance(30_000)
  expect(breaker.allows()).toBe(true)
  breaker.succeeded()
  expect([breaker.open, breaker.allows(), breaker.allows()]).toEqual([false, true, true])
})

test('a probe that is never heard of again does not keep the next from being sent', () => {
  const clock = manualClock(0)
  const breaker = createRollingBreaker(clock)
  for (let index = 0; index < 5; index++) breaker.failed()
  clock.advance(10_000)
  expect([breaker.allows(), breaker.allows()]).toEqual([true, false])
  clock.advance(10_000)
  expect(breaker.allows()).toBe(true)
})

test('a bulkhead holds its places, a short queue, and turns the rest away at once', async () => {
  const bulkhead = createBulkhead(manualClock(0), 2, 1)
  const first = await bulkhead.enter(1_000, 60_000)
  await bulkhead.enter(1_000, 60_000)
  const third = bulkhead.enter(1_000, 60_000)
  expect(await bulkhead.enter(1_000, 60_000)).toBeNull()
  expect([bulkhead.inside, bulkhead.waiting]).toEqual([2, 1])
  first!()
  first!()
  expect(await third).not.toBeNull()
  expect([bulkhead.inside, bulkhead.waiting]).toEqual([2, 0])
})

test('who waits in vain leaves the queue, and no time is no wait', async () => {
  const bulkhead = createBulkhead(manualClock(0), 1, 5)
  await bulkhead.enter(10, 60_000)
  expect(await bulkhead.enter(0, 60_000)).toBeNull()
  expect(await bulkhead.enter(10, 60_000)).toBeNull()
  expect(bulkhead.waiting).toBe(0)
})

test('a place whose holder was ended without a word is free again when its time is over', async () => {
  const clock = manualClock(0)
  const bulkhead = createBulkhead(clock, 1, 5)
  const dead = await bulkhead.enter(10, 1_000)
  clock.advance(1_001)
  expect(await bulkhead.enter(10, 1_000)).not.toBeNull()
  // Should it come back after all, it takes nobody else's place with it.
  dead!()
  expect(bulkhead.inside).toBe(1)
})

test('retries are a tenth of the calls and what was saved', () => {
  const budget = createRetryBudget()
  let retries = 0
  for (let call = 0; call < 1_000; call++) {
    budget.called()
    if (budget.take()) retries += 1
  }
  expect(retries).toBeGreaterThanOrEqual(99)
  expect(retries).toBeLessThanOrEqual(101)
  const rested = createRetryBudget()
  for (let call = 0; call < 1_000; call++) rested.called()
  expect(Array.from({ length: 10 }, () => rested.take()).filter(Boolean)).toHaveLength(3)
})
