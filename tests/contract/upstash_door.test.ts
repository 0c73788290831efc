/** Upstash's door and the imitation behind it, held to redis-server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import type { Door } from '../../workers/local/upstash/door.ts'
import { createMemoryRedis } from '../../workers/local/upstash/memory_redis.ts'
import { NOW } from '../support/unit_catalogue.ts'
import {
  openShim,
  redisInstalled,
  startMemoryShim,
  startUpstashShim,
  type UpstashShim,
} from '../support/unit_upstash_shim.ts'
import { failing } from './checks.ts'
import { BROKEN_REPLIES, compareEngines, DOOR_CHECKS, withReplies } from './redis_commands.ts'

const SEEDS = [20_261_122, 20_261_123, 20_261_124]
const COMMANDS = 1_500
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

describe.skipIf(!INSTALLED)('the imitation beside redis-server', () => {
  for (const seed of SEEDS) {
    test(`${COMMANDS} commands (seed ${seed})`, async () => {
      await redis!.flush()
      expect(await compareEngines(createMemoryRedis(manualClock(NOW)), redis!.engine, seed, COMMANDS)).toBe(COMMANDS)
    })
  }
  test.each(Object.entries(BROKEN_REPLIES))('negative control: an imitation that %s is found', async (_, change) => {
    await redis!.flush()
    const broken = withReplies(createMemoryRedis(manualClock(NOW)), change)
    await expect(compareEngines(broken, redis!.engine, SEEDS[0]!, COMMANDS)).rejects.toThrow()
  })
})

const emptied = async (shim: UpstashShim) => {
  await shim.flush()
  return shim.url
}
describe('the door before the imitation', () => {
  for (const check of DOOR_CHECKS) test(check.name, async () => check.run(await emptied(memory!)))
})
describe.skipIf(!INSTALLED)('the door before redis-server', () => {
  for (const check of DOOR_CHECKS) test(check.name, async () => check.run(await emptied(redis!)))
})

const BROKEN_DOORS: Record<string, { caughtBy: string; adapt: (door: Door) => Door }> = {
  'knows nothing of base64': {
    caughtBy: 'text is base64 when it is asked for, all but OK',
    adapt: (door) => (request) => door({ ...request, headers: { ...request.headers, 'upstash-encoding': undefined } }),
  },
  'asks for no token': {
    caughtBy: 'no token, no answer',
    adapt: (door) => (request) =>
      door({ ...request, headers: { ...request.headers, authorization: 'Bearer unit-test-token' } }),
  },
  'takes a transaction for a pipeline': {
    caughtBy: 'a transaction of which one part is unknown does nothing',
    adapt: (door) => (request) => door({ ...request, path: request.path.replace('multi-exec', 'pipeline') }),
  },
  'answers refusals with 200': {
    caughtBy: 'a refusal is 400 alone, and 200 among others',
    adapt: (door) => async (request) => ({ ...(await door(request)), status: 200 }),
  },
  'rounds numbers': {
    caughtBy: 'numbers are written digit by digit',
    adapt: (door) => async (request) => {
      const answer = await door(request)
      return { ...answer, body: JSON.stringify(JSON.parse(answer.body)) }
    },
  },
  'has no sync token': {
    caughtBy: 'every answer has a sync token, and writes move it on',
    adapt: (door) => async (request) => ({ ...(await door(request)), headers: {} }),
  },
}
test.each(Object.entries(BROKEN_DOORS))('negative control: a door that %s is found', async (_, { caughtBy, adapt }) => {
  const shim = await openShim(createMemoryRedis(manualClock(NOW)), async () => undefined, adapt)
  try {
    const wanted = DOOR_CHECKS.filter((check) => check.name === caughtBy)
    expect(await failing(wanted, () => emptied(shim))).toEqual([caughtBy])
  } finally {
    await shim.stop()
  }
})
