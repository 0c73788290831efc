import { expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { NamespaceRows, type VectorEntry } from './rows.ts'
import { TopK } from './top_k.ts'

const entry = (id: string, values: number[]): VectorEntry => ({
  id,
  namespace: null,
  values: Float32Array.from(values),
  metadata: null,
  indexed: {},
})

test('capacity doubles while it grows, and churn needs no more', () => {
  const rows = new NamespaceRows(3)
  const capacities = new Set<number>()
  for (let i = 0; i < 1_000; i++) {
    expect(rows.push(entry(`v${i}`, [i, 0, 1]))).toBe(i)
    capacities.add(rows.data.length / 3)
  }
  expect([...capacities]).toEqual([64, 128, 256, 512, 1_024])
  const { data } = rows
  for (let i = 0; i < 5_000; i++) {
    rows.remove(i % rows.count)
    rows.push(entry(`w${i}`, [1, 2, 3]))
  }
  expect(rows.data).toBe(data)
  expect(rows.count).toBe(1_000)
})

test('the last row moves into a hole, with its norm', () => {
  const rows = new NamespaceRows(2)
  for (const [id, values] of Object.entries({ a: [1, 0], b: [2, 0], c: [0, 4] })) rows.push(entry(id, values))
  expect(rows.remove(0)).toBe('c')
  expect([...rows.values(0)]).toEqual([0, 4])
  expect(rows.inverseNorms[0]).toBe(0.25)
  expect(rows.remove(1)).toBeNull()
  expect(rows.entries.map(({ id }) => id)).toEqual(['c'])
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
