import { isSearch } from '../dataset/format.ts'
import { invert, paddedSize } from './dense_inverse.ts'
import type { BinaryRows } from './interactions.ts'
import type { Ranker, Skipped } from './ranker.ts'
import { visitWeights } from './visits.ts'

/** Rows and columns of the matrix to invert: half a gigabyte at double precision, some 45 s. */
export const EASE_SIZE_MAX = 6_000

export interface EaseOptions {
  name: string
  lambda: number
  /** Of an item of the n-th last visit. */
  visitDecay: number
}

/** Gives x P for a sparse x, and the diagonal of P, where P = (X^T X + lambda I)^-1. */
interface Regularised {
  diagonal: Float64Array
  multiply(x: ReadonlyMap<number, number>): Float64Array
}

/**
 * EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"): B = I - P / diag(P), score x B. Exact: by the
 * inverse over items or, where the rows are fewer, by that over rows (Woodbury), so that its size is the smaller of both.
 */
export function easeRanker(
  data: BinaryRows,
  index: ReadonlyMap<string, number>,
  { name, lambda, visitDecay }: EaseOptions,
): Ranker | Skipped {
  const used = Int32Array.from(data.counts.keys()).filter((item) => data.counts[item]! > 0)
  const size = Math.min(used.length, data.rows.length)
  if (size === 0) return { name, skipped: 'nothing to learn from' }
  if (size > EASE_SIZE_MAX)
    return {
      name,
      skipped: `${used.length} items with events and ${data.rows.length} rows: the smaller exceeds ${EASE_SIZE_MAX}`,
    }
  const place = new Int32Array(index.size).fill(-1)
  for (const [at, item] of used.entries()) place[item] = at
  const rows = data.rows.map((row) => row.map((item) => place[item]!))
  const solved = used.length <= rows.length ? overItems(rows, used.length, lambda) : overRows(rows, used.length, lambda)
  return {
    name,
    score(task, out) {
      if (isSearch(task)) return
      const x = new Map<number, number>()
      for (const [item, weight] of visitWeights(task, index, visitDecay))
        if (place[item]! >= 0) x.set(place[item]!, weight)
      if (x.size === 0) return
      const product = solved.multiply(x)
      for (const [at, item] of used.entries()) out[item] = (x.get(at) ?? 0) - product[at]! / solved.diagonal[at]!
    },
  }
}

function overItems(rows: readonly Int32Array[], items: number, lambda: number): Regularised {
  const size = paddedSize(items)
  const gram = new Float64Array(size * size)
  // Rows are ascending: the lower triangle is filled.
  for (const row of rows)
    for (let i = 0; i < row.length; i++) for (let j = 0; j <= i; j++) gram[row[i]! * size + row[j]!]! += 1
  for (let i = 0; i < size; i++) gram[i * size + i]! += i < items ? lambda : 1
  invert(gram, size)
  const diagonal = new Float64Array(items)
  for (let i = 0; i < items; i++) diagonal[i] = gram[i * size + i]!
  return {
    diagonal,
    multiply(x) {
      const product = new Float64Array(items)
      for (const [item, weight] of x) {
        const from = item * size
        for (let j = 0; j < items; j++) product[j]! += weight * gram[from + j]!
      }
      return product
    },
  }
}

/** P = (I - X^T K X) / lambda with K = (X X^T + lambda I)^-1. */
function overRows(rows: readonly Int32Array[], items: number, lambda: number): Regularised {
  const size = paddedSize(rows.length)
  const kernel = new Float64Array(size * size)
  const holders = Array.from({ length: items }, (): number[] => [])
  for (const [row, own] of rows.entries()) for (const item of own) holders[item]!.push(row)
  for (const own of holders)
    for (let i = 0; i < own.length; i++) for (let j = 0; j <= i; j++) kernel[own[i]! * size + own[j]!]! += 1
  for (let i = 0; i < size; i++) kernel[i * size + i]! += i < rows.length ? lambda : 1
  invert(kernel, size)
  const diagonal = new Float64Array(items)
  for (const [item, own] of holders.entries()) {
    let sum = 0
    for (const a of own) for (const b of own) sum += kernel[a * size + b]!
    diagonal[item] = (1 - sum) / lambda
  }
  return {
    diagonal,
    multiply(x) {
      const seen = new Float64Array(rows.length)
      for (const [item, weight] of x) for (const row of holders[item]!) seen[row]! += weight
      const product = new Float64Array(items)
      for (const [item, weight] of x) product[item]! += weight
      for (const [row, own] of rows.entries()) {
        let held = 0
        for (let k = 0; k < rows.length; k++) held += kernel[row * size + k]! * seen[k]!
        for (const item of own) product[item]! -= held
      }
      return product.map((value) => value / lambda)
    },
  }
}
