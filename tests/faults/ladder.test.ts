/** The ladder over the running stack, every subset of outages once; all of it and longer: `npm run check:ladder`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisInstalled } from '../support/unit_upstash_shim.ts'
import { controls } from './ladder.ts'
import { someCells } from './ladder_matrix.ts'
import { amplification, amplified, runCells } from './ladder_run.ts'
import { type LadderStack, openLadder } from './ladder_stack.ts'
import { brokenInStall, QUICK, stallD1 } from './ladder_stall.ts'

const SEED = 20_261_122
/** Of the demo shop: enough for neighbours of every item that is asked about. */
const EVENTS = 2_000
/** Beside other tests on the same cores a p99 of some hundred requests says no more; a read that waits for D1 takes 8 s. */
const P99_MAX_MS = 4_000

const INSTALLED = redisInstalled()
if (!INSTALLED) console.warn('redis-server is not installed: the ladder over the running stack is skipped')

let stack: LadderStack
beforeAll(async () => {
  if (INSTALLED) stack = await openLadder(EVENTS)
}, 240_000)
afterAll(() => stack?.stop())

describe.skipIf(!INSTALLED)('dependencies that fail', { timeout: 300_000 }, () => {
  test('every subset of outages costs the rung it must, in time', async () => {
    const report = await runCells(stack, someCells(SEED))
    expect(report.faults.join('\n')).toBe('')
    expect(report.cells).toBe(31)
    for (const rung of ['L2', 'L3', 'L4', 'L5', 'unavailable']) expect(report.outcomes[rung], rung).toBeGreaterThan(0)
  })

  test('what fails is not asked again and again', async () => {
    expect(amplified(await amplification(stack))).toEqual([])
  })

  test('D1 stalls: reads go on, writes are refused and nothing is said to be written', async () => {
    const report = await stallD1(stack, QUICK)
    expect(brokenInStall(report, P99_MAX_MS), JSON.stringify(report)).toEqual([])
    expect(report.statuses['503']).toBeGreaterThan(3)
  })

  test('controls: deadlines removed, retries added, early acknowledgements, a wrong claim', async () => {
    expect(await controls(stack)).toEqual([])
  })
})
