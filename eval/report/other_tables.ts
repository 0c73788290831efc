import type { ColdReport } from '../cold/run_cold.ts'
import type { ParityReport } from '../run_parity.ts'
import { block, type Cost } from './table.ts'

const MEASURES = ['auc', 'auc-raw', 'recall@1%', 'hr@10']

/** The report of hidden items as lines for people. */
export function coldTable(report: ColdReport, cost: Cost): string[] {
  const { control } = report
  const paired =
    Object.keys(report.paired).length === 0 ? [] : ['', 'Paired differences', ...block(report.paired, MEASURES)]
  return [
    `${report.dataset}: ${report.cold * 100} % of the items hidden from learning, ${report.seeds} seeds from ${report.seed}`,
    `${report.items} hidden items that somebody wanted, ${report.users} shoppers who wanted one`,
    'auc (scores centred and scaled per shopper), auc-raw, recall@1%: new item to shoppers. hr@10: shopper to new items.',
    '',
    ...block(report.scorers, MEASURES),
    ...paired,
    '',
    `control: ${control.of} with the items' vectors dealt out anew, ${control.shuffles} times: AUC ${control.auc.value.toFixed(4)}` +
      ` [${control.auc.lo.toFixed(4)}, ${control.auc.hi.toFixed(4)}]: ${control.holds ? 'one half, as it must be' : 'NOT one half'}`,
    costLine(cost),
  ]
}

export function parityTable(report: ParityReport, cost: Cost): string[] {
  return [
    `${report.dataset}, ${report.task}: ${report.same} of ${report.n} tasks have the same items in the same order over HTTP`,
    ...report.mismatches.map(
      (one) =>
        `  line ${one.line}, from place ${one.at + 1}: ${one.process.join(' ')} in process, ${one.http.join(' ')} over HTTP` +
        (one.degraded.length === 0 ? '' : ` (degraded: ${one.degraded.join(', ')})`),
    ),
    costLine(cost),
  ]
}

const costLine = (cost: Cost) => `${cost.seconds.toFixed(1)} s, at most ${cost.peakMemoryMB} MB`
