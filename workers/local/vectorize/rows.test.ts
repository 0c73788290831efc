import { expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { dot, dotFour, dots } from './kernel.ts'
import { BLOCK_ROWS, NamespaceRows, type VectorEntry } from './rows.ts'
import { boundProducts, sketchOf, tablesOf } from './sketch.ts'
import { TopK } from './top_k.ts'

const entry = (id: string, values: number[]): VectorEntry => ({
  id,
  namespace: null,
  values: Float32Array.from(values),
  metadata: null,
  indexed: {},
})

test('the first block doubles until it is whole, whole blocks follow, and churn needs no more', () => {
  const rows = new NamespaceRows(3)
  const shapes = new Set<string>()
  for (let i = 0; i < 2 * BLOCK_ROWS + 1; i++) {
    expect(rows.push(entry(`v${i}`, [i, 0, 1]))).toBe(i)
    shapes.add(rows.blocks.map((block) => block.length / 3).join())
  }
  expect([...shapes]).toEqual(['64', '128', '256', '512', '1024', '1024,1024', '1024,1024,1024'])
  for (const slot of [0, 63, 64, 1_023, 1_024, 2_048]) expect([...rows.view(slot)]).toEqual([slot, 0, 1])
  const blocks = [...rows.blocks]
  for (let i = 0; i < 5_000; i++) {
    rows.remove(i % rows.count)
    rows.push(entry(`w${i}`, [1, 2, 3]))
  }
  expect(rows.blocks).toEqual(blocks)
  expect(rows.count).toBe(2 * BLOCK_ROWS + 1)
})

test('the last row moves into a hole, with its norm', () => {
  const rows = new NamespaceRows(2)
  for (const [id, values] of Object.entries({ a: [1, 0], b: [2, 0], c: [0, 4] })) rows.push(entry(id, values))
  expect(rows.remove(0)).toBe('c')
  expect([...rows.values(0)]).toEqual([0, 4])
  expect(rows.squaredNorms[0]).toBe(16)
  expect(rows.remove(1)).toBeNull()
  expect(rows.entries.map(({ id }) => id)).toEqual(['c'])
})

test('products of four rows at a time are those of one', () => {
  const rng = seededRng(4)
  const width = 37
  const block = Float32Array.from({ length: 64 * width }, () => rng.next() * 2 - 1)
  const query = Float64Array.from({ length: width }, () => rng.next() * 2 - 1)
  const out = new Float64Array(64)
  const view = (row: number) => block.subarray(row * width, (row + 1) * width)
  for (const count of [1, 4, 5, 63]) {
    dots(block, query, count, out)
    for (let row = 0; row < count; row++) expect(out[row]).toBe(dot(view(row), query))
  }
  dotFour([view(9), view(2), view(5), view(5)], query, out)
  expect([...out.subarray(0, 4)]).toEqual([9, 2, 5, 5].map((row) => dot(view(row), query)))
})

test('a sketch bounds every product from above, and closely', () => {
  const rng = seededRng(5)
  for (const width of [1, 2, 16, 37, 64]) {
    const block = Float32Array.from({ length: 64 * width }, (_, i) => (i < width ? 0 : rng.next() * 2 - 1))
    const query = Float64Array.from({ length: width }, () => rng.next() * 2 - 1)
    const length = Math.sqrt(query.reduce((sum, value) => sum + value * value, 0))
    const out = new Float64Array(64)
    boundProducts(sketchOf(block, width), tablesOf(query), length, out)
    for (let row = 0; row < 64; row++) {
      const values = block.subarray(row * width, (row + 1) * width)
      const over = out[row]! - dot(values, query)
      expect(over).toBeGreaterThanOrEqual(0)
      // Half a step of a fourteenth of the range, at most, for every value, on either side.
      expect(over).toBeLessThan(2 * length * Math.sqrt(width) * (0.5 / 7) + 1e-6)
    }
  }
})

test('a block has a sketch once it is whole and is read a second time after a write', () => {
  const rows = new NamespaceRows(2)
  for (let i = 0; i < BLOCK_ROWS + 1; i++) rows.push(entry(`v${i}`, [i, 1]))
  expect([rows.sketch(0) !== null, rows.sketch(0) !== null, rows.sketch(1) !== null]).toEqual([false, true, false])
  const before = rows.sketch(0)
  rows.set(3, entry('v3', [9, 9]))
  expect([rows.sketch(0) !== null, rows.sketch(0) !== null]).toEqual([false, true])
  expect(rows.sketch(0)).not.toBe(before)
  // The last row moves into the first block, which is written by that.
  rows.remove(0)
  expect(rows.sketch(0)).toBeNull()
  rows.remove(0)
  expect([rows.count, rows.sketch(0), rows.sketch(0)]).toEqual([BLOCK_ROWS - 1, null, null])
})

test('the k best agree with a full sort, ties included', () => {
  const rng = seededRng(3)
  for (const size of [1, 7, 50, 400]) {
    // Ten values only, so that ties are everywhere.
    const stream = Array.from({ length: 300 }, (_, i) => ({
      goodness: rng.int(10),
      id: `v${String(i).padStart(3, '0')}`,
    }))
    const best = new TopK<{ id: string }>(size)
    for (const { goodness, id } of rng.shuffle(stream)) best.offer(goodness, { id })
    const sorted = stream.toSorted((a, b) => b.goodness - a.goodness || (a.id < b.id ? -1 : 1)).slice(0, size)
    expect(best.sorted().map(({ payload }) => payload.id)).toEqual(sorted.map(({ id }) => id))
  }
})
