/** Rows and columns that one tile of dot products has; matrices are padded to a multiple of it. */
const TILE = 4
/** Columns of a panel: with one stretch of each of its rows it stays in the second cache. */
const PANEL = 48
/** Terms of a dot product that are summed before the next tile is looked at. */
const STRETCH = 256

/** Rows and columns of the padded matrix that `invert` takes. */
export const paddedSize = (n: number): number => Math.ceil(n / TILE) * TILE

/**
 * Inverse of a symmetric positive definite matrix: Cholesky factor L, then L^-1, then L^-T L^-1 (Golub and Van Loan
 * 2013, "Matrix Computations", sections 3.1 and 4.2), about n^3 / 2 multiplications, all of them dot products of
 * contiguous rows. The inverse takes the matrix's place.
 * @param a size x size, row-major; only its lower triangle is read. Padding has 1 on the diagonal and 0 elsewhere.
 * @param size a multiple of four
 * @throws RangeError when a pivot is not positive
 */
export function invert(a: Float64Array, size: number): void {
  factorise(a, size)
  const inverse = invertFactor(a, size)
  a.fill(0)
  for (let left = 0; left < size; left += PANEL) {
    const right = Math.min(size, left + PANEL)
    // Rows of the transposed inverse begin at their diagonal: the sum starts at the later of the two.
    for (let start = left; start < size; start += STRETCH)
      for (let i = left; i < Math.min(size, start + STRETCH); i += TILE)
        for (let j = left; j < right && j <= i; j += TILE)
          addDots(a, 1, inverse, i, inverse, j, size, Math.max(start, i), Math.min(size, start + STRETCH))
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) a[j * size + i] = a[i * size + j]!
}

/** The lower triangle becomes L with A = L L^T; what stands above the diagonal is left to be anything. */
function factorise(a: Float64Array, size: number): void {
  for (let left = 0; left < size; left += PANEL) {
    const right = Math.min(size, left + PANEL)
    for (let start = 0; start < left; start += STRETCH)
      for (let i = left; i < size; i += TILE)
        for (let j = left; j < right && j <= i; j += TILE)
          addDots(a, -1, a, i, a, j, size, start, Math.min(left, start + STRETCH))
    for (let j = left; j < right; j++) {
      const row = j * size
      let pivot = a[row + j]!
      for (let k = left; k < j; k++) pivot -= a[row + k]! * a[row + k]!
      if (!(pivot > 0)) throw new RangeError('the matrix is not positive definite')
      const root = Math.sqrt(pivot)
      a[row + j] = root
      for (let i = j + 1; i < size; i++) {
        const other = i * size
        let sum = a[other + j]!
        for (let k = left; k < j; k++) sum -= a[other + k]! * a[row + k]!
        a[other + j] = sum / root
      }
    }
  }
}

/** The transpose of L^-1, row-major: zeros stand before the diagonal. */
function invertFactor(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size)
  for (let left = 0; left < size; left += PANEL) {
    const right = Math.min(size, left + PANEL)
    for (let start = 0; start < left; start += STRETCH) {
      const end = Math.min(left, start + STRETCH)
      for (let j = 0; j < end; j += TILE)
        for (let i = left; i < right; i += TILE)
          addDots(inverse, -1, inverse, j, lower, i, size, Math.max(start, j), end)
    }
    for (let j = 0; j < right; j++) {
      const row = j * size
      for (let i = Math.max(left, j); i < right; i++) {
        const factor = i * size
        let sum = i === j ? 1 : inverse[row + i]!
        for (let k = Math.max(left, j); k < i; k++) sum -= lower[factor + k]! * inverse[row + k]!
        inverse[row + i] = sum / lower[factor + i]!
      }
    }
  }
  return inverse
}

/** out[i + p][j + q] += sign * x[i + p] . y[j + q] over the columns [from, to), for p and q below four. */
function addDots(
  out: Float64Array,
  sign: number,
  x: Float64Array,
  i: number,
  y: Float64Array,
  j: number,
  size: number,
  from: number,
  to: number,
): void {
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  let s20 = 0
  let s21 = 0
  let s22 = 0
  let s23 = 0
  let s30 = 0
  let s31 = 0
  let s32 = 0
  let s33 = 0
  const x0 = i * size
  const x1 = x0 + size
  const x2 = x1 + size
  const x3 = x2 + size
  const y0 = j * size
  const y1 = y0 + size
  const y2 = y1 + size
  const y3 = y2 + size
  for (let k = from; k < to; k++) {
    const b0 = y[y0 + k]!
    const b1 = y[y1 + k]!
    const b2 = y[y2 + k]!
    const b3 = y[y3 + k]!
    let a = x[x0 + k]!
    s00 += a * b0
    s01 += a * b1
    s02 += a * b2
    s03 += a * b3
    a = x[x1 + k]!
    s10 += a * b0
    s11 += a * b1
    s12 += a * b2
    s13 += a * b3
    a = x[x2 + k]!
    s20 += a * b0
    s21 += a * b1
    s22 += a * b2
    s23 += a * b3
    a = x[x3 + k]!
    s30 += a * b0
    s31 += a * b1
    s32 += a * b2
    s33 += a * b3
  }
  let at = x0 + j
  out[at]! += sign * s00
  out[at + 1]! += sign * s01
  out[at + 2]! += sign * s02
  out[at + 3]! += sign * s03
  at += size
  out[at]! += sign * s10
  out[at + 1]! += sign * s11
  out[at + 2]! += sign * s12
  out[at + 3]! += sign * s13
  at += size
  out[at]! += sign * s20
  out[at + 1]! += sign * s21
  out[at + 2]! += sign * s22
  out[at + 3]! += sign * s23
  at += size
  out[at]! += sign * s30
  out[at + 1]! += sign * s31
  out[at + 2]! += sign * s32
  out[at + 3]! += sign * s33
}
