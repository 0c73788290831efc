import { FACTOR_DIMS, normalized } from '../domain/item_factors.ts'

/** A direction of a shopper's wishes, and its part in all of them. */
export interface Interest {
  /** Unit length. */
  vector: Float32Array
  /** In (0, 1]; all of a shopper's add up to 1. */
  share: number
}

/** What a shopper wanted, each item once. */
export interface Past {
  /** Numbers of items. */
  items: readonly number[]
  /** Above 0: an older wish weighs less. */
  weights: readonly number[]
}

/** The most interests of one shopper. */
const INTERESTS_MAX = 3
/** A past of fewer items has one interest. */
const ITEMS_MIN = 6
/** So does one whose mean direction is longer than this: its items point one way. */
const AGREEMENT_MAX = 0.6
/** A lesser part is chance, and goes to the others. */
const SHARE_MIN = 0.15
const ROUNDS = 4

/**
 * A shopper's interests: the weighted mean direction of what they wanted; of a broad past up to three, by spherical
 * k-means from items that lie far apart. Nothing for a past without a direction.
 * @param factors row-major items x FACTOR_DIMS
 * @returns the interests, and of each item of the past the one that it belongs to (-1: none)
 */
export function interestsOf(
  past: Past,
  factors: Float32Array,
  several: boolean,
): { interests: Interest[]; of: Int8Array } {
  const all = meanOf(past, factors, () => true)
  const none = { interests: [], of: new Int8Array(past.items.length).fill(-1) }
  if (all.weight === 0 || all.length === 0) return none
  const one = { interests: [{ vector: all.vector, share: 1 }], of: new Int8Array(past.items.length) }
  if (!several || past.items.length < ITEMS_MIN || all.length / all.weight > AGREEMENT_MAX) return one
  let centres = farApart(past, factors, all.vector)
  let of = nearestOf(past, factors, centres)
  for (let round = 0; round < ROUNDS; round++) {
    const means = centres.map((_, own) => meanOf(past, factors, (at) => of[at] === own))
    centres = means
      .filter((mean) => mean.length > 0 && mean.weight >= SHARE_MIN * all.weight)
      .map((mean) => mean.vector)
    if (centres.length < 2) return one
    of = nearestOf(past, factors, centres)
  }
  const weights = new Float64Array(centres.length)
  for (const [at, own] of of.entries()) weights[own]! += past.weights[at]!
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return { interests: centres.map((vector, own) => ({ vector, share: weights[own]! / total })), of }
}

function meanOf({ items, weights }: Past, factors: Float32Array, belongs: (at: number) => boolean) {
  const sum = new Float32Array(FACTOR_DIMS)
  let weight = 0
  for (let at = 0; at < items.length; at++) {
    if (!belongs(at)) continue
    const from = items[at]! * FACTOR_DIMS
    for (let dim = 0; dim < FACTOR_DIMS; dim++) sum[dim]! += weights[at]! * factors[from + dim]!
    weight += weights[at]!
  }
  let squares = 0
  for (const value of sum) squares += value ** 2
  return { vector: normalized(sum), weight, length: Math.sqrt(squares) }
}

const cosine = (factors: Float32Array, item: number, direction: Float32Array): number => {
  let sum = 0
  for (let dim = 0, from = item * FACTOR_DIMS; dim < FACTOR_DIMS; dim++) sum += factors[from + dim]! * direction[dim]!
  return sum
}

/** The item most like the whole, then those least like any before. */
function farApart({ items }: Past, factors: Float32Array, mean: Float32Array): Float32Array[] {
  const directionOf = (at: number) => factors.slice(items[at]! * FACTOR_DIMS, (items[at]! + 1) * FACTOR_DIMS)
  const chosen = [directionOf(extreme(items.length, (at) => cosine(factors, items[at]!, mean)))]
  while (chosen.length < INTERESTS_MAX)
    chosen.push(
      directionOf(extreme(items.length, (at) => -Math.max(...chosen.map((one) => cosine(factors, items[at]!, one))))),
    )
  return chosen
}

function extreme(count: number, worth: (at: number) => number): number {
  let best = 0
  let value = Number.NEGATIVE_INFINITY
  for (let at = 0; at < count; at++) {
    const own = worth(at)
    if (own > value) [best, value] = [at, own]
  }
  return best
}

const nearestOf = ({ items }: Past, factors: Float32Array, centres: readonly Float32Array[]): Int8Array =>
  Int8Array.from(items, (item) => extreme(centres.length, (own) => cosine(factors, item, centres[own]!)))
