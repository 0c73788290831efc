/** The client of Upstash does nothing of its own accord, before an imitation of Redis and before a real one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { createUpstashClient } from '../../shared/store/live/upstash_client.ts'
import { NOW } from '../support/unit_catalogue.ts'
import { redisInstalled, startMemoryShim, startUpstashShim, type UpstashShim } from '../support/unit_upstash_shim.ts'
import { failing } from './checks.ts'
import { BROKEN_CLIENTS, TRAP_CHECKS, type TrapForm } from './upstash_traps.ts'

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

async function open(shim: UpstashShim, clientOf: TrapForm['clientOf'] = createUpstashClient): Promise<TrapForm> {
  Object.assign(shim, { hang: false, between: null, replica: null })
  await shim.flush()
  return { shim, clientOf }
}

describe('before an imitation of Redis', () => {
  for (const check of TRAP_CHECKS) test(check.name, async () => check.run(await open(memory!)))
})
describe.skipIf(!INSTALLED)('before redis-server', () => {
  for (const check of TRAP_CHECKS) test(check.name, async () => check.run(await open(redis!)))
})

for (const { name, caughtBy, clientOf } of BROKEN_CLIENTS) {
  test(`negative control: ${name}`, async () => {
    const wanted = TRAP_CHECKS.filter((check) => check.name === caughtBy)
    expect(await failing(wanted, () => open(memory!, clientOf))).toEqual([caughtBy])
  })
}

test("negative control: the client's own words of a refusal repeat who was asked about", async () => {
  const { shim } = await open(memory!)
  const client = createUpstashClient({ url: shim.url, token: 'wrong', timeoutMs: 10_000 })
  await expect(client.get('u:alice@example.org')).rejects.toThrow(/alice/)
})
