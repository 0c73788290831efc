/**
 * A shopper who left something at every door is forgotten; then everything that is stored is looked through, byte by byte.
 * `npm run check:erasure -- [--quick] [--seed N] [--kills N]`
 */
import { parseArgs } from 'node:util'
import { checkErasure, QUICK } from './erasure/check.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string' },
  },
})
const seed = Number(values.seed)
const say = (line: string) => void process.stdout.write(`${line}\n`)
const startedAt = performance.now()
say(`seed ${seed}`)
const faults = await checkErasure({
  ...{ seed, say },
  kills: Number(values.kills ?? (values.quick ? QUICK.kills : 25)),
  ...(values.quick ? { controls: QUICK.controls, signals: QUICK.signals } : { controls: 1, signals: [true, false] }),
})
for (const fault of faults) say(`  ${fault}`)
say(
  `${faults.length === 0 ? 'ok' : `FAILED: ${faults.length}`}, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
)
process.exit(faults.length === 0 ? 0 : 1)
