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

/** What is drawn while the start lies below `until`, and not below that of the draw before: an item for each point. */
export interface Draw {
  until: number
  drawn: readonly number[]
}

/**
 * Systematic sampling: the probabilities stand end to end on a line, and the points start, start + 1, ... each draw what
 * they fall on. All draws that there are, by where in [0, 1) the start lies: none is empty, and the last ends at 1.
 */
export function drawsOf(lengths: Float64Array, points: number): Draw[] {
  const ends = new Float64Array(lengths.length)
  let end = 0
  for (const [at, length] of lengths.entries()) {
    end += length
    ends[at] = end
  }
  // Between the places at which some point passes from one item to the next, nothing changes.
  const borders = [...new Set(Array.from(ends, (own) => own - Math.floor(own)).filter((own) => own > 0))]
  const draws: Draw[] = []
  let from = 0
  for (const until of [...borders.sort((a, b) => a - b), 1]) {
    const start = (from + until) / 2
    const drawn = Array.from({ length: points }, (_, point) => {
      const found = ends.findIndex((own) => own > start + point)
      // Sums of fractions may end a hair too early.
      return found === -1 ? lastOf(lengths) : found
    })
    draws.push({ until, drawn })
    from = until
  }
  return draws
}

const lastOf = (lengths: Float64Array): number => lengths.findLastIndex((length) => length > 0)
