import { normalized } from '../domain/item_factors.ts'
import { symmetricEigen } from '../model/local/dense.ts'

/** What is known of the texts of a shop, so that their likeness means the same in every direction. */
export interface Whitening {
  /** Numbers of a vector as the embedder makes it, and after folding. */
  rawDims: number
  dims: number
  /** Axes kept. */
  axes: number
  mean: Float32Array
  /** Row-major axes x dims, unit length, of falling variance. */
  basis: Float32Array
  variances: Float64Array
}

/** Longer vectors are folded: the decomposition grows with the third power. */
const DIMS_MAX = 384
/** Axes of less than this share of the largest variance are noise. */
const VARIANCE_MIN = 1e-3
/** Places of the folded vector that a number is added to. */
const FOLDS = 4
const ROWS_PER_BREATH = 32

/**
 * Mean and principal axes of vectors (PCA; whitening of anisotropic sentence vectors: Su et al. 2021, arXiv 2103.15316).
 * @param vectors row-major count x rawDims
 */
export function* whiteningOf(vectors: Float32Array, rawDims: number): Generator<void, Whitening> {
  const count = vectors.length / rawDims
  const dims = Math.min(rawDims, DIMS_MAX)
  const mean = new Float32Array(dims)
  const row = new Float32Array(dims)
  for (let at = 0; at < count; at++) {
    folded(vectors.subarray(at * rawDims, (at + 1) * rawDims), row)
    for (let i = 0; i < dims; i++) mean[i]! += row[i]! / count
    if (at % (8 * ROWS_PER_BREATH) === 0) yield
  }
  const covariance = new Float64Array(dims * dims)
  for (let at = 0; at < count; at++) {
    folded(vectors.subarray(at * rawDims, (at + 1) * rawDims), row)
    for (let i = 0; i < dims; i++) row[i]! -= mean[i]!
    for (let i = 0; i < dims; i++) {
      const value = row[i]! / Math.max(1, count - 1)
      if (value === 0) continue
      for (let j = i, to = i * dims; j < dims; j++) covariance[to + j]! += value * row[j]!
    }
    if (at % ROWS_PER_BREATH === 0) yield
  }
  for (let i = 0; i < dims; i++) for (let j = 0; j < i; j++) covariance[i * dims + j] = covariance[j * dims + i]!
  const { values, vectors: columns } = yield* symmetricEigen(covariance, dims)
  let axes = 0
  while (axes < dims && values[axes]! > Math.max(values[0]! * VARIANCE_MIN, Number.MIN_VALUE)) axes++
  const basis = new Float32Array(axes * dims)
  for (let axis = 0; axis < axes; axis++)
    for (let i = 0; i < dims; i++) basis[axis * dims + i] = columns[i * dims + axis]!
  return { rawDims, dims, axes, mean, basis, variances: values.slice(0, axes) }
}

/** A vector along the axes, each scaled by 1 / sqrt(variance + eps * largest); unit length, zeros for no direction. */
export function whitened(whitening: Whitening, eps: number, vector: Float32Array): Float32Array {
  return rescaled(whitening, eps, along(whitening, vector))
}

/** A vector along the axes, not scaled yet. */
export function along({ dims, axes, mean, basis }: Whitening, vector: Float32Array): Float32Array {
  const row = new Float32Array(dims)
  folded(vector, row)
  for (let i = 0; i < dims; i++) row[i]! -= mean[i]!
  const out = new Float32Array(axes)
  for (let axis = 0, from = 0; axis < axes; axis++, from += dims) {
    let sum = 0
    for (let i = 0; i < dims; i++) sum += basis[from + i]! * row[i]!
    out[axis] = sum
  }
  return out
}

/** @param own of `along`; left as it is */
export function rescaled({ variances }: Whitening, eps: number, own: Float32Array): Float32Array {
  const floor = eps * (variances[0] ?? 1)
  return normalized(own.map((value, axis) => value / Math.sqrt(variances[axis]! + floor)))
}

/** Adds every number to a few places with a sign, which keeps angles as well as that many places can (Weinberger 2009). */
function folded(vector: Float32Array, out: Float32Array): void {
  if (vector.length <= out.length) {
    out.set(vector)
    return
  }
  out.fill(0)
  for (let at = 0; at < vector.length; at++) {
    for (let fold = 0; fold < FOLDS; fold++) {
      const hash = mixed(at * FOLDS + fold)
      out[(hash >>> 1) % out.length]! += (hash & 1) === 0 ? vector[at]! : -vector[at]!
    }
  }
}

/** The finish of murmur3. */
function mixed(value: number): number {
  let h = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
