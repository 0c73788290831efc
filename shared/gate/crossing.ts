import type { Tally } from '../store/operations/gate_tallies.ts'
import { isAbove, isBelow, type Sums } from './bounds.ts'
import { bucketOf, HISTORY_BUCKETS, lastOf } from './history_length.ts'
import { GATE } from './limits.ts'
import { liftsOf, preferencesOf } from './tally.ts'

/** How means are judged; a test puts a careless one here. */
export interface Judge {
  isAbove(sums: Sums, mean: number, alpha: number): boolean
  isBelow(sums: Sums, mean: number, alpha: number): boolean
}
export const SEQUENTIAL: Judge = { isAbove, isBelow }

/** Tallies of history lengths up to a bucket's. */
export const upTo = (tallies: readonly Tally[], bucket: number): Tally[] =>
  tallies.filter((tally) => tally.bucket <= bucket)

const ofBucket = (tallies: readonly Tally[], bucket: number): Tally[] =>
  tallies.filter((tally) => tally.bucket === bucket)

/**
 * Up to which bucket of history lengths the model's order is to serve; null where it is nowhere shown to be worth it.
 *
 * What a threshold brings is the sum of (lift - cost) over the shelves of all buckets up to it. The threshold with the
 * largest sum is where the isotonic fit of a gain that falls with the history's length crosses the cost (the slopes of the
 * sum's concave majorant: Robertson, Wright and Dykstra 1988, "Order Restricted Statistical Inference", 1.2). It is shrunk
 * to the default by one standard error a bucket: within the default a bucket serves unless it is seen to lose, beyond it
 * only where it is seen to gain. Only thresholds are in question of whose shelves together both the preference and the
 * gain over the cost are bounded from below, with alpha divided by the number of thresholds.
 *
 * The default is 5 items: Hou et al. 2024 ("Large language models are zero-shot rankers for recommender systems", ECIR)
 * find that a model's order gains from few past items and then loses with more, while what is learned from behaviour gains
 * with each.
 * @param cost of the model a shelf, as a share of the cap
 */
export function fitCrossing(drafts: readonly Tally[], cost: number, alpha: number, judge: Judge): number | null {
  const within = bucketOf(GATE.defaultCrossing)
  const own = alpha / HISTORY_BUCKETS
  let total = 0
  let best: { bucket: number; total: number } | null = null
  for (let bucket = 0; bucket < HISTORY_BUCKETS; bucket++) {
    const { n, sum, squares } = liftsOf(ofBucket(drafts, bucket))
    total += sum - n * cost + (bucket <= within ? 1 : -1) * Math.sqrt(squares)
    const all = upTo(drafts, bucket)
    if (!judge.isAbove(preferencesOf(all), 0, own) || !judge.isAbove(liftsOf(all), cost, own)) continue
    if (best === null || total > best.total) best = { bucket, total }
  }
  return best?.bucket ?? null
}

/** Whether every bucket up to the one behind the threshold has drafts enough for a choice. */
export function isSettled(drafts: readonly Tally[], bucket: number): boolean {
  for (let at = 0; at <= Math.min(bucket + 1, HISTORY_BUCKETS - 1); at++)
    if (preferencesOf(ofBucket(drafts, at)).n < GATE.settledDrafts) return false
  return true
}

/** Whether all shelves together, and those up to every threshold that is not rare, speak for the base order. */
export function isHopeless(
  tallies: readonly Tally[],
  sumsOf: (tallies: readonly Tally[]) => Sums,
  alpha: number,
  judge: Judge,
): boolean {
  const own = alpha / HISTORY_BUCKETS
  if (!judge.isBelow(sumsOf(tallies), 0, own)) return false
  for (let bucket = 0; bucket < HISTORY_BUCKETS; bucket++) {
    const sums = sumsOf(upTo(tallies, bucket))
    if (sums.n >= GATE.rareShelves && !judge.isBelow(sums, 0, own)) return false
  }
  return true
}

export const crossingOf = (bucket: number): number => lastOf(bucket)
