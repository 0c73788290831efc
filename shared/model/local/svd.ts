/**
 * Randomised truncated SVD of a documents x terms matrix, from the documents' side.
 * Source: N. Halko, P.-G. Martinsson, J. Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011,
 * algorithms 4.4 (subspace iteration, re-orthonormalised) and 5.3 (symmetric eigenproblem on the sketch).
 */

import { crossGram, orthonormalize, rotateRows, symmetricEigen } from './dense.ts'
import { gaussianStream } from './gaussian.ts'
import { type Sliced, slicesOf } from './slices.ts'
import { multiplyGram, type SparseMatrix } from './sparse.ts'

/** Extra sketch columns; Halko et al. 4.2 ask for 5 to 10, a few more repay themselves where singular values are flat. */
const OVERSAMPLING = 12

/** Below this share of the largest, a singular value is rounding noise and its vector is meaningless. */
const RANK_TOLERANCE = 1e-3

export interface TruncatedSvd {
  /** Number of singular triplets found, at most the rank asked for. */
  readonly rank: number
  /** Descending singular values, length `rank`. */
  readonly singularValues: Float64Array
  /** Left singular vectors, row-major documents x `width`; columns from `rank` on are zero. */
  readonly left: Float32Array
  readonly width: number
}

export interface SvdOptions {
  readonly rank: number
  /** Power iterations, 2 to 4: each sharpens the gap between kept and dropped singular values. */
  readonly iterations: number
  readonly seed: number
}

/** The `rank` largest singular triplets of `a` (fewer when its rank is lower). Memory: two documents x (rank + 12) tables. */
export function* truncatedSvd(a: SparseMatrix, options: SvdOptions): Sliced<TruncatedSvd> {
  const width = Math.min(options.rank + OVERSAMPLING, a.rows, a.columnCount)
  let y = new Float32Array(a.rows * width)
  const normal = gaussianStream(options.seed)
  yield* slicesOf(a.rows, (from, until) => {
    for (let i = from * width; i < until * width; i++) y[i] = normal()
  })
  let image = new Float32Array(y.length)
  for (let round = 0; round < options.iterations; round++) {
    yield* orthonormalize(y, a.rows, width)
    yield* multiplyGram(a, y, width, image)
    const next = image
    image = y
    y = next
  }
  yield* orthonormalize(y, a.rows, width)
  yield* multiplyGram(a, y, width, image)
  const { values, vectors } = yield* symmetricEigen(yield* crossGram(y, image, a.rows, width), width)
  const rank = countAbove(values, Math.min(options.rank, width))
  yield* rotateRows(y, vectors, a.rows, width, rank)
  const singularValues = Float64Array.from(values.subarray(0, rank), Math.sqrt)
  return { rank, singularValues, left: y, width }
}

function countAbove(eigenvalues: Float64Array, most: number): number {
  const floor = (eigenvalues[0] ?? 0) * RANK_TOLERANCE ** 2
  let count = 0
  while (count < most && eigenvalues[count]! > Math.max(floor, Number.MIN_VALUE)) count++
  return count
}
