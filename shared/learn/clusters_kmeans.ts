import { seededRng } from '../base/rng.ts'
import { FACTOR_DIMS, normalized } from '../domain/item_factors.ts'

/** Directions with their weights. */
export interface Points {
  count: number
  /** Row-major count x FACTOR_DIMS, unit length. */
  vectors: Float32Array
  weights: Float32Array
}

const ROUNDS = 15
const POINTS_PER_BREATH = 500
const SEED = 7

/**
 * Spherical k-means (Dhillon and Modha 2001), begun as k-means++ (Arthur and Vassilvitskii 2007) with a constant seed.
 * Clusters lighter than `least` are dissolved, lightest first.
 * @returns row-major clusters x FACTOR_DIMS, unit length
 */
export function* clustersOf(points: Points, most: number, least: number): Generator<void, Float32Array> {
  if (points.count === 0) return new Float32Array(0)
  let centres = yield* begin(points, Math.min(most, points.count))
  for (let round = 0; ; round++) {
    const { sums, weights } = yield* assign(points, centres)
    const count = weights.length
    let lightest = 0
    for (let own = 1; own < count; own++) if (weights[own]! < weights[lightest]!) lightest = own
    const poor = count > 0 && weights[lightest]! < least
    if (round >= ROUNDS && !poor) return centres
    centres = sums
    for (let own = 0; own < count; own++) normalized(centres.subarray(own * FACTOR_DIMS, (own + 1) * FACTOR_DIMS))
    // The first rounds may still feed it.
    if (!poor || round < ROUNDS / 3) continue
    centres = without(centres, lightest)
    if (centres.length === 0) return centres
  }
}

function without(centres: Float32Array, own: number): Float32Array {
  const out = new Float32Array(centres.length - FACTOR_DIMS)
  out.set(centres.subarray(0, own * FACTOR_DIMS))
  out.set(centres.subarray((own + 1) * FACTOR_DIMS), own * FACTOR_DIMS)
  return out
}

function* begin(points: Points, count: number): Generator<void, Float32Array> {
  const rng = seededRng(SEED)
  const centres = new Float32Array(count * FACTOR_DIMS)
  const distance = new Float64Array(points.count).fill(2)
  for (let own = 0; own < count; own++) {
    let total = 0
    for (let at = 0; at < points.count; at++) total += distance[at]! * points.weights[at]!
    let left = rng.next() * total
    let chosen = 0
    for (; chosen < points.count - 1; chosen++) {
      left -= distance[chosen]! * points.weights[chosen]!
      if (left < 0) break
    }
    const centre = points.vectors.subarray(chosen * FACTOR_DIMS, (chosen + 1) * FACTOR_DIMS)
    centres.set(centre, own * FACTOR_DIMS)
    for (let at = 0; at < points.count; at++)
      distance[at] = Math.min(distance[at]!, Math.max(0, 1 - cosineAt(points.vectors, at, centre)))
    yield
  }
  return centres
}

function* assign(points: Points, centres: Float32Array) {
  const count = centres.length / FACTOR_DIMS
  const sums = new Float32Array(centres.length)
  const weights = new Float64Array(count)
  for (let at = 0; at < points.count; at++) {
    const vector = points.vectors.subarray(at * FACTOR_DIMS, (at + 1) * FACTOR_DIMS)
    const own = nearestCentre(centres, vector)
    weights[own]! += points.weights[at]!
    for (let dim = 0; dim < FACTOR_DIMS; dim++) sums[own * FACTOR_DIMS + dim]! += points.weights[at]! * vector[dim]!
    if (at % POINTS_PER_BREATH === 0) yield
  }
  return { sums, weights }
}

/** The centre with the largest cosine; of equals the first. */
export function nearestCentre(centres: Float32Array, vector: Float32Array): number {
  let best = 0
  let value = Number.NEGATIVE_INFINITY
  for (let own = 0; own * FACTOR_DIMS < centres.length; own++) {
    const cosine = cosineAt(centres, own, vector)
    if (cosine > value) [best, value] = [own, cosine]
  }
  return best
}

function cosineAt(rows: Float32Array, row: number, vector: Float32Array): number {
  let sum = 0
  for (let dim = 0, from = row * FACTOR_DIMS; dim < FACTOR_DIMS; dim++) sum += rows[from + dim]! * vector[dim]!
  return sum
}
