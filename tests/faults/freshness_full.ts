/**
 * The freshness statement over a whole shop, with its negative controls:
 * `node tests/faults/freshness_full.ts --dataset ../shared/data/online-retail [--seed N] [--answers N] [--no-controls]`
 */
import { parseArgs } from 'node:util'
import { datasetShop, demoShop, everywhere } from '../support/shops.ts'
import { worldsOf } from '../support/world.ts'
import { type FreshnessReport, simulate } from './freshness.ts'
import { breachCount, CONTROLS } from './freshness_controls.ts'

const { values } = parseArgs({
  options: {
    dataset: { type: 'string' },
    seed: { type: 'string', default: '1' },
    answers: { type: 'string', default: '2000' },
    'no-controls': { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const answers = Number(values.answers)
const data = values.dataset === undefined ? everywhere(demoShop('hearth-and-field')) : datasetShop(values.dataset)
if (data === null) {
  console.error(`There is no dataset at ${values.dataset}`)
  process.exit(2)
}

const seconds = (sinceMs: number) => `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`

function print(name: string, report: FreshnessReport, sinceMs: number): void {
  console.log(`\n${name} (seed ${report.seed}, ${seconds(sinceMs)})`)
  console.log(`  ${report.answers} answers, ${report.losses} items lost, ${report.emptyShelves} empty shelves`)
  for (const [phase, rungs] of Object.entries(report.byPhase)) console.log(`  ${phase}: ${JSON.stringify(rungs)}`)
  console.log(`  latest showing of a lost item, seconds: ${JSON.stringify(report.worstLateS)}`)
  console.log(`  breaches: ${JSON.stringify(report.breaches)}`)
  for (const example of report.examples) console.log(`    ${example}`)
}

const newWorld = worldsOf(data)
let failed = false
const startedAt = performance.now()
const report = await simulate(await newWorld(), { seed, answers })
print(`${data.shop}: ${data.items.length} items, ${data.events.length} events`, report, startedAt)
if (breachCount(report) > 0) failed = true

if (!values['no-controls']) {
  for (const { name, adapt, caught } of CONTROLS) {
    const from = performance.now()
    const control = await simulate(await newWorld(), { seed, answers, adapt })
    print(`negative control: ${name}`, control, from)
    if (!caught(control)) {
      console.log('  NOT NOTICED')
      failed = true
    }
  }
}
console.log(`\n${failed ? 'FAILED' : 'ok'}, ${seconds(startedAt)}`)
process.exit(failed ? 1 : 0)
