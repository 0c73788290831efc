import type { Figure, Figures } from '../evaluate.ts'
import type { TaskReport } from '../run_tasks.ts'

/** What `--json` prints beside the report. */
export interface Cost {
  seconds: number
  peakMemoryMB: number
}

const COLUMNS = [
  'ndcg@1',
  'ndcg@5',
  'ndcg@10',
  'ndcg@20',
  'hr@1',
  'hr@5',
  'hr@10',
  'hr@20',
  'recall@1',
  'recall@5',
  'recall@10',
  'recall@20',
  'mrr',
  'auc',
  'coverage@10',
  'novelty@10',
  'diversity@10',
  'popularity-share@10',
] as const
/** Columns of one block: they fit beside names on a terminal. */
const ACROSS = 4

/** A report as lines for people. */
export function tableOf(report: TaskReport, cost: Cost): string[] {
  const lines = [
    `${report.dataset}, ${report.task}: ${report.n} tasks (${report.kind}), seed ${report.seed}`,
    '95 % intervals: percentile bootstrap over tasks, those of one user drawn together.',
  ]
  for (let start = 0; start < COLUMNS.length; start += ACROSS)
    lines.push('', ...block(report.rankers, COLUMNS.slice(start, start + ACROSS)))
  if (Object.keys(report.paired).length > 0)
    lines.push('', 'Paired differences', ...block(report.paired, ['ndcg@10', 'hr@10', 'recall@10', 'mrr']))
  const buckets = Object.entries(report.buckets)
  if (buckets.length > 1) {
    lines.push('', 'By items in the history: NDCG@10')
    const byRanker: Record<string, Figures> = {}
    for (const [label, { n, rankers }] of buckets)
      for (const [name, figures] of Object.entries(rankers))
        byRanker[name] = { ...byRanker[name], [`${label} (${n})`]: figures['ndcg@10']! }
    lines.push(
      ...block(
        byRanker,
        buckets.map(([label, { n }]) => `${label} (${n})`),
      ),
    )
  }
  if (report.ceiling !== null) {
    const rows = { 'ndcg@10': report.ceiling }
    lines.push(
      '',
      'Best reorder of the base order (moves of 3, of 6, at will)',
      ...block(rows, Object.keys(report.ceiling)),
    )
  }
  for (const [name, why] of Object.entries(report.skipped)) lines.push('', `${name}: skipped: ${why}`)
  lines.push('', `${cost.seconds.toFixed(1)} s, at most ${cost.peakMemoryMB} MB`)
  return lines
}

/** One row a ranker: means, and their intervals below. */
export function block(rows: Record<string, Figures>, columns: readonly string[]): string[] {
  const shown = columns.filter((column) => Object.values(rows).some((figures) => figures[column] !== undefined))
  const wide = Math.max(8, ...Object.keys(rows).map((name) => name.length))
  const width = 18
  const head = `${''.padEnd(wide)}${shown.map((column) => column.padStart(width + 2)).join('')}`
  const body = Object.entries(rows).flatMap(([name, figures]) => [
    `${name.padEnd(wide)}${shown.map((column) => told(figures[column]).padStart(width + 2)).join('')}`,
    `${''.padEnd(wide)}${shown.map((column) => interval(figures[column]).padStart(width + 2)).join('')}`,
  ])
  return [head, ...body].map((line) => line.trimEnd()).filter((line) => line !== '')
}

const number = (value: number) => value.toFixed(Math.abs(value) >= 10 ? 2 : 4)
const told = (figure: Figure | undefined): string => (figure === undefined ? '-' : number(figure.value))
const interval = (figure: Figure | undefined): string =>
  figure === undefined || figure.lo === null || Number.isNaN(figure.lo)
    ? ''
    : `[${number(figure.lo)}, ${number(figure.hi)}]`
