/** What several passes say together. */
export interface Consensus {
  /** Base places, the best first. */
  order: number[]
  /** 0 where passes agree no more than chance would, 1 where they are equal; 0 for a single pass. */
  agreement: number
}

/**
 * The Borda sum of several orders of the same candidates: a candidate gets n - 1 - place of each, equal sums stand in base
 * order. (Borda 1781; over presentations of one list: LLMRank's bootstrapping, arXiv 2305.08845, section 3.2.)
 * Agreement is the mean Kendall tau of all pairs of passes (Kendall, Biometrika 30, 1938), and 0 where that is negative: a
 * model that follows the places it is shown contradicts itself, since the presentations do.
 * @param passes permutations of 0 .. n - 1, at least one
 */
export function borda(passes: ReadonlyArray<readonly number[]>): Consensus {
  const n = passes[0]?.length ?? 0
  const points = new Array<number>(n).fill(0)
  for (const pass of passes) for (const [place, candidate] of pass.entries()) points[candidate]! += n - 1 - place
  const order = points.map((_, candidate) => candidate).sort((a, b) => points[b]! - points[a]! || a - b)
  return { order, agreement: agreementOf(passes) }
}

function agreementOf(passes: ReadonlyArray<readonly number[]>): number {
  const taus = passes.flatMap((first, index) => passes.slice(index + 1).map((second) => kendallTau(first, second)))
  if (taus.length === 0) return 0
  return Math.max(0, taus.reduce((sum, tau) => sum + tau, 0) / taus.length)
}

/**
 * Kendall's tau of two orders without ties: the share of pairs that stand alike less that of pairs that do not, in [-1, 1].
 * @param first, second permutations of 0 .. n - 1; 1 for fewer than two candidates
 */
export function kendallTau(first: readonly number[], second: readonly number[]): number {
  const n = first.length
  if (n < 2) return 1
  const place = new Array<number>(n)
  for (const [at, candidate] of second.entries()) place[candidate] = at
  let alike = 0
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) alike += place[first[i]!]! < place[first[j]!]! ? 1 : -1
  return alike / ((n * (n - 1)) / 2)
}
