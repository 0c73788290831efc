import { CLIP, DEVIATION_MIN } from '../../rank/order.ts'
import { minimize } from './lbfgs.ts'

/** Lists to learn an order from, all in columns: list t is the rows `start[t]` to `start[t + 1]`. */
export interface Lists {
  /** Features of a row. */
  width: number
  start: Int32Array
  /** Rows times width. */
  values: Float32Array
  /** 1: what was wanted. */
  wanted: Uint8Array
  /** How many candidates a row stands for: those that were left out are as the sampled ones. */
  stands: Float32Array
}

/** What a linear order is made of: a row's score is the sum of weight * clip((value - mean) / deviation). */
export interface Fitted {
  mean: Float64Array
  deviation: Float64Array
  weight: Float64Array
}

/** More wanted items of a list than this give it no more weight. */
const WANTED_MAX = 10
/** Shrinks the weights towards the prior's, in lists: as much as so many of them would say. */
const L2 = 30
const OPTIONS = { iterations: 150, tolerance: 1e-6 }

/**
 * A linear order fitted list by list: the softmax of the scores over a list against the wanted items' shares
 * (ListNet's top-one probability; Cao et al. 2007, "Learning to rank: from pairwise approach to listwise approach"),
 * with ridge regularisation towards a prior's weights. A row that stands for several counts as often in the sum (importance
 * sampling; Bengio and Senécal 2008), so that what was sampled for a list does not bend the order. Lists without a wanted item, or without another, say nothing.
 * Convex: there is one answer, and it does not depend on how the lists are ordered but for the last bits of its sums.
 * @param slopes what the prior's score gains by a raw unit of each feature; zeros where there is none
 */
export function* fitListwise(lists: Lists, slopes: Float64Array): Generator<void, Fitted> {
  const { width } = lists
  const scale = scaleOf(lists)
  const prior = slopes.map((slope, at) => slope * scale.deviation[at]!)
  yield
  const rows = standardised(lists, scale)
  yield
  const informative = informativeLists(lists)
  const scores = new Float64Array(longest(lists))
  const total = Math.max(1, informative.length)
  const objective = (point: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0)
    let loss = 0
    for (const list of informative) loss += addList(lists, rows, list, point, gradient, scores)
    for (let at = 0; at < width; at++) {
      const off = point[at]! - prior[at]!
      gradient[at] = gradient[at]! / total + (L2 / total) * off
      loss += (L2 / 2) * off * off
    }
    return loss / total
  }
  const weight = yield* minimize(objective, prior.slice(), OPTIONS)
  return { ...scale, weight }
}

function addList(
  { width, start, wanted, stands }: Lists,
  rows: Float32Array,
  { list, share, emphasis }: { list: number; share: number; emphasis: number },
  point: Float64Array,
  gradient: Float64Array,
  scores: Float64Array,
): number {
  const from = start[list]!
  const size = start[list + 1]! - from
  let top = Number.NEGATIVE_INFINITY
  for (let row = 0; row < size; row++) {
    let score = 0
    const base = (from + row) * width
    for (let at = 0; at < width; at++) score += rows[base + at]! * point[at]!
    scores[row] = score
    if (score > top) top = score
  }
  let sum = 0
  for (let row = 0; row < size; row++) sum += stands[from + row]! * Math.exp(scores[row]! - top)
  const logSum = top + Math.log(sum)
  let loss = 0
  for (let row = 0; row < size; row++) {
    const chance = stands[from + row]! * Math.exp(scores[row]! - logSum)
    const target = wanted[from + row] === 1 ? share : 0
    if (target > 0) loss += emphasis * target * (logSum - scores[row]!)
    const error = emphasis * (chance - target)
    const base = (from + row) * width
    for (let at = 0; at < width; at++) gradient[at]! += error * rows[base + at]!
  }
  return loss
}

function informativeLists({ start, wanted }: Lists) {
  const found: Array<{ list: number; share: number; emphasis: number }> = []
  for (let list = 0; list + 1 < start.length; list++) {
    let count = 0
    for (let row = start[list]!; row < start[list + 1]!; row++) count += wanted[row]!
    if (count > 0 && count < start[list + 1]! - start[list]!)
      // The square root: a long list of wanted items is more evidence, but of one shopper.
      found.push({ list, share: 1 / count, emphasis: Math.sqrt(Math.min(count, WANTED_MAX)) })
  }
  return found
}

const longest = ({ start }: Lists) => {
  let most = 0
  for (let list = 0; list + 1 < start.length; list++) most = Math.max(most, start[list + 1]! - start[list]!)
  return most
}

function scaleOf({ width, values }: Lists): Pick<Fitted, 'mean' | 'deviation'> {
  const mean = new Float64Array(width)
  const square = new Float64Array(width)
  const rows = values.length / width
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < width; at++) {
      const value = values[row * width + at]!
      mean[at]! += value
      square[at]! += value * value
    }
  }
  for (let at = 0; at < width; at++) {
    mean[at]! /= Math.max(1, rows)
    square[at] = Math.sqrt(Math.max(0, square[at]! / Math.max(1, rows) - mean[at]! ** 2))
  }
  return { mean, deviation: square }
}

function standardised({ width, values }: Lists, { mean, deviation }: Pick<Fitted, 'mean' | 'deviation'>): Float32Array {
  const rows = new Float32Array(values.length)
  for (let at = 0; at < values.length; at++) {
    const own = at % width
    rows[at] = standardise(values[at]!, mean[own]!, deviation[own]!)
  }
  return rows
}

/** A feature's value as the order sees it, in [-CLIP, CLIP]; 0 where the feature never differs. */
export const standardise = (value: number, mean: number, deviation: number): number =>
  deviation < DEVIATION_MIN ? 0 : Math.max(-CLIP, Math.min(CLIP, (value - mean) / deviation))
