/**
 * Inclusion probabilities of a sample of `count`, proportional to the weights and at most 1: what would be above is
 * certain, and the others share what is left.
 */
export function included(weights: readonly number[], count: number): Float64Array {
  const lengths = new Float64Array(weights.length)
  const certain = new Set<number>()
  for (;;) {
    const left = count - certain.size
    const total = weights.reduce((sum, weight, at) => sum + (certain.has(at) ? 0 : weight), 0)
    const over = weights.flatMap((weight, at) => (!certain.has(at) && (weight * left) / total >= 1 ? [at] : []))
    for (const [at, weight] of weights.entries()) lengths[at] = certain.has(at) ? 1 : (weight * left) / total
    if (over.length === 0 || left <= 0) return lengths
    for (const at of over) certain.add(at)
  }
}

/**
 * Systematic sampling: the probabilities stand end to end on a line, and the points start, start + 1, ... each draw what
 * they fall on. The n-th point fills the n-th slot: the probability of an item there is what of it lies in [n, n + 1).
 */
export function slotShares(lengths: Float64Array) {
  const ends = new Float64Array(lengths.length)
  let end = 0
  for (const [at, length] of lengths.entries()) {
    end += length
    ends[at] = end
  }
  return {
    /** @param start in [0, 1) */
    drawn(start: number, slots: number): number[] {
      return Array.from({ length: slots }, (_, slot) => {
        const found = ends.findIndex((own) => own > start + slot)
        // Sums of fractions may end a hair too early.
        return found === -1 ? lastOf(lengths) : found
      })
    },
    share(item: number, slot: number): number {
      const from = ends[item]! - lengths[item]!
      return Math.max(0, Math.min(ends[item]!, slot + 1) - Math.max(from, slot))
    },
  }
}

const lastOf = (lengths: Float64Array): number => lengths.findLastIndex((length) => length > 0)
