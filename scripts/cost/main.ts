/**
 * What shelves and nights cost, from the counted operations of a replay: docs/cost.md.
 * `npm run -s cost -- [SHELVES] [--json] [--dataset DIR]`
 */
import { datasetShop, demoShop, type ShopData } from '../../tests/support/shops.ts'
import { CostFailure, readOptions, USAGE } from './arguments.ts'
import { printed } from './print.ts'
import { replay } from './replay.ts'
import { reportOf } from './report.ts'
import { rowsOnWorkerd } from './rows_on_workerd.ts'
import { withRows } from './with_rows.ts'

const EXIT = { fine: 0, usage: 2 } as const

function dataOf(dataset: string | null): ShopData {
  if (dataset === null) return demoShop('hearth-and-field')
  const data = read(dataset)
  if (data === null) throw new CostFailure('--dataset: there is no items.jsonl.gz in that folder')
  if (data.events.length === 0) throw new CostFailure('--dataset: there are no purchases in that folder')
  return data
}

/** What is wrong with a folder is said without its place on this machine. */
function read(folder: string): ShopData | null {
  try {
    return datasetShop(folder)
  } catch {
    throw new CostFailure('--dataset: items.jsonl.gz or events.jsonl.gz of that folder cannot be read')
  }
}

async function main(): Promise<void> {
  const { shelves, json, dataset } = readOptions(process.argv.slice(2))
  const progress = (what: string) => console.error(what)
  const replayed = await replay(dataOf(dataset), { progress })
  progress("D1's rows are counted by the local runtime")
  const report = reportOf(withRows(replayed, await rowsOnWorkerd(replayed.transactions)), shelves)
  console.log(json ? JSON.stringify(report) : printed(report).join('\n'))
}

try {
  await main()
  process.exitCode = EXIT.fine
} catch (error) {
  if (!(error instanceof CostFailure)) throw error
  console.error(`cost: ${error.message}\n${USAGE}`)
  process.exitCode = EXIT.usage
}
