import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { DATASETS } from '../../tests/support/shops.ts'
import { openDataset } from '../dataset/dataset.ts'
import { viewsOf } from '../dataset/task_view.ts'
import { scoreTasks } from '../evaluate.ts'
import { itemFacts, MEASURES } from '../metrics/measures.ts'
import { invert, paddedSize } from './dense_inverse.ts'
import { easeRanker } from './ease.ts'
import { type BinaryRows, binaryRows } from './interactions.ts'
import { isPresent, isReproduced, PUBLISHED_SETS, type Reproduced, reproduce } from './published.ts'
import { isSkipped } from './ranker.ts'
import { tfIdfRanker } from './tf_idf.ts'

/** The rest of the table takes minutes of inverting: `npm run check:baselines`. */
const SHORT = {
  movies: { rankers: ['item-knn', 'ease-100'] },
  'online-retail': { tasks: ['next-visit.test'], rankers: ['item-knn', 'ease-100'] },
}
/** An inverse of thousands of rows. */
const TIMEOUT_MS = 300_000

for (const set of PUBLISHED_SETS) {
  test.skipIf(!isPresent(set))(
    `published figures of ${set} are reproduced (skipped where the data is absent)`,
    async () => {
      const rows: Reproduced[] = []
      for await (const row of reproduce(set, SHORT[set])) rows.push(row)
      expect(rows.map(({ ranker }) => ranker)).toEqual(['item-knn', 'item-knn', 'ease-100', 'ease-100'])
      expect(rows.filter((row) => !isReproduced(row))).toEqual([])
      // Control: the other ranker's figures are not met.
      const swapped = rows.map((row, at) => ({ ...row, own: rows[(at + 2) % rows.length]!.own }))
      expect(swapped.filter(isReproduced)).toEqual([])
    },
    TIMEOUT_MS,
  )
}

/** A few rows over a few items, every item in at least one of them. */
function someRows(rows: number, items: number, seed: number): BinaryRows {
  const rng = seededRng(seed)
  const sets = Array.from({ length: rows }, () => new Set(Array.from({ length: 4 }, () => rng.int(items))))
  for (let item = 0; item < items; item++) sets[item % rows]!.add(item)
  const counts = new Float64Array(items)
  for (const set of sets) for (const item of set) counts[item]! += 1
  return { rows: sets.map((set) => Int32Array.from(set).sort()), names: sets.map((_, at) => `u${at}`), counts }
}

test.each([1, 7, 61, 130])('a matrix of %i rows times its inverse is one', (n) => {
  const size = paddedSize(n)
  const rng = seededRng(n)
  const a = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) a[i * size + j] = a[j * size + i] = i < n ? rng.next() : 0
  for (let i = 0; i < size; i++) a[i * size + i]! += i < n ? n : 1
  const inverse = a.slice()
  invert(inverse, size)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += a[i * size + k]! * inverse[k * size + j]!
      expect(sum).toBeCloseTo(i === j ? 1 : 0, 10)
    }
})

test('a matrix without an inverse is refused', () => {
  expect(() =>
    invert(
      Float64Array.from({ length: 16 }, () => 1),
      4,
    ),
  ).toThrow(RangeError)
})

test('EASE is the same by items and by rows', async () => {
  const index = new Map(Array.from({ length: 20 }, (_, item) => [`i${item}`, item]))
  const few = someRows(12, 20, 5)
  // Rows without items change nothing but which of the two ways is taken.
  const many = { ...few, rows: [...few.rows, ...Array.from({ length: 20 }, () => new Int32Array(0))] }
  const task = {
    user: 'u',
    history: [
      ['i1', 10],
      ['i2', 20],
    ],
    cart: [],
    target: ['i3'],
    line: 1,
  } as const
  const [a, b] = [few, many].map((rows) => {
    const ranker = easeRanker(rows, index, { name: 'ease', lambda: 3, visitDecay: 0.8 })
    if (isSkipped(ranker)) throw new Error(ranker.skipped)
    const out = new Float64Array(20).fill(Number.NEGATIVE_INFINITY)
    void ranker.score(task as never, out)
    return out
  })
  for (const [item, score] of a!.entries()) expect(score).toBeCloseTo(b![item]!, 10)
})

test('EASE is left out beyond its size, and says so', () => {
  const events = Array.from({ length: 6_001 }, (_, at) => ({
    user: `u${at}`,
    item: `i${at}`,
    type: 'purchase' as const,
    ts: at,
  }))
  const index = new Map(events.map(({ item }, at) => [item, at]))
  const ranker = easeRanker(binaryRows(events, index, 'user'), index, { name: 'ease', lambda: 100, visitDecay: 1 })
  expect(isSkipped(ranker) && ranker.skipped).toContain('exceeds 6000')
})

const searches = join(DATASETS, 'movie-search')
test.skipIf(!existsSync(searches))('tf-idf is no straw man (skipped where the data is absent)', async () => {
  const dataset = openDataset(searches)
  const views = viewsOf(dataset.tasks('search'), dataset).filter((_, at) => at % 2 === 1)
  const facts = itemFacts(
    new Float64Array(dataset.items.length),
    0,
    Array(dataset.items.length).fill(new Float32Array(1)),
  )
  const { columns } = await scoreTasks(tfIdfRanker(dataset.items), views, dataset.items.length, facts, 1)
  const ndcg = columns[MEASURES.indexOf('ndcg@10')]!.reduce((sum, value) => sum + value, 0) / views.length
  // Published: .808.
  expect(ndcg).toBeGreaterThan(0.8)
})
