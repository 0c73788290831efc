import { mix32 } from '../../shared/model/local/hash.ts'

/**
 * The first `k` of what was returned, best first. Equal scores are drawn in an order of the seed's, so that no item
 * gains from where it stands in the catalogue.
 */
export function topOf(scores: Float64Array, pool: Int32Array, k: number, seed: number): number[] {
  const best: number[] = []
  const before = (a: number, b: number) =>
    scores[a]! > scores[b]! || (scores[a] === scores[b] && mix32(a ^ seed) >>> 0 < mix32(b ^ seed) >>> 0)
  for (const item of pool) {
    if (scores[item] === Number.NEGATIVE_INFINITY) continue
    if (best.length === k && !before(item, best[k - 1]!)) continue
    let at = best.length === k ? k - 1 : best.length
    while (at > 0 && before(item, best[at - 1]!)) {
      best[at] = best[at - 1]!
      at -= 1
    }
    best[at] = item
  }
  return best
}
