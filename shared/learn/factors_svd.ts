import { FACTOR_DIMS, normalized } from '../domain/item_factors.ts'
import { crossGram, orthonormalize, rotateRows, symmetricEigen } from '../model/local/dense.ts'
import type { SparseRows } from './matrix.ts'

/** Who wanted what, row by row; values do not matter. */
export interface Wishes {
  rows: number
  columns: number
  byRow: Pick<SparseRows, 'start' | 'column'>
}

export interface Factors {
  /** Row-major items x FACTOR_DIMS, rows of unit length; zero for an item without a direction. */
  vectors: Float32Array
  /** Shoppers of each item. */
  shoppers: Int32Array
}

/** Extra columns of the sketch (Halko, Martinsson, Tropp 2011, 4.2 ask for 5 to 10). */
const OVERSAMPLING = 11
/** The first singular vector says how much an item is wanted, and by whom is what is asked. */
const DROPPED = 1
const WIDTH = FACTOR_DIMS + DROPPED + OVERSAMPLING
const ITERATIONS = 3
/** Singular values below this share of the largest are rounding noise. */
const RANK_TOLERANCE = 1e-3
/** Added to a shopper's items and to an item's shoppers: those of few weigh less than their number alone would say. */
export const FACTOR_PRIOR = 10
const STEPS_PER_BREATH = 2_000_000
const SEED = 0x5eed_fac7

/**
 * Item factors by randomised SVD of B / sqrt((items of the shopper + 10) (shoppers of the item + 10)), B binary; the
 * first component dropped. An item's vector is v sqrt(s) / sqrt(shoppers + 10), of which the direction is kept.
 * Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011, algorithms 4.4 and 5.3. Only
 * sums, products and roots in a fixed order, so that every engine gets the same bits.
 */
export function* itemFactors(wishes: Wishes): Generator<void, Factors> {
  const { columns } = wishes
  const shoppers = new Int32Array(columns)
  for (const column of wishes.byRow.column) shoppers[column]! += 1
  const scale = Float64Array.from(shoppers, (count) => 1 / Math.sqrt(count + FACTOR_PRIOR))
  const width = Math.min(WIDTH, columns, wishes.rows)
  const vectors = new Float32Array(columns * FACTOR_DIMS)
  if (width <= DROPPED) return { vectors, shoppers }
  let y: Float32Array = signs(columns * width, shoppers, width)
  let image: Float32Array = new Float32Array(y.length)
  for (let round = 0; round < ITERATIONS; round++) {
    yield* orthonormalize(y, columns, width)
    yield* multiply(wishes, scale, y, width, image)
    ;[y, image] = [image, y]
  }
  yield* orthonormalize(y, columns, width)
  yield* multiply(wishes, scale, y, width, image)
  const { values, vectors: turn } = yield* symmetricEigen(yield* crossGram(y, image, columns, width), width)
  let rank = 0
  while (rank < Math.min(FACTOR_DIMS + DROPPED, width) && values[rank]! > values[0]! * RANK_TOLERANCE ** 2) rank++
  yield* rotateRows(y, turn, columns, width, rank)
  // Eigenvalues are squares of singular values.
  const stretch = Float64Array.from({ length: rank }, (_, at) => Math.sqrt(Math.sqrt(values[at]!)))
  for (let item = 0; item < columns; item++) {
    const own = vectors.subarray(item * FACTOR_DIMS, (item + 1) * FACTOR_DIMS)
    for (let at = DROPPED; at < rank; at++) own[at - DROPPED] = y[item * width + at]! * stretch[at]!
    normalized(own)
  }
  return { vectors, shoppers }
}

/** Random signs; items that nobody wants stay at nothing. */
function signs(length: number, shoppers: Int32Array, width: number): Float32Array {
  const y = new Float32Array(length)
  let state = SEED
  for (let at = 0; at < length; at++) {
    // xorshift32 (Marsaglia 2003): whole numbers alone, so that no engine differs.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    if (shoppers[Math.floor(at / width)]! > 0) y[at] = state < 0 ? -1 : 1
  }
  return y
}

/** out = R^T R y, shopper by shopper: nothing of the size of the shoppers is held. */
function* multiply(
  { rows, byRow }: Wishes,
  scale: Float64Array,
  y: Float32Array,
  width: number,
  out: Float32Array,
): Generator<void, void> {
  out.fill(0)
  const sum = new Float64Array(width)
  let steps = 0
  for (let row = 0; row < rows; row++) {
    const [from, to] = [byRow.start[row]!, byRow.start[row + 1]!]
    sum.fill(0)
    for (let entry = from; entry < to; entry++) {
      const item = byRow.column[entry]!
      const weight = scale[item]!
      for (let at = 0, source = item * width; at < width; at++) sum[at]! += weight * y[source + at]!
    }
    const share = 1 / (to - from + FACTOR_PRIOR)
    for (let at = 0; at < width; at++) sum[at]! *= share
    for (let entry = from; entry < to; entry++) {
      const item = byRow.column[entry]!
      const weight = scale[item]!
      for (let at = 0, target = item * width; at < width; at++) out[target + at]! += weight * sum[at]!
    }
    steps += (to - from) * width
    if (steps < STEPS_PER_BREATH) continue
    steps = 0
    yield
  }
}
