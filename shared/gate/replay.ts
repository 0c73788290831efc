import { seededRng } from '../base/rng.ts'
import { bucketOf, HISTORY_BUCKETS } from './history_length.ts'
import { GATE } from './limits.ts'

/** What a model's order would have brought on one logged shelf; shelves of one shopper are drawn together. */
export interface Replayed {
  shopper: string
  /** Items in the shopper's history. */
  history: number
  /** As `creditOf` says it, of a shelf that stood in the base order. */
  lift: number
}

const RESAMPLES = 2_000
/** The lower end of a two-sided interval of 95 %, divided by the sets of shelves that are looked at. */
const SHARE = 0.025 / HISTORY_BUCKETS
const SEED = 1

/**
 * The lower bound of the mean lift: percentile bootstrap of the paired differences, by shopper (Efron and Tibshirani 1993,
 * chapter 13). Judged once, on shelves of the past, so that it need not hold at every moment.
 */
export function replayLowerBound(replayed: readonly Replayed[]): number {
  const shoppers = new Map<string, { sum: number; n: number }>()
  for (const { shopper, lift } of replayed) {
    const one = shoppers.get(shopper) ?? { sum: 0, n: 0 }
    shoppers.set(shopper, { sum: one.sum + lift, n: one.n + 1 })
  }
  const all = [...shoppers.values()]
  if (all.length === 0) return Number.NEGATIVE_INFINITY
  const rng = seededRng(SEED)
  const means = new Float64Array(RESAMPLES)
  for (let round = 0; round < RESAMPLES; round++) {
    let sum = 0
    let n = 0
    for (let at = 0; at < all.length; at++) {
      const one = rng.pick(all)
      sum += one.sum
      n += one.n
    }
    means[round] = sum / n
  }
  return means.sort()[Math.floor(SHARE * RESAMPLES)]!
}

/**
 * Whether a replay admits a placement to shadow: shelves of histories up to some length gain. Never further, since nobody
 * saw these orders.
 */
export function replayAdmits(replayed: readonly Replayed[]): boolean {
  for (let bucket = 0; bucket < HISTORY_BUCKETS; bucket++) {
    const shelves = replayed.filter(({ history }) => bucketOf(history) <= bucket)
    if (shelves.length >= GATE.replayShelves.min && replayLowerBound(shelves) > 0) return true
  }
  return false
}
