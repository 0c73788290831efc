/**
 * Measures of one ranked list whose equal scores are in no order: each is its mean over all orders of the equals, in
 * closed form. An item that was not returned has the score -Infinity, so that all of those are equal and last.
 */

/** A set of equal scores that holds something relevant. */
export interface TieGroup {
  /** Items with a larger score. */
  above: number
  /** Items in the group, relevant or not. */
  size: number
  /** Gains of the relevant items in it; 1 where relevance has no grades. */
  gains: readonly number[]
}

/** Groups of the relevant items, best first. @param gains by position in `scores`, all of them above zero */
export function tieGroups(
  scores: Float64Array,
  pool: ReadonlyArray<number> | Int32Array,
  gains: ReadonlyMap<number, number>,
): TieGroup[] {
  const byScore = new Map<number, number[]>()
  for (const [item, gain] of gains) {
    const score = scores[item]!
    const own = byScore.get(score)
    if (own) own.push(gain)
    else byScore.set(score, [gain])
  }
  const levels = [...byScore.keys()].sort((a, b) => b - a)
  const larger = new Int32Array(levels.length + 1)
  const equal = new Int32Array(levels.length)
  // Of every item: the first level that is not above it.
  for (let at = 0; at < pool.length; at++) {
    const score = scores[pool[at]!]!
    let low = 0
    let high = levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (levels[middle]! > score) low = middle + 1
      else high = middle
    }
    if (low === levels.length) continue
    if (levels[low] === score) equal[low]! += 1
    else larger[low]! += 1
  }
  let above = 0
  return levels.map((level, at) => {
    above += larger[at]!
    const group = { above, size: equal[at]!, gains: byScore.get(level)! }
    above += equal[at]!
    return group
  })
}

/** 1 / log2(rank + 1), summed over the ranks first..last (Järvelin and Kekäläinen 2002). */
function discounts(first: number, last: number): number {
  let sum = 0
  for (let rank = first; rank <= last; rank++) sum += 1 / Math.log2(rank + 1)
  return sum
}

/**
 * Expected DCG over the expected places of the relevant items, divided by the best DCG that `k` places allow.
 * @param ideal all gains of the task, also those of items that cannot be ranked
 */
export function ndcgAt(groups: readonly TieGroup[], ideal: readonly number[], k: number): number {
  let best = 0
  for (const [at, gain] of [...ideal]
    .sort((a, b) => b - a)
    .slice(0, k)
    .entries())
    best += gain / Math.log2(at + 2)
  if (best === 0) return Number.NaN
  let sum = 0
  for (const { above, size, gains } of groups) {
    if (above >= k) break
    const total = gains.reduce((all, gain) => all + gain, 0)
    sum += (total * discounts(above + 1, Math.min(k, above + size))) / size
  }
  return sum / best
}

/** Expected share of the relevant items among the first `k`. @param relevant how many there are */
export function recallAt(groups: readonly TieGroup[], relevant: number, k: number): number {
  if (relevant === 0) return Number.NaN
  let found = 0
  for (const { above, size, gains } of groups)
    found += (gains.length * Math.max(0, Math.min(k, above + size) - above)) / size
  return found / relevant
}

/** Probability that at least one relevant item is among the first `k` (hypergeometric within the group at the border). */
export function hitAt(groups: readonly TieGroup[], k: number): number {
  const first = groups[0]
  if (first === undefined || first.above >= k) return 0
  const drawn = k - first.above
  const others = first.size - first.gains.length
  let missed = 1
  for (let at = 0; at < drawn; at++) {
    if (others - at <= 0) return 1
    missed *= (others - at) / (first.size - at)
  }
  return 1 - missed
}

/** Expected 1 / rank of the first relevant item. */
export function reciprocalRank(groups: readonly TieGroup[]): number {
  const first = groups[0]
  if (first === undefined) return 0
  const { above, size, gains } = first
  let sum = 0
  // Probability that no relevant item stands before this place of the group.
  let none = 1
  for (let at = 0; at <= size - gains.length; at++) {
    const here = gains.length / (size - at)
    sum += (none * here) / (above + at + 1)
    none *= 1 - here
  }
  return sum
}

/** Probability that a relevant item stands before one that is not; ties count half. NaN where either is missing. */
export function auc(groups: readonly TieGroup[], ranked: number): number {
  const relevant = groups.reduce((sum, group) => sum + group.gains.length, 0)
  const others = ranked - relevant
  if (relevant === 0 || others === 0) return Number.NaN
  let before = 0
  let relevantSoFar = 0
  for (const { above, size, gains } of groups) {
    const tied = size - gains.length
    const below = others - (above - relevantSoFar) - tied
    before += gains.length * (below + tied / 2)
    relevantSoFar += gains.length
  }
  return before / (relevant * others)
}
