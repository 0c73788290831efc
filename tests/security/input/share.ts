import type { Operation } from './document.ts'

/** A route with a body has more to go wrong. */
const WITH_BODY = 3

/** How many of so many cases each operation gets; all of them together. */
export function sharesOf(operations: readonly Operation[], cases: number): number[] {
  const weights = operations.map(({ bodies }) => (bodies.size > 0 ? WITH_BODY : 1))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => Math.floor((cases * weight) / whole))
  const rest = cases - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share, at) => (at < rest ? share + 1 : share))
}
