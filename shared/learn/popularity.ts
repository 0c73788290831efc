import { DAY_MS } from '../base/clock.ts'
import type { ListEntry } from '../store/catalogue/learning.ts'
import { type EventMatrix, keptIntents } from './event_matrix.ts'

/** A shopper's interest of this age counts half, for lasting popularity and for what is trending. */
const POPULARITY_HALF_LIFE_MS = 90 * DAY_MS
const TRENDING_HALF_LIFE_MS = 7 * DAY_MS
/** Older events are no part of a trend, and their buyers are not counted in its reason. */
const TRENDING_WINDOW_MS = 28 * DAY_MS
/** A market with as much activity as this weighs its own taste and the shop's equally. */
const BACK_OFF = 10
const TRENDING_KEPT = 150

/** Decayed counts of distinct shoppers: one shopper counts once an item, by the latest and strongest event. */
function distinctShoppers(
  matrix: EventMatrix,
  intents: Float64Array,
  halfLifeMs: number,
  windowMs: number,
  market: number | null,
): { decayed: Float64Array; count: Int32Array } {
  const items = matrix.items.names.length
  const best = new Map<number, number>()
  const buyers = new Set<number>()
  for (let row = 0; row < matrix.item.length; row++) {
    if (market !== null && matrix.market.values[row] !== market) continue
    const age = matrix.newestMs - matrix.at.values[row]!
    if (age > windowMs) continue
    const pair = matrix.shopper.values[row]! * items + matrix.item.values[row]!
    const weight = intents[row]! * 0.5 ** (age / halfLifeMs)
    if (weight > (best.get(pair) ?? 0)) best.set(pair, weight)
    if (intents[row] === 1) buyers.add(pair)
  }
  const decayed = new Float64Array(items)
  for (const [pair, weight] of best) decayed[pair % items]! += weight
  const count = new Int32Array(items)
  for (const pair of buyers) count[pair % items]! += 1
  return { decayed, count }
}

/**
 * Shop-wide popularity in [0, 1]: log-damped decayed counts of distinct shoppers, relative to the shop's newest event.
 * Damping keeps one best seller from hiding the rest, and one busy robot from making one.
 */
export function popularity(matrix: EventMatrix): Array<readonly [string, number]> {
  const { decayed } = distinctShoppers(
    matrix,
    keptIntents(matrix),
    POPULARITY_HALF_LIFE_MS,
    Number.POSITIVE_INFINITY,
    null,
  )
  const damped = decayed.map(Math.log1p)
  const top = damped.reduce((max, value) => Math.max(max, value), 0)
  if (top === 0) return []
  return matrix.items.names.map((name, item) => [name, Math.round((damped[item]! / top) * 1e5) / 1e5] as const)
}

/**
 * What is trending in each market and in the whole shop (`*`): decayed distinct shoppers of the last four weeks. A market
 * backs off to the shop: its own counts are joined by the shop's as if BACK_OFF shoppers of the market had followed it.
 * The count of an entry is the market's own buyers, which is all that a reason may cite.
 */
export function trending(matrix: EventMatrix, markets: readonly string[]): Map<string, ListEntry[]> {
  const intents = keptIntents(matrix)
  const shop = distinctShoppers(matrix, intents, TRENDING_HALF_LIFE_MS, TRENDING_WINDOW_MS, null)
  const total = shop.decayed.reduce((sum, value) => sum + value, 0)
  const lists = new Map<string, ListEntry[]>([['*', best(matrix, shop.decayed, shop.count)]])
  if (total === 0) return lists
  for (const market of markets) {
    const number = matrix.markets.names.indexOf(market)
    const own =
      number === -1
        ? { decayed: new Float64Array(shop.decayed.length), count: new Int32Array(shop.count.length) }
        : distinctShoppers(matrix, intents, TRENDING_HALF_LIFE_MS, TRENDING_WINDOW_MS, number)
    const blended = own.decayed.map((value, item) => value + (BACK_OFF * shop.decayed[item]!) / total)
    lists.set(market, best(matrix, blended, own.count))
  }
  return lists
}

function best(matrix: EventMatrix, scores: Float64Array, counts: Int32Array): ListEntry[] {
  const order = [...scores.keys()].filter((item) => scores[item]! > 0)
  order.sort((a, b) => scores[b]! - scores[a]! || (matrix.items.names[a]! < matrix.items.names[b]! ? -1 : 1))
  const top = scores[order[0] ?? 0] ?? 0
  return order
    .slice(0, TRENDING_KEPT)
    .map((item) => [matrix.items.names[item]!, Math.round((scores[item]! / top) * 1e4) / 1e4, counts[item]!])
}
