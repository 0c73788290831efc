import { dot, FACTOR_DIMS } from '../domain/item_factors.ts'
import { itemFactors, type Wishes } from './factors_svd.ts'
import { type Anchors, bent, likenessTo, positionBy, sharesBy, type TextMapSettings } from './text_map.ts'
import { anchorsOf } from './text_map_anchors.ts'
import { type Hidden, hideItems } from './text_map_hide.ts'
import { aucOf, centred, type Grid, gridOf, hitsOf } from './text_map_judge.ts'
import { along, rescaled, whiteningOf } from './text_map_whiten.ts'

/** What a shop gets that has too little to choose by: the middle of what was best on several. */
export const SHIPPED_SETTINGS: TextMapSettings = { eps: 0.3, power: 2, mapScale: 0.5, kernelScale: 30 }

const EPS = [0.03, 0.3, 1]
const POWERS = [2, 3]
/** Of likeness by text beside the position. */
const WEIGHTS = [0.25, 0.5, 1, 2, 4]
/** Fewer hidden items, or shoppers, are no measurement. */
const HIDDEN_MIN = 20
const SCORED_MIN = 50

/** What is fitted on: shoppers' wishes and the texts of the same items. */
export interface FitData {
  wishes: Wishes
  /** Row-major columns x rawDims. */
  vectors: Float32Array
  rawDims: number
}

/** The best settings of one way to score, and how well they did on the hidden items. */
export interface Fitted {
  settings: TextMapSettings
  /** An item's shoppers against all others, scores centred by shopper; .5 is chance. */
  auc: number
  /** Share of the shoppers with one of their hidden items among the ten best of all hidden. */
  hits: number
}

export interface TextMapFit {
  /** By position and text, by position alone, by text alone. */
  both: Fitted
  map: Fitted
  text: Fitted
  /** Hidden items, and shoppers that were scored. */
  items: number
  shoppers: number
}

type Way = 'both' | 'map' | 'text'

/** Rounded: engines may differ in the last bits, and the choice must not. */
const worthOf = ({ auc, hits }: Pick<Fitted, 'auc' | 'hits'>) => Math.round((auc + hits) * 1e6)

/**
 * Chooses the settings of a shop's map: a tenth of its items is hidden from factors and whitening, placed by text alone,
 * and ordered for the shoppers. The best sum of AUC and hit rate wins; of equals the first.
 * @returns null where the shop has too little to choose by
 */
export function* fitTextMap(data: FitData): Generator<void, TextMapFit | null> {
  const hidden = hideItems(data.wishes)
  if (hidden.items.length < HIDDEN_MIN || hidden.scored.length < SCORED_MIN) return null
  const trial = yield* trialOf(data, hidden)
  const scores = gridOf(hidden.scored.length, hidden.items.length)
  const best: Partial<Record<Way, Fitted>> = {}
  function* consider(way: Way, settings: TextMapSettings, map: Grid, kernel: Grid): Generator<void, void> {
    const { mapScale, kernelScale } = settings
    for (let at = 0; at < scores.values.length; at++)
      scores.values[at] = map.values[at]! * mapScale + kernel.values[at]! * kernelScale
    const hits = hitsOf(scores, hidden.wanted)
    yield
    for (let at = 0; at < scores.values.length; at++) scores.values[at] = bent(scores.values[at]!)
    centred(scores)
    const auc = aucOf(scores, hidden.wanted)
    if (best[way] === undefined || worthOf({ auc, hits }) > worthOf(best[way])) best[way] = { settings, auc, hits }
    yield
  }
  for (const eps of EPS) {
    const texts = yield* trial.at(eps)
    const mapSd = centred(texts.map)
    const alone = { eps, power: POWERS[0]!, mapScale: 1 / mapSd, kernelScale: 0 }
    yield* consider('map', alone, texts.map, texts.map)
    for (const power of POWERS) {
      const kernel = yield* texts.kernel(power)
      const kernelScale = 1 / centred(kernel)
      yield* consider('text', { eps, power, mapScale: 0, kernelScale }, texts.map, kernel)
      for (const weight of WEIGHTS) {
        const settings = { eps, power, mapScale: 1 / mapSd, kernelScale: weight * kernelScale }
        yield* consider('both', settings, texts.map, kernel)
      }
    }
  }
  const { both, map, text } = best
  if (!both || !map || !text) return null
  return { both, map, text, items: hidden.items.length, shoppers: hidden.scored.length }
}

