/**
 * A year of a wholesaler's invoice lines with all their dirt, day by day and some days twice, through the shop's own
 * door; what it then holds is compared with the same shop as somebody else cleaned it.
 * `npm run check:raw -- [--quick] [--seed N] [--sorted]`
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { RULES, type Rule } from './raw_retail/compare.ts'
import { documentedCounts } from './raw_retail/documented.ts'
import { hasRawRetail } from './raw_retail/rows.ts'
import { firstDays, loadRetail, QUICK_DAYS, runRetail } from './raw_retail/run.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, seed: { type: 'string', default: '1' }, sorted: { type: 'boolean' } },
})
if (!hasRawRetail()) {
  console.log('skipped: ../shared/data/online-retail-raw and ../shared/data/online-retail are not both there')
  process.exit(0)
}
const seed = Number(values.seed)
const quick = values.quick === true
const whole = loadRetail()
const data = quick ? firstDays(whole, QUICK_DAYS) : whole
const shuffled = values.sorted !== true
console.log(`${data.file.rows.length} lines, seed ${seed}, ${shuffled ? 'shuffled' : 'in the order of the file'}`)
const onProgress = (sent: number, total: number) => {
  if (process.stderr.isTTY && sent % 10 === 0) process.stderr.write(`\r${sent} of ${total} requests`)
}
const run = await runRetail(data, { seed, shuffled, onProgress })
const { streamed, counts, unexplained } = run
console.log(
  `\n${streamed.requests} requests: ${streamed.accepted} events accepted, ${streamed.duplicates} met again; ${run.state.items.size} items; ${run.seconds.toFixed(1)} s`,
)
for (const [why, number] of [...streamed.rejected].sort((a, b) => b[1] - a[1]))
  console.log(`rejected ${number}: ${why}`)
const documented = documentedCounts(readFileSync(join(import.meta.dirname, '../../docs/raw_retail.md'), 'utf8'))
const failures = [...unexplained]
for (const rule of RULES) {
  const wanted = documented.get(rule)?.[quick ? 'quick' : 'whole']
  console.log(`${rule.padEnd(16)}${counts[rule as Rule]}`)
  if (wanted !== counts[rule]) failures.push(`${rule}: ${counts[rule]} differences, docs/raw_retail.md says ${wanted}`)
}
for (const failure of failures.slice(0, 20)) console.log(`FAILED ${failure}`)
if (failures.length > 20) console.log(`... and ${failures.length - 20} more`)
console.log(failures.length === 0 ? 'every difference is documented' : `${failures.length} failures, seed ${seed}`)
process.exit(failures.length === 0 ? 0 : 1)
