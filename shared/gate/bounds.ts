/**
 * Bounds of a mean that hold at every moment at once, so that they may be looked at as often as one likes, and acted on.
 *
 * For observations x in [-1, 1] whose conditional means are at most m, and any rate 0 <= r < 1,
 * `exp(r (sum x - n m) - psi(r) sum x^2)` with `psi(r) = -log(1 - r) - r` is a supermartingale (Fan, Grama and Liu 2015,
 * "Exponential inequalities for martingales with applications", EJP, lemma 4.1; Howard, Ramdas, McAuliffe and Sekhon 2021,
 * "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics, theorem 4, the empirical
 * Bernstein bound, here with the prediction 0: nearly all shelves count nothing). So is a mixture of rates, and by Ville's
 * inequality it passes 1 / alpha with a probability of at most alpha, ever. It needs three sums, and no normal limit.
 */

/** Sums over observations in [-1, 1]. */
export interface Sums {
  n: number
  sum: number
  squares: number
}

export const NO_SUMS: Sums = { n: 0, sum: 0, squares: 0 }

export const plus = (a: Sums, b: Sums): Sums => ({
  n: a.n + b.n,
  sum: a.sum + b.sum,
  squares: a.squares + b.squares,
})

export const negated = (a: Sums): Sums => ({ ...a, sum: -a.sum })

/** From effects that show at once to those that take millions of shelves. */
export const RATES: readonly number[] = Array.from({ length: 14 }, (_, at) => 0.9 / 2 ** at)

const psi = (rate: number) => -Math.log1p(-rate) - rate

/** The logarithm of one rate's evidence that the mean is above `mean`. */
export const logEvidenceAt = (rate: number, { n, sum, squares }: Sums, mean: number): number =>
  rate * (sum - n * mean) - psi(rate) * squares

/** The logarithm of the evidence that the mean is above `mean`: that of chance alone is above log(1 / alpha) in alpha of all cases. */
export function logEvidence(sums: Sums, mean: number): number {
  const logs = RATES.map((rate) => logEvidenceAt(rate, sums, mean))
  const most = Math.max(...logs)
  return most + Math.log(logs.reduce((total, log) => total + Math.exp(log - most), 0) / logs.length)
}

/** Whether the mean is above `mean`; wrong with a probability of at most `alpha` over all times that it is asked. */
export const isAbove = (sums: Sums, mean: number, alpha: number): boolean => logEvidence(sums, mean) >= -Math.log(alpha)

export const isBelow = (sums: Sums, mean: number, alpha: number): boolean => isAbove(negated(sums), -mean, alpha)

/** Halvings of [-1, 1]. */
const STEPS = 50

/** The largest mean that the true one is above of, at this alpha; -1 where nothing is known. */
export function lowerBound(sums: Sums, alpha: number): number {
  if (!isAbove(sums, -1, alpha)) return -1
  let low = -1
  let high = 1
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (isAbove(sums, middle, alpha)) low = middle
    else high = middle
  }
  return low
}

export const upperBound = (sums: Sums, alpha: number): number => -lowerBound(negated(sums), alpha)