/** A world without the hidden items, and their scores in it. */
function* trialOf({ vectors, rawDims }: FitData, { items, kept, scored }: Hidden) {
  const { vectors: factors, shoppers } = yield* itemFactors(kept)
  const warm = Int32Array.from([...shoppers.keys()].filter((item) => shoppers[item]! > 0))
  const place = new Int32Array(kept.columns).fill(-1)
  for (const [at, item] of warm.entries()) place[item] = at
  const whitening = yield* whiteningOf(rowsOf(vectors, rawDims, warm), rawDims)
  const projected = new Map<number, Float32Array>()
  for (const list of [warm, items])
    for (const item of list) {
      projected.set(item, along(whitening, vectors.subarray(item * rawDims, (item + 1) * rawDims)))
      if (projected.size % 64 === 0) yield
    }
  const pasts = Array.from(scored, (row) =>
    Int32Array.from(
      kept.byRow.column.subarray(kept.byRow.start[row]!, kept.byRow.start[row + 1]!),
      (item) => place[item]!,
    ),
  )
  return {
    *at(eps: number) {
      const textOf = (item: number) => rescaled(whitening, eps, projected.get(item)!)
      const anchors = anchorsOf(warm, { vectors: factors, shoppers }, whitening.axes, textOf)
      const likeness: Float64Array[] = []
      const positions: Float32Array[] = []
      for (const item of items) {
        const own = likenessTo(anchors, textOf(item))
        likeness.push(own)
        positions.push(positionBy(anchors, own))
        if (likeness.length % 4 === 0) yield
      }
      return {
        map: yield* positionScores(anchors, pasts, positions),
        kernel: (power: number) => shareScores(pasts, likeness, power, anchors),
      }
    },
  }
}

function rowsOf(vectors: Float32Array, dims: number, items: Int32Array): Float32Array {
  const out = new Float32Array(items.length * dims)
  for (const [at, item] of items.entries()) out.set(vectors.subarray(item * dims, (item + 1) * dims), at * dims)
  return out
}

/** The mean over all wishes is taken off, as `linksOf` does. */
function* positionScores(
  { factors, shoppers }: Anchors,
  pasts: ReadonlyArray<Int32Array>,
  positions: readonly Float32Array[],
): Generator<void, Grid> {
  const scores = gridOf(pasts.length, positions.length)
  const mean = new Float64Array(FACTOR_DIMS)
  const wishes = shoppers.reduce((sum, count) => sum + count, 0)
  for (let at = 0; at < factors.length; at++)
    mean[at % FACTOR_DIMS]! += (factors[at]! * shoppers[Math.floor(at / FACTOR_DIMS)]!) / wishes
  const pooled = new Float64Array(FACTOR_DIMS)
  for (const [row, past] of pasts.entries()) {
    pooled.fill(0)
    for (const anchor of past)
      for (let at = 0, from = anchor * FACTOR_DIMS; at < FACTOR_DIMS; at++)
        pooled[at]! += factors[from + at]! - mean[at]!
    for (const [column, position] of positions.entries())
      scores.values[row * scores.columns + column] = dot(pooled, position)
    if (row % 64 === 0) yield
  }
  return scores
}

function* shareScores(
  pasts: ReadonlyArray<Int32Array>,
  likeness: readonly Float64Array[],
  power: number,
  { count, shoppers }: Anchors,
): Generator<void, Grid> {
  const columns = likeness.length
  // By anchor, so that a shopper's sum walks rows.
  const byAnchor = new Float32Array(count * columns)
  const wishes = shoppers.reduce((sum, own) => sum + own, 0)
  for (const [column, own] of likeness.entries()) {
    const shares = sharesBy(own, power)
    const mean = dot(shares, shoppers) / wishes
    for (let anchor = 0; anchor < count; anchor++) byAnchor[anchor * columns + column] = shares[anchor]! - mean
    if (column % 16 === 0) yield
  }
  const scores = gridOf(pasts.length, columns)
  for (const [row, past] of pasts.entries()) {
    for (const anchor of past)
      for (let column = 0, from = anchor * columns, to = row * columns; column < columns; column++)
        scores.values[to + column]! += byAnchor[from + column]!
    if (row % 64 === 0) yield
  }
  return scores
}
