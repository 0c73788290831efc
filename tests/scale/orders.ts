/**
 * How far orders of a language model go: a year's shoppers come by Zipf's law, and what they are served, what it costs and
 * what it is worth is counted. `npm run check:orders -- [--dataset DIR] [--quick]`
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DATASETS, datasetShop, demoShop } from '../support/shops.ts'
import { judge } from './orders/judge.ts'
import { REPLAY, replay } from './orders/replay.ts'
import { openOrderShop } from './orders/shop.ts'

const ISOLATES = 4
const QUICK = { requests: 10_000, warmUp: 2_000 }
const TELL_EVERY = 5_000

const { values } = parseArgs({
  options: { dataset: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const data = datasetShop(values.dataset ?? join(DATASETS, 'online-retail')) ?? demoShop('hearth-and-field')
const options = { ...REPLAY, ...(values.quick ? QUICK : {}), progress }
console.log(`${data.shop}: ${data.items.length} items, ${data.events.length} events`)
const shop = await openOrderShop(data, { seed: options.seed, isolates: ISOLATES })
const { figures, failures } = judge(await replay(shop, options), options.requests)
for (const [what, value] of figures) console.log(`${what}: ${value}`)
for (const failure of failures) console.error(`not kept: ${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1

function progress(done: number): void {
  if (done % TELL_EVERY === 0) console.error(`${done} requests`)
}
