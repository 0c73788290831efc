/**
 * What shoppers notice of dependencies that fail: every subset of five of them in four ways, D1 stalled under load, retries
 * counted; then the product broken on purpose, which has to be noticed. `npm run check:ladder [-- --quick]`
 */
import { parseArgs } from 'node:util'
import { MODES, PARTS } from './ladder_lanes.ts'
import { allCells, type Cell, someCells } from './ladder_matrix.ts'
import { amplification, amplified, runCells } from './ladder_run.ts'
import { type LadderStack, openLadder } from './ladder_stack.ts'
import { brokenInStall, FULL, QUICK, type StallReport, stallD1 } from './ladder_stall.ts'

const SEED = 20_261_122

/** A cell of each mode and part, in which the broken product has to fail. */
const D1_HANGS: Cell = { failing: ['d1'], mode: 'hang', warm: false, seed: SEED }

/** @returns names of negative controls that were not noticed */
export async function controls(stack: LadderStack): Promise<string[]> {
  const unnoticed: string[] = []
  const late = await runCells(stack, [D1_HANGS], { broken: 'no_deadlines', kinds: ['product'] })
  if (late.faults.length === 0) unnoticed.push('a pipeline without deadlines')
  if (amplified(await amplification(stack, ['kv'], 'retries')).length === 0) unnoticed.push('a pipeline that retries')
  const stall = await stallD1(stack, { ...QUICK, seconds: 3, readsPerSecond: 2, broken: 'early_ack' })
  if (stall.falseAcks === 0) unnoticed.push('writes that are acknowledged before they are committed')
  const claimed = await runCells(stack, [{ ...D1_HANGS, failing: ['vectorize'] }], { claimed: ['d1'], kinds: ['cart'] })
  if (claimed.faults.length === 0) unnoticed.push('an outage other than the one told')
  return unnoticed
}

const printStall = (report: StallReport) => {
  const { reads, readsFailed, p50Ms, p99Ms, latestMs, rungs, empty, writes, statuses, recoveredAfterMs, ...own } =
    report
  console.log(
    `  reads ${reads - readsFailed}/${reads} 2xx, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)}, latest ${latestMs.toFixed(0)}; ${JSON.stringify(rungs)}, ${empty} empty`,
  )
  console.log(
    `  writes ${writes} ${JSON.stringify(statuses)}, latest ${own.latestWriteMs.toFixed(0)} ms, false acknowledgements ${own.falseAcks}; again after ${recoveredAfterMs} ms, lost ${own.lostAfterRetry}`,
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: String(SEED) } },
  })
  const seed = Number(values.seed)
  const faults: string[] = []
  const stack = await openLadder()
  try {
    const cells = values.quick ? someCells(seed) : allCells(seed)
    console.log(`seed ${seed}: ${PARTS.join(', ')} x ${MODES.join(', ')}`)
    const matrix = await runCells(stack, cells)
    faults.push(...matrix.faults)
    console.log(
      `  ${matrix.cells} cells, ${matrix.answers} answers, ${matrix.faults.length} faults, ${matrix.disturbed} disturbed by the machine, latest ${matrix.latestMs.toFixed(0)} ms: ${JSON.stringify(matrix.outcomes)}`,
    )
    console.log('calls to what fails, by what is asked of it when well')
    const found = await amplification(stack)
    faults.push(...amplified(found))
    for (const { part, mode, well, failing } of found)
      console.log(`  ${part} ${mode}: ${failing} of ${well} (${(failing / well).toFixed(2)})`)
    const options = { ...(values.quick ? QUICK : FULL), seed }
    console.log(`D1 stalled for ${options.seconds} s`)
    const stall = await stallD1(stack, options)
    printStall(stall)
    faults.push(...brokenInStall(stall))
    for (const name of await controls(stack)) faults.push(`NOT NOTICED: ${name}`)
  } finally {
    await stack.stop()
  }
  for (const fault of faults) console.log(`  NOT KEPT: ${fault}`)
  console.log(faults.length === 0 ? 'ok' : `FAILED: ${faults.length}`)
  process.exitCode = faults.length === 0 ? 0 : 1
}

if (import.meta.main) await main()
