import { SOURCES, type Source } from '../domain/recommendation.ts'
import type { Candidate } from '../recall/candidates.ts'
import type { SourceWeights } from './weights.ts'

/** A candidate with its score and what each source gave to it. */
export interface Scored {
  candidate: Candidate
  score: number
  /** Weighted shares by source; they sum to the score. */
  shares: Map<Source, number>
}

/**
 * Scores candidates by the weighted sum of their sources, each scaled by its own largest score to [0, 1]
 * (max normalisation; Lee 1997, "Analyses of multiple evidence combination", CombSUM). Sorted best first; ties by id,
 * so that an order never depends on which source answered first.
 * @param popularity shop-wide popularity in [0, 1] by id, where known
 */
export function scoreCandidates(
  candidates: readonly Candidate[],
  weights: SourceWeights,
  popularity: ReadonlyMap<string, number>,
): Scored[] {
  const largest = new Map<Source, number>()
  for (const candidate of candidates) {
    for (const [source, score] of candidate.scores) largest.set(source, Math.max(largest.get(source) ?? 0, score))
  }
  const scored = candidates.map((candidate) => {
    const shares = new Map<Source, number>()
    let total = 0
    const give = (source: Source, share: number) => {
      if (share <= 0) return
      shares.set(source, share)
      total += share
    }
    // In one fixed order: a sum of fractions depends on the order of its terms.
    for (const source of SOURCES) {
      const top = largest.get(source) ?? 0
      if (source === 'popular') give(source, weights.popular * (popularity.get(candidate.id) ?? 0))
      else if (top > 0) give(source, (weights[source] * (candidate.scores.get(source) ?? 0)) / top)
    }
    return { candidate, score: total, shares }
  })
  return scored.sort(byScore)
}

const byScore = (a: Scored, b: Scored) => b.score - a.score || (a.candidate.id < b.candidate.id ? -1 : 1)
