import type { Rng } from '../../shared/base/rng.ts'

/** A standard normal draw (Box and Muller, 1958). */
export function normal(rng: Rng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - rng.next()))
  return radius * Math.cos(2 * Math.PI * rng.next())
}

/** A gamma draw with unit scale (Marsaglia and Tsang, 2000); shapes below one by Stuart's boost. */
export function gamma(rng: Rng, shape: number): number {
  if (shape < 1) return gamma(rng, shape + 1) * (1 - rng.next()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(rng)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** A Dirichlet draw: gammas divided by their sum. Small concentrations give few large weights. */
export function dirichlet(rng: Rng, concentrations: readonly number[]): number[] {
  const draws = concentrations.map((shape) => gamma(rng, shape) + 1e-9)
  const total = draws.reduce((sum, draw) => sum + draw, 0)
  return draws.map((draw) => draw / total)
}

/** An index drawn in proportion to its weight; the last one when rounding leaves a remainder. */
export function weightedIndex(rng: Rng, weights: readonly number[]): number {
  let left = rng.next() * weights.reduce((sum, weight) => sum + weight, 0)
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!
    if (left < 0) return i
  }
  return weights.length - 1
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
