/** Bulk writes with an Idempotency-Key are done once and tell the same; hundreds of requests: `npm run check:bulk`. */
import { describe, expect, test } from 'vitest'
import { BROKEN_WORKERS } from './bulk/broken.ts'
import { asShipped } from './bulk/world.ts'
import { checksOf, failingOf, QUICK_REQUESTS, SEED } from './bulk_repeats.ts'

const CHECKS = checksOf(SEED, QUICK_REQUESTS)

describe('as shipped', () => {
  for (const check of CHECKS) test(check.name, () => check.run({ adapt: asShipped }))
})

test.each(BROKEN_WORKERS)('negative control: a worker that $name is found', async ({ adapt, caughtBy }) => {
  const wanted = CHECKS.filter((check) => caughtBy.test(check.name))
  expect(wanted.length).toBeGreaterThan(0)
  expect(await failingOf(adapt, wanted)).not.toEqual([])
})
