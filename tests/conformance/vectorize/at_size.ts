/** Search over more rows than a block, where most rows are passed over unread: the answers must be those of reading all. */
import assert from 'node:assert/strict'
import { manualClock } from '../../../shared/base/clock.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import { randomVectors } from '../../../workers/local/testing/vectors.ts'
import { VectorEngine } from '../../../workers/local/vectorize/engine.ts'
import type { Metric } from './door.ts'

const SEED = 20_261_123
const ROWS = 2_600
const WIDTH = 37
const TOP_K = 50
/** A block has a sketch from its second reading on, and again from the second after a write. */
const READINGS = 4

/** Throws where an exact query differs from brute force. Rows have lengths of many sizes, doubles, and zeros among them. */
export function agreesAtSize(Engine: typeof VectorEngine = VectorEngine): void {
  const rng = seededRng(SEED)
  const rows = randomVectors(ROWS, WIDTH, SEED).map((values) =>
    values.map((value) => Math.fround(value * 4 ** rng.int(4))),
  )
  for (let copy = 0; copy < 100; copy++) rows[rng.int(ROWS)] = rows[rng.int(ROWS)]!
  rows[7] = new Array<number>(WIDTH).fill(0)
  for (const metric of ['cosine', 'euclidean', 'dot-product'] as const) {
    const engine = new Engine({
      config: { dimensions: WIDTH, metric, metadataIndexes: {}, visibilityDelayMs: 0 },
      clock: manualClock(0),
      newMutationId: () => 'm',
    })
    const vectors = rows.map((values, index) => ({ id: `v${String(index).padStart(4, '0')}`, values }))
    for (let from = 0; from < ROWS; from += 1_000) engine.upsert(vectors.slice(from, from + 1_000))
    for (let reading = 0; reading < READINGS; reading++) {
      const query = randomVectors(1, WIDTH, SEED + reading)[0]!
      if (reading > 1) {
        // What was passed over is now the best.
        const values = query.map((value) => Math.fround(value * 100))
        vectors[reading * 100] = { ...vectors[reading * 100]!, values }
        engine.upsert([vectors[reading * 100]!])
      }
      const { matches } = engine.query(query, { topK: TOP_K, returnValues: true })
      const expected = vectors
        .map(({ id, values }) => ({ id, score: scoreOf(metric, query, values) }))
        .sort((a, b) => (metric === 'cosine' ? b.score - a.score : a.score - b.score) || (a.id < b.id ? -1 : 1))
        .slice(0, TOP_K)
      assert.deepEqual(
        matches.map(({ id }) => id),
        expected.map(({ id }) => id),
        `${metric}, reading ${reading}`,
      )
    }
  }
}

/** The formulas, in the order of the engine's own sums, so that doubles tie here as well. */
function scoreOf(metric: Metric, a: readonly number[], b: readonly number[]): number {
  let dot = 0
  let aa = 0
  let bb = 0
  let apart = 0
  for (const [i, value] of a.entries()) {
    const other = b[i]!
    dot += value * other
    aa += value * value
    bb += other * other
    apart += (value - other) ** 2
  }
  if (metric === 'dot-product') return -dot
  if (metric === 'euclidean') return Math.sqrt(apart)
  return bb === 0 ? 0 : dot / Math.sqrt(aa * bb)
}
