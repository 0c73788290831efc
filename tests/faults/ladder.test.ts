/** The ladder over the running stack, every subset of outages once; all of it and longer: `npm run check:ladder`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { soak } from '../scale/soak.ts'
import { redisInstalled } from '../support/unit_upstash_shim.ts'
import { controls } from './ladder.ts'
import { type Cell, someCells } from './ladder_matrix.ts'
import { amplification, amplified, runCells } from './ladder_run.ts'
import { type LadderStack, openLadder } from './ladder_stack.ts'
import { brokenInStall, QUICK, stallD1 } from './ladder_stall.ts'
import { FAR, measureLatency, QUICK as SHORT, tooLate } from './latency.ts'

const SEED = 20_261_122
/** Of the demo shop: enough for neighbours of every item that is asked about. */
const EVENTS = 2_000
/** Beside other tests on the same cores a p99 of some hundred requests says no more; a read that waits for D1 takes 8 s. */
const P99_MAX_MS = 4_000

let stack: LadderStack
const INSTALLED = redisInstalled()
if (!INSTALLED) console.warn('redis-server is not installed: the ladder over the running stack is skipped')

beforeAll(async () => {
  if (INSTALLED) stack = await openLadder(EVENTS)
}, 300_000)
afterAll(() => stack?.stop())

describe.skipIf(!INSTALLED)('dependencies that fail', { timeout: 300_000 }, () => {
  test('every subset of outages costs the rung it must, in time', async () => {
    const report = await runCells(stack, someCells(SEED))
    expect(report.faults.join('\n')).toBe('')
    expect(report.cells).toBe(31)
    for (const rung of ['L2', 'L3', 'L4', 'L5', 'unavailable']) expect(report.outcomes[rung], rung).toBeGreaterThan(0)
  })

  test('a model that tells nonsense of itself costs an isolate that asks for the first time its orders and no rung', async () => {
    const cell = { failing: ['model'], mode: 'garbage', warm: false } satisfies Partial<Cell>
    const report = await runCells(
      stack,
      [0, 1, 2].map((at) => ({ ...cell, seed: SEED + at })),
    )
    expect(report.faults.join('\n')).toBe('')
  })

  test('what fails is not asked again and again', async () => {
    expect(amplified(await amplification(stack))).toEqual([])
  })

  test('D1 stalls: reads go on, writes are refused and nothing is said to be written', async () => {
    const report = await stallD1(stack, QUICK)
    expect(brokenInStall(report, P99_MAX_MS), JSON.stringify(report)).toEqual([])
    expect(report.statuses['503']).toBeGreaterThan(3)
  })

  test('distances cost a shelf no more than they must; control: a replica as far as the primary', async () => {
    const options = { ...SHORT, shelves: 16 }
    const reports = await measureLatency(stack, options)
    // What the machine itself adds just now is not held against distances.
    const noiseMs = Math.max(...reports.map((report) => report.nearP95Ms))
    expect(tooLate(reports, noiseMs), JSON.stringify(reports)).toEqual([])
    const far = await measureLatency(stack, { ...options, latencies: FAR })
    expect(tooLate(far, noiseMs), JSON.stringify(far)).not.toEqual([])
  })

  test('five times what can be done: some are answered, the others are told when to come again', async () => {
    const seconds = { capacitySeconds: 1.5, soakSeconds: 2, warmUpShare: 0, overloadSeconds: 2, recoverySeconds: 2 }
    const report = await soak(stack, { seed: SEED, ...seconds })
    expect([report.soak.wrong, report.overload.wrong], JSON.stringify(report)).toEqual([0, 0])
    expect(report.overload.refused).toBeGreaterThan(0)
    // Of two seconds on a machine with other work; `npm run soak` holds it to nine tenths.
    expect(report.overload.goodputShare).toBeGreaterThan(0.4)
  })

  test('controls: deadlines removed, retries added, early acknowledgements, a wrong claim', async () => {
    expect(await controls(stack)).toEqual([])
  })
})
