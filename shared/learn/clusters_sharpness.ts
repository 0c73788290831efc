import { FACTOR_DIMS } from '../domain/item_factors.ts'

/** What is known of tastes and of who wanted what. */
export interface TasteCounts {
  centres: Float32Array
  sizes: Float64Array
  /** Row-major tastes x items: shoppers of the taste who wanted the item. */
  counts: Float32Array
  /** Numbers of the tastes that count. */
  kept: readonly number[]
  /** Shoppers of each item, in all those tastes. */
  all: Float64Array
  /** Row-major items x FACTOR_DIMS. */
  factors: Float32Array
}

const SHARPNESSES = [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16]
/** An item of fewer shoppers says little. */
const SHOPPERS_MIN = 5
const ITEMS_MAX = 2_000

/**
 * How much nearness says: P(taste | item) is proportional to the taste's share of shoppers times exp(sharpness cosine)
 * (a conditional logit, McFadden 1974). The value with the largest likelihood; of equals the smallest.
 */
export function fitSharpness({ centres, sizes, counts, kept, all, factors }: TasteCounts): number {
  const total = kept.reduce((sum, taste) => sum + sizes[taste]!, 0)
  const items = [...all.keys()].filter((item) => all[item]! >= SHOPPERS_MIN).slice(0, ITEMS_MAX)
  let best = 0
  let value = Number.NEGATIVE_INFINITY
  const cosines = items.map((item) => kept.map((taste) => cosineOf(centres, taste, factors, item)))
  for (const sharpness of SHARPNESSES) {
    let likelihood = 0
    for (const [at, item] of items.entries()) {
      const odds = kept.map((taste, own) => (sizes[taste]! / total) * Math.exp(sharpness * cosines[at]![own]!))
      const sum = odds.reduce((all, one) => all + one, 0)
      for (const [own, taste] of kept.entries())
        likelihood += counts[taste * all.length + item]! * Math.log(odds[own]! / sum)
    }
    // Rounded: engines may differ in the last bits, and the choice must not.
    const rounded = Math.round(likelihood * 1e3)
    if (rounded > value) [best, value] = [sharpness, rounded]
  }
  return best
}

function cosineOf(centres: Float32Array, taste: number, factors: Float32Array, item: number): number {
  let sum = 0
  for (let dim = 0; dim < FACTOR_DIMS; dim++)
    sum += centres[taste * FACTOR_DIMS + dim]! * factors[item * FACTOR_DIMS + dim]!
  return sum
}
