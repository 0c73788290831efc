/**
 * Judges the shipped pipeline on a dataset: docs/evaluation.md.
 * `npm run -s eval -- --dataset DIR --task NAME [--json] [--against RANKER] ...`
 */
import { runCold } from './cold/run_cold.ts'
import { openDataset } from './dataset/dataset.ts'
import { EvalFailure, EXIT } from './failure.ts'
import { readOptions } from './options.ts'
import { createProgress } from './progress.ts'
import { coldTable, parityTable } from './report/other_tables.ts'
import { type Cost, tableOf } from './report/table.ts'
import { runParity } from './run_parity.ts'
import { runTasks } from './run_tasks.ts'

const startedAt = performance.now()

function cost(): Cost {
  const seconds = Math.round((performance.now() - startedAt) / 10) / 100
  return { seconds, peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1024) }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  const progress = createProgress(process.stderr)
  const print = <T extends object>(report: T, lines: (report: T, cost: Cost) => string[]) => {
    progress.clear()
    const spent = cost()
    console.log(options.json ? JSON.stringify({ ...report, ...spent }) : lines(report, spent).join('\n'))
  }
  try {
    const dataset = openDataset(options.dataset)
    if (options.cold !== null) {
      const report = await runCold(dataset, options, progress)
      print(report, coldTable)
      return report.control.holds ? EXIT.fine : EXIT.mismatch
    }
    if (options.pipeline === 'http') {
      const report = await runParity(dataset, options, progress)
      print(report, parityTable)
      return report.same === report.n ? EXIT.fine : EXIT.mismatch
    }
    print(await runTasks(dataset, options, progress), tableOf)
    return EXIT.fine
  } finally {
    progress.clear()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof EvalFailure)) throw error
  console.error(error.message)
  process.exitCode = EXIT.usage
}
