import { seededRng } from '../base/rng.ts'

/**
 * In which orders candidates are shown to a model that prefers places: presentations[pass][k] is the base place of the
 * candidate shown as number k + 1.
 *
 * One pass shows the base order: a preference for early numbers then only repeats what the shop's own order says, and
 * cannot hurt. Several passes rest on a seeded shuffle s, whose i-th candidate is shown
 * - in two passes at i and n - 1 - i: every mean is (n - 1) / 2;
 * - in three passes, with h = floor(n / 2), at a = i, at b = (i + h) mod n and at the place c that a + b leaves: the
 *   larger a + b, the earlier c. For odd n every sum is 3 (n - 1) / 2, a Kotzig array (Wallis, Magic Graphs, 2001); for
 *   even n that is no whole number, and the sums are the two whole numbers around it. So no design has a smaller spread
 *   of mean places: 0, or 1/3 of a place for even n.
 * A bias that is linear in the place is cancelled by equal means; half a list lies between a and b, so that one which is
 * strong only at the ends meets a candidate once at most.
 * @param n candidates
 * @param passes 1 to 3
 */
export function presentations(n: number, passes: number, seed: number): number[][] {
  const base = Array.from({ length: n }, (_, place) => place)
  if (passes <= 1) return [base]
  const shuffled = seededRng(seed).shuffle(base)
  if (passes === 2) return [shuffled, shuffled.toReversed()]
  const half = Math.floor(n / 2)
  const second = base.map((i) => (i + half) % n)
  // Ties of a + b stand beside each other: their c differ by one, as for even n they must.
  const bySum = base.toSorted((i, j) => j + second[j]! - (i + second[i]!) || i - j)
  const third = base.slice()
  for (const [place, i] of bySum.entries()) third[i] = place
  return [base, second, third].map((places) => {
    const shown = base.slice()
    for (const [i, place] of places.entries()) shown[place] = shuffled[i]!
    return shown
  })
}
