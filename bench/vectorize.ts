/**
 * What an exact search of the Vectorize stand-in costs: 100,000 rows of 512 dimensions in one namespace, the engine in
 * process, so that nothing is transported. Values are drawn evenly, the worst case: no row is far from the others.
 */
import { manualClock } from '../shared/base/clock.ts'
import { seededRng } from '../shared/base/rng.ts'
import { VectorEngine } from '../workers/local/vectorize/engine.ts'
import type { Metric } from '../workers/local/vectorize/search.ts'
import { median, quantile } from './load.ts'
import { printTable, type Row } from './table.ts'

const SEED = 20_261_124
const DIMENSIONS = 512
const ROWS = 100_000
const BATCH = 1_000
/** A block of rows gets its sketch at the second reading; the optimising compiler needs some as well. */
const WARM_UPS = 4
const TOP_K = 50
const METRICS: readonly Metric[] = ['cosine', 'euclidean', 'dot-product']

/** @returns milliseconds of the clock and of the process's CPU by metric; the bar is a median of 45 ms for exact queries */
export function benchVectorize(options: { quick: boolean; json: boolean }): Row[] {
  const count = options.quick ? ROWS / 10 : ROWS
  const rng = seededRng(SEED)
  const values = () => Float32Array.from({ length: DIMENSIONS }, () => rng.next() * 2 - 1)
  const rows = METRICS.flatMap((metric): Row[] => {
    const engine = new VectorEngine({
      config: { dimensions: DIMENSIONS, metric, metadataIndexes: {}, visibilityDelayMs: 0 },
      clock: manualClock(0),
      newMutationId: () => 'm',
    })
    for (let from = 0; from < count; from += BATCH) {
      engine.upsert(Array.from({ length: BATCH }, (_, index) => ({ id: `v${from + index}`, values: values() })))
      engine.describe()
    }
    return [true, false].map((returnValues): Row => {
      const ask = (query: Float32Array) => engine.query(query, { topK: TOP_K, returnValues })
      for (let round = 0; round < WARM_UPS; round++) ask(values())
      const times: number[] = []
      const cpu: number[] = []
      for (let round = 0; round < (options.quick ? 15 : 41); round++) {
        const query = values()
        const startedAt = performance.now()
        const used = process.cpuUsage()
        ask(query)
        const { user, system } = process.cpuUsage(used)
        times.push(performance.now() - startedAt)
        cpu.push((user + system) / 1_000)
      }
      times.sort((a, b) => a - b)
      cpu.sort((a, b) => a - b)
      return {
        ...{ metric, scores: returnValues ? 'exact' : 'approximate', rows: count, dimensions: DIMENSIONS },
        ...{ 'median ms': median(times), 'p95 ms': quantile(times, 0.95), 'median CPU ms': median(cpu) },
      }
    })
  })
  if (options.json) console.log(JSON.stringify({ seed: SEED, rows }, null, 2))
  else printTable(rows)
  return rows
}
