/**
 * Whether the textbook rankers that the pipeline is compared with are no straw men: every figure that others published
 * for them, computed in another language, must come out within .001.
 *
 *   npm run check:baselines -- [--set movies] [--ranker ease-100]
 */
import { parseArgs } from 'node:util'
import { isPresent, isReproduced, PUBLISHED_SETS, type PublishedSet, reproduce } from './published.ts'

const { values } = parseArgs({ options: { set: { type: 'string' }, ranker: { type: 'string' } } })
if (values.set !== undefined && !PUBLISHED_SETS.includes(values.set as PublishedSet))
  throw new Error(`--set is one of ${PUBLISHED_SETS.join(', ')}`)

let [compared, missed] = [0, 0]
for (const set of PUBLISHED_SETS) {
  if (values.set !== undefined && values.set !== set) continue
  if (!isPresent(set)) {
    console.log(`${set}: left out, the data is absent`)
    continue
  }
  for await (const row of reproduce(set, values.ranker === undefined ? {} : { rankers: [values.ranker] })) {
    const holds = isReproduced(row)
    compared += 1
    if (!holds) missed += 1
    const name = `${set} ${row.task} ${row.ranker} ${row.measure}`
    console.log(`${holds ? 'holds ' : 'MISSED'} ${name.padEnd(52)} ${row.own.toFixed(4)} (published ${row.published})`)
  }
}
console.log(`${compared} figures, ${missed} missed`)
// Nothing compared is nothing shown.
if (missed > 0 || compared === 0) process.exitCode = 1
