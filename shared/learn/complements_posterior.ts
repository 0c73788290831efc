/** Orders that the base rate counts for, where nobody has said anything of a pair. */
const PRIOR_ORDERS = 10
/** And so many more where somebody is sure of it. */
const VERDICT_ORDERS = 20
/** What a sure yes takes the lift to be, and a sure no its inverse. */
const VERDICT_LIFT = 4
/** No prior says that a pair is bought together more often than this. */
const MEAN_MAX = 0.5

/**
 * Of a pair, how sure somebody is that the second goes with the first: 1 is a sure yes, 0 a sure no, 0.5 says nothing;
 * null: nobody was asked.
 */
export type Verdict = number | null

/** A beta distribution of P(b in an order | a in it): its mean, and the orders that it weighs. */
export interface Prior {
  mean: number
  orders: number
}

/**
 * The prior is centred on b's base rate. A verdict moves the mean to base * 4 ** (2v - 1) and adds 20 |2v - 1| orders
 * (LLM-KERec, arXiv 2402.13750: a verdict as pseudo-counts); v = 1 takes the pair to be bought four times as often as chance.
 */
export function priorOf(base: number, verdict: Verdict): Prior {
  if (verdict === null) return { mean: base, orders: PRIOR_ORDERS }
  const sure = 2 * Math.min(1, Math.max(0, verdict)) - 1
  return {
    mean: Math.min(Math.max(base, MEAN_MAX), base * VERDICT_LIFT ** sure),
    orders: PRIOR_ORDERS + VERDICT_ORDERS * Math.abs(sure),
  }
}

/** What is counted of a pair of items. */
export interface PairCounts {
  /** Orders with both, with the first, with the second, and all. */
  both: number
  first: number
  second: number
  orders: number
}

/**
 * The posterior mean of P(second | first). The longer orders say otherwise the less a verdict counts: with v = 1 and no
 * order of both, the lift is 120 / (first + 30), below 1.2 from 71 orders on.
 */
export function posteriorOf({ both, first, second, orders }: PairCounts, verdict: Verdict): number {
  const prior = priorOf(second / orders, verdict)
  return (both + prior.orders * prior.mean) / (first + prior.orders)
}

/** How much more often than in any order the second is in those with the first. */
export const liftOf = (counts: PairCounts, verdict: Verdict): number =>
  posteriorOf(counts, verdict) / (counts.second / counts.orders)
