/**
 * Shoppers' last events in every form they can have, and the imitation of Redis beside redis-server:
 * `node tests/contract/live_full.ts [--quick] [--seed N]`
 */
import { parseArgs } from 'node:util'
import { manualClock } from '../../shared/base/clock.ts'
import { createMemoryRedis } from '../../workers/local/upstash/memory_redis.ts'
import { NOW } from '../support/unit_catalogue.ts'
import { openShim, redisInstalled, startMemoryShim, startUpstashShim } from '../support/unit_upstash_shim.ts'
import { failing } from './checks.ts'
import { BROKEN_ENGINES, broken, openD1Form, openUpstashForm } from './live_forms.ts'
import { LIVE_CHECKS, type LiveForm, sequenceCheck } from './live_store.ts'
import { BROKEN_REPLIES, compareEngines, withReplies } from './redis_commands.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '20261122' } },
})
const seed = Number(values.seed)
const [sequences, calls, runs, commands] = values.quick ? [3, 40, 3, 1_500] : [100, 60, 100, 2_000]
console.log(`seed ${seed}: ${sequences} sequences of ${calls} calls a form, ${runs} runs of ${commands} commands`)
let failures = 0
const fault = (text: string) => {
  console.log(`FAILED: ${text}`)
  failures += 1
}

const memory = await startMemoryShim(manualClock(NOW))
const redis = redisInstalled() ? await startUpstashShim() : null
const forms: Array<[string, () => Promise<LiveForm>]> = [
  ['D1', openD1Form],
  ['Upstash before the imitation', () => openUpstashForm(memory)],
]
if (redis !== null) forms.push(['Upstash before redis-server', () => openUpstashForm(redis)])
const checks = [...LIVE_CHECKS, ...Array.from({ length: sequences }, (_, at) => sequenceCheck(seed + at, calls))]
for (const [name, open] of forms) {
  for (const check of await failing(checks, open)) fault(`${name}: ${check}`)
  console.log(`${name}: ${checks.length} checks`)
}
for (const one of BROKEN_ENGINES) {
  const shim = await openShim(broken(createMemoryRedis(manualClock(NOW)), one), async () => undefined)
  const found = await failing([...LIVE_CHECKS], () => openUpstashForm(shim))
  await shim.stop()
  console.log(`negative control: ${one.name}: ${found.length} checks fail`)
  if (!found.includes(one.caughtBy)) fault(`not noticed: ${one.name}`)
}
if (redis !== null) {
  let compared = 0
  const compare = async (at: number, change = (reply: never) => reply) => {
    await redis.flush()
    const imitation = withReplies(createMemoryRedis(manualClock(NOW)), change as never)
    compared += await compareEngines(imitation, redis.engine, seed + at, commands)
  }
  for (let at = 0; at < runs; at++)
    await compare(at).catch((error: unknown) => fault(error instanceof Error ? error.message : String(error)))
  console.log(`${compared} replies of the imitation are those of redis-server`)
  for (const [name, change] of Object.entries(BROKEN_REPLIES)) {
    const noticed = await compare(0, change as never).then(
      () => false,
      () => true,
    )
    console.log(`negative control: ${name}: ${noticed ? 'found' : 'NOT NOTICED'}`)
    if (!noticed) failures += 1
  }
}
await memory.stop()
await redis?.stop()
console.log(failures === 0 ? 'ok' : `FAILED: ${failures}`)
process.exitCode = failures === 0 ? 0 : 1
