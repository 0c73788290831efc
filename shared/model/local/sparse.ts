/** A documents x terms matrix in compressed sparse rows, and the one product the decomposition needs. */

import { type Sliced, slicesOf } from './slices.ts'

/** Row i holds `columns[starts[i] .. starts[i + 1])`, ascending, with `values` beside them. */
export interface SparseMatrix {
  readonly rows: number
  readonly columnCount: number
  readonly starts: Uint32Array
  readonly columns: Uint16Array
  readonly values: Float32Array
}

/** Columns of the dense operand taken at once: 64 floats a row stay in cache, and the scratch table stays small. */
const BLOCK = 64

/**
 * out = A A^T dense, where A is documents x terms and `dense` is row-major documents x `width`.
 *
 * Taken in blocks of columns, so that the terms-side table needs 64 floats a term, not `width`: at 60,000 terms that
 * is 15 MB and not 65.
 */
export function* multiplyGram(a: SparseMatrix, dense: Float32Array, width: number, out: Float32Array): Sliced<void> {
  const terms = new Float32Array(a.columnCount * BLOCK)
  for (let from = 0; from < width; from += BLOCK) {
    const block = Math.min(BLOCK, width - from)
    terms.fill(0)
    const columns = { from, count: block }
    yield* slicesOf(a.rows, (first, until) => scatter(a, dense, width, columns, first, until, terms))
    yield* slicesOf(a.rows, (first, until) => gather(a, terms, columns, first, until, out, width))
  }
}

/** Columns of the dense operand. */
interface Block {
  from: number
  count: number
}

/** terms += A^T dense[:, block] for the rows [first, until). */
function scatter(
  a: SparseMatrix,
  dense: Float32Array,
  width: number,
  { from, count: block }: Block,
  first: number,
  until: number,
  terms: Float32Array,
): void {
  for (let row = first; row < until; row++) {
    const source = row * width + from
    for (let e = a.starts[row]!; e < a.starts[row + 1]!; e++) {
      const target = a.columns[e]! * BLOCK
      const value = a.values[e]!
      for (let j = 0; j < block; j++) terms[target + j]! += value * dense[source + j]!
    }
  }
}

/** out[:, block] = A terms for the rows [first, until). */
function gather(
  a: SparseMatrix,
  terms: Float32Array,
  { from, count: block }: Block,
  first: number,
  until: number,
  out: Float32Array,
  width: number,
): void {
  const sum = new Float64Array(BLOCK)
  for (let row = first; row < until; row++) {
    sum.fill(0)
    for (let e = a.starts[row]!; e < a.starts[row + 1]!; e++) {
      const source = a.columns[e]! * BLOCK
      const value = a.values[e]!
      for (let j = 0; j < block; j++) sum[j]! += value * terms[source + j]!
    }
    const target = row * width + from
    for (let j = 0; j < block; j++) out[target + j] = sum[j]!
  }
}

/**
 * A^T dense for the terms [firstTerm, lastTerm) alone: row-major (lastTerm - firstTerm) x `width`. Rows of A are
 * ascending, so a caller can walk the terms in slices and never hold the whole table in float.
 */
export function* transposeSlice(
  a: SparseMatrix,
  dense: Float32Array,
  width: number,
  firstTerm: number,
  lastTerm: number,
): Sliced<Float32Array> {
  const out = new Float32Array((lastTerm - firstTerm) * width)
  yield* slicesOf(a.rows, (from, until) => addTransposed(a, dense, width, { firstTerm, lastTerm }, from, until, out))
  return out
}

function addTransposed(
  a: SparseMatrix,
  dense: Float32Array,
  width: number,
  { firstTerm, lastTerm }: { firstTerm: number; lastTerm: number },
  from: number,
  until: number,
  out: Float32Array,
): void {
  for (let row = from; row < until; row++) {
    const source = row * width
    const end = a.starts[row + 1]!
    for (let e = lowerBound(a.columns, a.starts[row]!, end, firstTerm); e < end; e++) {
      const term = a.columns[e]!
      if (term >= lastTerm) break
      const target = (term - firstTerm) * width
      const value = a.values[e]!
      for (let j = 0; j < width; j++) out[target + j]! += value * dense[source + j]!
    }
  }
}

function lowerBound(sorted: Uint16Array, from: number, to: number, value: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
