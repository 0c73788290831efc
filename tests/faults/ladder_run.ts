/** Many cells of the ladder, one after the other, with the noise of a busy machine told from faults. */

import { mapConcurrent } from '../../shared/base/batch.ts'
import { PARTS, type Part } from './ladder_lanes.ts'
import { askOf, type Cell, type CellReport, type Judging, KINDS, type Kind, runCell, SHELVES } from './ladder_matrix.ts'
import type { LadderStack } from './ladder_stack.ts'

export interface MatrixReport extends CellReport {
  cells: number
  /** Answers that were late or on another rung once, and not when they were asked for again alone. */
  disturbed: number
}

/** Availability that is told is told for ninety seconds. */
const WORK_EVERY_MS = 30_000
/** How often a kind that went wrong is asked for again, alone. */
const AGAIN = 2

export async function runCells(
  stack: LadderStack,
  cells: readonly Cell[],
  judging: Partial<Judging> = {},
): Promise<MatrixReport> {
  const whole: MatrixReport = { cells: 0, answers: 0, disturbed: 0, outcomes: {}, latestMs: 0, faults: [] }
  let workedAtMs = performance.now()
  for (const cell of cells) {
    if (performance.now() - workedAtMs > WORK_EVERY_MS) {
      await stack.work()
      workedAtMs = performance.now()
    }
    const report = await runCell(stack, cell, judging)
    whole.cells += 1
    whole.answers += report.answers
    whole.latestMs = Math.max(whole.latestMs, report.latestMs)
    for (const [name, count] of Object.entries(report.outcomes))
      whole.outcomes[name] = (whole.outcomes[name] ?? 0) + count
    for (const kind of KINDS.filter((one) => report.faults.some((fault) => fault.startsWith(`${one},`)))) {
      const faults = await again(stack, cell, kind, judging, report.faults)
      if (faults.length === 0) whole.disturbed += 1
      whole.faults.push(...faults)
    }
  }
  return whole
}

/** What of a kind's faults stays when nothing else is asked for at the same time. A crash or a lie counts at once. */
async function again(stack: LadderStack, cell: Cell, kind: Kind, judging: Partial<Judging>, first: readonly string[]) {
  let faults = first.filter((fault) => fault.startsWith(`${kind},`))
  for (let n = 0; n < AGAIN && faults.length > 0 && !faults.some((fault) => CERTAIN.test(fault)); n++)
    faults = (await runCell(stack, cell, { ...judging, kinds: [kind] })).faults
  return faults
}

/** What no noise brings about. */
const CERTAIN = /: 500 |not of its schema|foreign item|item twice|without Retry-After/

export interface Amplification {
  part: Part
  mode: 'error' | 'hang'
  /** Calls to it by the same requests, each in an isolate that knows nothing: while it is well, and while it fails. */
  well: number
  failing: number
}

/** Counts what a failing dependency is asked, beside what it is asked when well; no breaker has opened yet. */
export async function amplification(
  stack: LadderStack,
  parts: readonly Part[] = PARTS,
  broken?: Judging['broken'],
): Promise<Amplification[]> {
  const order = broken === undefined ? {} : { broken }
  const counted = async (part: Part, failing: { failing?: Part[]; mode?: 'error' | 'hang' }) => {
    const counts = await mapConcurrent(SHELVES, 3, async (kind) => {
      const lane = await stack.open({ ...order, ...failing })
      await stack.ask(lane, askOf(kind, stack))
      const told = await stack.calls(lane)
      await stack.close(lane)
      return told[part]
    })
    return counts.reduce((sum, count) => sum + count, 0)
  }
  const found: Amplification[] = []
  for (const part of parts) {
    const well = await counted(part, {})
    for (const mode of ['error', 'hang'] as const)
      found.push({ part, mode, well, failing: await counted(part, { failing: [part], mode }) })
  }
  return found
}

export const RETRIES_MAX = 1.2
export const amplified = (found: readonly Amplification[]): string[] =>
  found
    .filter(({ well, failing }) => well === 0 || failing > RETRIES_MAX * well)
    .map(({ part, mode, well, failing }) => `${part} ${mode}: ${failing} calls, ${well} when well`)
