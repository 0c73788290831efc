/**
 * Bulk writes with an Idempotency-Key, killed after every commit: `node tests/faults/bulk_repeats.ts [--quick] [--seed N] [--requests N]`
 */
import { parseArgs } from 'node:util'
import { failing } from '../contract/checks.ts'
import { BROKEN_WORKERS } from './bulk/broken.ts'
import { BULK_CHECKS, betweenCheck, killCheck } from './bulk/checks.ts'
import { type Adapt, asShipped } from './bulk/world.ts'

export const SEED = 20_261_122
export const QUICK_REQUESTS = 4
const FULL_REQUESTS = 300

/** Every check, with so many random requests from a seed. */
export const checksOf = (seed: number, requests: number) => [
  ...BULK_CHECKS,
  ...Array.from({ length: requests }, (_, at) => [killCheck(seed + 2 * at), betweenCheck(seed + 2 * at)]).flat(),
]

export const failingOf = (adapt: Adapt, checks: ReturnType<typeof checksOf>) => failing(checks, async () => ({ adapt }))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(SEED) },
      requests: { type: 'string' },
    },
  })
  const requests = Number(values.requests ?? (values.quick ? QUICK_REQUESTS : FULL_REQUESTS))
  const checks = checksOf(Number(values.seed), requests)
  console.log(`seed ${values.seed}, ${checks.length} checks`)
  let failures = 0
  for (const name of await failingOf(asShipped, checks)) {
    console.log(`FAILED: ${name}`)
    failures += 1
  }
  for (const { name, adapt, caughtBy } of BROKEN_WORKERS) {
    const found = await failingOf(
      adapt,
      checksOf(Number(values.seed), QUICK_REQUESTS).filter((check) => caughtBy.test(check.name)),
    )
    console.log(`negative control: ${name}: ${found.length > 0 ? 'found' : 'NOT NOTICED'}`)
    if (found.length === 0) failures += 1
  }
  console.log(failures === 0 ? 'ok' : `FAILED: ${failures}`)
  process.exitCode = failures === 0 ? 0 : 1
}

if (import.meta.main) await main()
