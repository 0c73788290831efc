import { FACTOR_DIMS } from '../domain/item_factors.ts'
import { FACTOR_PRIOR } from './factors_svd.ts'

/** What is chosen for each shop, on items whose events are hidden (text_map_fit.ts). */
export interface TextMapSettings {
  /** Added to every axis' variance, as a share of the largest: small makes all axes of the texts count alike. */
  eps: number
  /** A likeness of texts counts to this power. */
  power: number
  /** Of a shopper's wish for an item's position, in standard deviations over shoppers and items. */
  mapScale: number
  /** Of a shopper's wish by likeness of texts alone, with its weight beside the former. */
  kernelScale: number
}

/** Items that are wanted often enough to be stood on, by text and by who wants them. */
export interface Anchors {
  count: number
  /** Numbers of a text: whitened, unit length. */
  textDims: number
  /** Row-major count x textDims. */
  texts: Float32Array
  /** Row-major count x FACTOR_DIMS, unit length. */
  factors: Float32Array
  shoppers: Int32Array
}

/** Where a text puts an item. */
export interface Placement {
  /** The mean factor of its nearest anchors: the longer, the more they agree. Zeros where no anchor is alike. */
  position: Float32Array
  /** Each anchor's share of the likeness by text. */
  shares: Float64Array
}

/** Texts that a position is the mean of; more of them blur it (30 and 100 were tried on two shops). */
const POSITION_ANCHORS = 30
/** The position counts likeness to this power. */
const POSITION_POWER = 3

/**
 * Cosine of a text to each anchor's; 0 where it is negative.
 * @param text whitened, unit length
 * @param except an anchor that is the item itself; -1 for none
 */
export function likenessTo({ count, textDims, texts }: Anchors, text: Float32Array, except = -1): Float64Array {
  const likeness = new Float64Array(count)
  for (let anchor = 0, from = 0; anchor < count; anchor++, from += textDims) {
    let sum = 0
    for (let at = 0; at < textDims; at++) sum += text[at]! * texts[from + at]!
    if (sum > 0 && anchor !== except) likeness[anchor] = sum
  }
  return likeness
}

/** Where a text puts an item, from its likeness to the anchors. */
export const placeText = (anchors: Anchors, likeness: Float64Array, power: number): Placement => ({
  position: positionBy(anchors, likeness),
  shares: sharesBy(likeness, power),
})

/**
 * The mean factor of the nearest anchors, weighed by likeness^3 shoppers / (shoppers + 10). A linear map of the same
 * inputs is worse by .03 to .05 of AUC on items without events.
 */
export function positionBy(anchors: Anchors, likeness: Float64Array): Float32Array {
  const position = new Float32Array(FACTOR_DIMS)
  let total = 0
  for (const [anchor, cosine] of strongestOf(likeness, POSITION_ANCHORS)) {
    const shoppers = anchors.shoppers[anchor]!
    const weight = (cosine ** POSITION_POWER * shoppers) / (shoppers + FACTOR_PRIOR)
    const from = anchor * FACTOR_DIMS
    for (let at = 0; at < FACTOR_DIMS; at++) position[at]! += weight * anchors.factors[from + at]!
    total += weight
  }
  if (total > 0) for (let at = 0; at < FACTOR_DIMS; at++) position[at]! /= total
  return position
}

/** Likeness to a power; all shares add up to 1. */
export function sharesBy(likeness: Float64Array, power: number): Float64Array {
  const shares = likeness.map((cosine) => cosine ** power)
  const sum = shares.reduce((all, share) => all + share, 0)
  if (sum > 0) for (let at = 0; at < shares.length; at++) shares[at]! /= sum
  return shares
}

/** The largest positive values with their places, largest first; ties by place. */
export function strongestOf(values: Float64Array, most: number): Array<[at: number, value: number]> {
  const found: Array<[number, number]> = []
  let floor = 0
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (value <= floor) continue
    found.push([at, value])
    // Cut now and then, so that a value costs a comparison as a rule.
    if (found.length < most * 4) continue
    cut(found, most)
    floor = found.length === most ? found[most - 1]![1] : floor
  }
  return cut(found, most)
}

function cut(found: Array<[number, number]>, most: number): Array<[number, number]> {
  found.sort((a, b) => b[1] - a[1] || a[0] - b[0])
  if (found.length > most) found.length = most
  return found
}

/**
 * How much more than others a shopper who wanted an anchor wants a placed item: the mean over all wishes is 0. Summed
 * over a shopper's past it is the score of the item for the shopper; it is not divided by the length of the past.
 */
export function linksOf(
  { count, factors, shoppers }: Pick<Anchors, 'count' | 'factors' | 'shoppers'>,
  { mapScale, kernelScale }: TextMapSettings,
  { position, shares }: Placement,
): Float64Array {
  const links = new Float64Array(count)
  let total = 0
  let wishes = 0
  for (let anchor = 0, from = 0; anchor < count; anchor++, from += FACTOR_DIMS) {
    let sum = 0
    for (let at = 0; at < FACTOR_DIMS; at++) sum += position[at]! * factors[from + at]!
    links[anchor] = sum * mapScale + shares[anchor]! * kernelScale
    total += links[anchor]! * shoppers[anchor]!
    wishes += shoppers[anchor]!
  }
  // Else what many anchors are near to would go to whoever wanted much.
  for (let anchor = 0; anchor < count; anchor++) links[anchor]! -= total / Math.max(1, wishes)
  return links
}

/** Scores are in standard deviations; what is further out than this counts by its logarithm. */
const BEND = 0.5

/**
 * How much a shopper wants a placed item: the sum of its links to their past. Bent, since who did much is far out with
 * every item, one way or the other; the order of items for one shopper is that of the sums.
 */
export function affinityOf(links: ArrayLike<number>, past: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < past.length; at++) sum += links[past[at]!]!
  return bent(sum)
}
export const bent = (sum: number): number => Math.asinh(sum / BEND)
