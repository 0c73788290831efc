import { nthSmallest } from '../base/nth_smallest.ts'
import type { LinearOrder } from '../domain/ranker.ts'
import { SOURCES, type Source } from '../domain/recommendation.ts'
import type { Candidate } from '../recall/candidates.ts'
import { eachFeature, FEATURE_NAMES, FEATURES, type FeatureInput } from './features.ts'

/** Standardised values beyond this say no more. */
export const CLIP = 5
/** A feature that hardly differs has nothing to say, and must not be blown up. */
export const DEVIATION_MIN = 1e-6

/** A candidate with its score and what each source gave to it. */
export interface Scored {
  candidate: Candidate
  /** In (0, 1]: how likely it is to be wanted, relative to the best of the list. */
  score: number
  /** What speaks for it more than for the list's average item, by source, in log odds; only what does. */
  shares: ReadonlyMap<Source, number>
  /** The same by feature, for and against; its place in FEATURES. */
  parts: Float64Array
}

/** An order with its features in place. */
export interface CompiledOrder {
  mean: Float64Array
  deviation: Float64Array
  weight: Float64Array
}

const compiled = new WeakMap<LinearOrder, CompiledOrder>()

/** An order by the places of FEATURES; compiled once an object. */
export function compileOrder(order: LinearOrder): CompiledOrder {
  const known = compiled.get(order)
  if (known) return known
  const size = FEATURE_NAMES.length
  const own: CompiledOrder = {
    mean: new Float64Array(size),
    deviation: new Float64Array(size),
    weight: new Float64Array(size),
  }
  for (const [at, name] of FEATURE_NAMES.entries()) {
    if (!Object.hasOwn(order, name)) continue
    const [mean, deviation, weight] = order[name]!
    own.mean[at] = mean
    own.deviation[at] = deviation
    own.weight[at] = deviation < DEVIATION_MIN ? 0 : weight
  }
  compiled.set(order, own)
  return own
}

const PLACE_OF_SOURCE = new Map(SOURCES.map((source, place) => [source, place]))
const SOURCE_PLACES = FEATURES.map((feature) => PLACE_OF_SOURCE.get(feature.source)!)

/** What a feature's value counts for in a score. */
const partOf = ({ mean, deviation, weight }: CompiledOrder, at: number, value: number) =>
  weight[at]! * Math.max(-CLIP, Math.min(CLIP, (value - mean[at]!) / deviation[at]!))

const byTotal = (candidates: readonly Candidate[], totals: Float64Array) => (a: number, b: number) =>
  totals[b]! - totals[a]! || (candidates[a]!.id < candidates[b]!.id ? -1 : 1)

/**
 * Scores candidates by a linear order, best first; ties by id, so that an order never depends on which source answered
 * first. The score is the softmax relative to its largest term: the order is fitted list by list as a softmax (see
 * shared/learn/ranker), so the ratio of two scores is the odds of wanting the one over the other.
 */
export function scoreCandidates(input: FeatureInput, order: LinearOrder): Scored[] {
  const { candidates } = input
  const width = FEATURES.length
  const own = compileOrder(order)
  const parts = new Float64Array(candidates.length * width)
  const totals = new Float64Array(candidates.length)
  eachFeature(input, own.weight, (at, values) => {
    let sum = 0
    for (let row = 0; row < values.length; row++) {
      const part = partOf(own, at, values[row]!)
      parts[row * width + at] = part
      totals[row]! += part
      sum += part / values.length
    }
    // What is said of an item is said beside the list's average one.
    for (let row = 0; row < values.length; row++) parts[row * width + at]! -= sum
  })
  const top = totals.reduce((most, total) => Math.max(most, total), Number.NEGATIVE_INFINITY)
  const places = [...candidates.keys()].sort(byTotal(candidates, totals))
  return places.map((row) => {
    const mine = parts.subarray(row * width, (row + 1) * width)
    return { candidate: candidates[row]!, score: Math.exp(totals[row]! - top), shares: sharesOf(mine), parts: mine }
  })
}

/** Less is the rounding of a mean, and nothing that speaks for an item. In log odds. */
const SHARE_MIN = 1e-6

function sharesOf(parts: Float64Array): Map<Source, number> {
  const sums = new Float64Array(SOURCES.length)
  for (let at = 0; at < parts.length; at++) sums[SOURCE_PLACES[at]!]! += parts[at]!
  const shares = new Map<Source, number>()
  for (const [place, source] of SOURCES.entries()) if (sums[place]! > SHARE_MIN) shares.set(source, sums[place]!)
  return shares
}

/**
 * The best candidates' ids, best first: what is left of scoring where nothing is explained.
 * @param limit ids at most; all, without it
 */
export function bestIds(input: FeatureInput, order: LinearOrder, limit = input.candidates.length): string[] {
  const { candidates } = input
  const own = compileOrder(order)
  const totals = new Float64Array(candidates.length)
  eachFeature(input, own.weight, (at, values) => {
    for (let row = 0; row < values.length; row++) totals[row]! += partOf(own, at, values[row]!)
  })
  const left = limit >= totals.length ? [...totals.keys()] : largest(totals, limit)
  return left
    .sort(byTotal(candidates, totals))
    .slice(0, limit)
    .map((row) => candidates[row]!.id)
}

/** Places of at least so many largest values; of all that equal the last of them. */
function largest(values: Float64Array, count: number): number[] {
  const least = nthSmallest(values.slice(), values.length - count)
  return least === undefined ? [] : [...values.keys()].filter((at) => values[at]! >= least)
}
