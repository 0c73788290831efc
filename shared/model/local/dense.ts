/** The small dense algebra of the decomposition: orthonormal columns and symmetric eigenpairs. Row-major throughout. */

import { type Sliced, slicesOf } from './slices.ts'

/** A column whose part outside the earlier columns is below this share of its length counts as dependent. */
const RANK_TOLERANCE = 1e-7

/** A^T B (width x width, float64) for two rows x width matrices. */
export function* crossGram(a: Float32Array, b: Float32Array, rows: number, width: number): Sliced<Float64Array> {
  const gram = new Float64Array(width * width)
  yield* slicesOf(rows, (from, until) => addCrossGram(gram, a, b, from, until, width))
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[i * width + j] = gram[j * width + i]!
  return gram
}

/** Adds the upper triangle of what the rows [from, until) give. */
function addCrossGram(
  gram: Float64Array,
  a: Float32Array,
  b: Float32Array,
  from: number,
  until: number,
  width: number,
): void {
  for (let row = from; row < until; row++) {
    const at = row * width
    for (let i = 0; i < width; i++) {
      const value = a[at + i]!
      if (value === 0) continue
      const target = i * width
      for (let j = i; j < width; j++) gram[target + j]! += value * b[at + j]!
    }
  }
}

/**
 * Makes the columns of `y` (rows x width) orthonormal in place; a dependent column becomes zero.
 *
 * Cholesky QR, twice: one Gram matrix and one triangular solve are streams over rows, where Householder would walk
 * columns; the second round repairs what the squared condition number cost (Fukaya et al. 2014, "CholeskyQR2").
 */
export function* orthonormalize(y: Float32Array, rows: number, width: number): Sliced<void> {
  for (let round = 0; round < 2; round++) {
    const factor = yield* crossGram(y, y, rows, width)
    choleskyUpper(factor, width)
    yield* slicesOf(rows, (from, until) => solveRows(y, factor, from, until, width))
  }
}

/** Replaces a Gram matrix by its upper factor R (G = R^T R); the diagonal of a dependent column is 0. */
function choleskyUpper(gram: Float64Array, width: number): void {
  for (let i = 0; i < width; i++) {
    const diagonal = gram[i * width + i]!
    let rest = diagonal
    for (let k = 0; k < i; k++) rest -= gram[k * width + i]! ** 2
    const pivot = rest > diagonal * RANK_TOLERANCE && rest > Number.MIN_VALUE ? Math.sqrt(rest) : 0
    const row = gram.subarray(i * width, (i + 1) * width)
    row[i] = pivot
    if (pivot === 0) {
      row.fill(0, i)
      continue
    }
    for (let k = 0; k < i; k++) {
      const above = gram[k * width + i]!
      if (above === 0) continue
      for (let j = i + 1; j < width; j++) row[j]! -= above * gram[k * width + j]!
    }
    for (let j = i + 1; j < width; j++) row[j]! /= pivot
  }
}

/** y = y R^-1, row by row, for the rows [from, until). */
function solveRows(y: Float32Array, factor: Float64Array, from: number, until: number, width: number): void {
  const line = new Float64Array(width)
  for (let row = from; row < until; row++) {
    const at = row * width
    for (let j = 0; j < width; j++) line[j] = y[at + j]!
    for (let i = 0; i < width; i++) {
      const pivot = factor[i * width + i]!
      const value = pivot === 0 ? 0 : line[i]! / pivot
      y[at + i] = value
      if (value === 0) continue
      for (let j = i + 1; j < width; j++) line[j]! -= value * factor[i * width + j]!
    }
  }
}

/** y = y W in place, for W width x width with `kept` columns used; the remaining columns of y become 0. */
export function* rotateRows(y: Float32Array, w: Float64Array, rows: number, width: number, kept: number): Sliced<void> {
  yield* slicesOf(rows, (from, until) => rotateSome(y, w, from, until, width, kept))
}

function rotateSome(y: Float32Array, w: Float64Array, from: number, until: number, width: number, kept: number): void {
  const line = new Float64Array(width)
  for (let row = from; row < until; row++) {
    const at = row * width
    line.fill(0)
    for (let i = 0; i < width; i++) {
      const value = y[at + i]!
      if (value === 0) continue
      for (let j = 0; j < kept; j++) line[j]! += value * w[i * width + j]!
    }
    for (let j = 0; j < width; j++) y[at + j] = line[j]!
  }
}

const MAX_JACOBI_SWEEPS = 30
const JACOBI_TOLERANCE = 1e-11
const PIVOTS_PER_SLICE = 16

/**
 * Eigenvalues (descending) and eigenvectors (columns, width x width) of a symmetric matrix, which is destroyed.
 * Cyclic Jacobi (Golub and Van Loan, Matrix Computations, 8.5): simple, and exact enough at a width of a few hundred.
 */
export function* symmetricEigen(
  m: Float64Array,
  width: number,
): Sliced<{ values: Float64Array; vectors: Float64Array }> {
  // Rows of `turned` are eigenvectors while sweeping, so that a rotation walks contiguous memory.
  const turned = new Float64Array(width * width)
  let scale = 0
  for (let i = 0; i < width; i++) {
    turned[i * width + i] = 1
    scale = Math.max(scale, Math.abs(m[i * width + i]!))
  }
  for (let sweep = 0; sweep < MAX_JACOBI_SWEEPS; sweep++) {
    let rotations = 0
    for (let p = 0; p < width - 1; p++) {
      for (let q = p + 1; q < width; q++) {
        if (Math.abs(m[p * width + q]!) <= JACOBI_TOLERANCE * scale) continue
        rotations++
        rotate(m, turned, width, p, q)
      }
      if (p % PIVOTS_PER_SLICE === 0) yield
    }
    if (rotations === 0) break
  }
  return sortedPairs(m, turned, width)
}

function rotate(m: Float64Array, turned: Float64Array, width: number, p: number, q: number): void {
  const theta = (m[q * width + q]! - m[p * width + p]!) / (2 * m[p * width + q]!)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < width; k++) {
    const kp = k * width + p
    const kq = k * width + q
    const a = m[kp]!
    const b = m[kq]!
    m[kp] = c * a - s * b
    m[kq] = s * a + c * b
  }
  for (const table of [m, turned]) {
    const rowP = p * width
    const rowQ = q * width
    for (let k = 0; k < width; k++) {
      const a = table[rowP + k]!
      const b = table[rowQ + k]!
      table[rowP + k] = c * a - s * b
      table[rowQ + k] = s * a + c * b
    }
  }
}

function sortedPairs(
  m: Float64Array,
  turned: Float64Array,
  width: number,
): { values: Float64Array; vectors: Float64Array } {
  const order = Array.from({ length: width }, (_, i) => i)
  order.sort((a, b) => m[b * width + b]! - m[a * width + a]! || a - b)
  const values = Float64Array.from(order, (i) => m[i * width + i]!)
  const vectors = new Float64Array(width * width)
  for (let j = 0; j < width; j++) {
    const source = order[j]! * width
    for (let i = 0; i < width; i++) vectors[i * width + j] = turned[source + i]!
  }
  return { values, vectors }
}
