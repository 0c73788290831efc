import type { Moments } from './moments.ts'
import { solveRidge } from './ridge.ts'
import { Strongest } from './strongest.ts'

/** How an item is regressed on others. */
export interface RegressionOptions {
  /** Items that one is regressed on. */
  candidates: number
  /** lambda as a share of the moments' crowding. */
  strength: number
}

/** Pulls the likeness of pairs that were seen in few rows towards nothing: n / (n + this). */
const SHRINKAGE = 5

export interface Solution {
  /** Ascending. Valid until the next solution, as the weights are. */
  anchors: Int32Array
  /** What an anchor's value of one adds to the target's. */
  weights: Float64Array
  /** Multiplications, about. */
  steps: number
}

/**
 * Regresses one item's column on those of the items most like it, with ridge regularisation: EASE (Steck 2019,
 * "Embarrassingly shallow autoencoders for sparse data") restricted to candidates, as SLIM with feature selection (Ning
 * and Karypis 2011) is, so that no inverse of a matrix of all items is needed. Candidates are the largest cosines,
 * shrunk by support.
 */
export function createRegression(
  moments: Moments,
  { candidates, strength }: RegressionOptions,
): (target: number) => Solution {
  const { anchorMass, targetMass, crossed } = moments
  const gram = new Float64Array(candidates * candidates)
  const right = new Float64Array(candidates)
  const strongest = new Strongest(candidates)
  const lambda = strength * moments.crowding
  return (target) => {
    let steps = moments.cross(target)
    const mass = targetMass[target]!
    for (const anchor of crossed.touched()) {
      const dot = crossed.dot[anchor]!
      const support = crossed.shared[anchor]!
      if (dot <= 0 || (anchor === target && !moments.self)) continue
      strongest.offer(anchor, (dot / Math.sqrt(anchorMass[anchor]! * mass)) * (support / (support + SHRINKAGE)))
    }
    const anchors = Int32Array.from(strongest.take()).sort()
    const size = anchors.length
    if (size === 0) return { anchors, weights: right.subarray(0, 0), steps }
    steps += moments.gram(anchors, gram)
    for (let at = 0; at < size; at++) right[at] = crossed.dot[anchors[at]!]!
    solveRidge(gram, size, lambda, right)
    return { anchors, weights: right.subarray(0, size), steps: steps + size ** 3 / 6 }
  }
}
