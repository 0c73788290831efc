import { DAY_MS } from '../base/clock.ts'
import { type ItemStatsText, packColumn, STAT_COLUMNS, STAT_UNITS, type StatColumn } from '../domain/item_stats.ts'
import { HALF_LIVES, type ItemSums } from './item_stats_sums.ts'
import type { LearnInput } from './learner.ts'
import { openScenes, type SceneLifts } from './scenes.ts'
import { openMarkets } from './scenes_markets.ts'

/** One value of D1 takes 2 MB; an isolate reads it within milliseconds. */
const TEXT_BYTES_MAX = 1_500_000
const BASE64 = 4 / 3
const YEAR_DAYS = 365
/** Chances of a repeat, buyers and gaps of the shop's own means that an item's are mixed with. */
const SHRINK = { chances: 20, buyers: 5, gaps: 5 } as const
/** What a shop is taken for before it is known: one repeat in so many chances. */
const CHANCES_PRIOR = 100

/** @returns null for a shop in which nobody did anything */
export function* statsText(sums: ItemSums, input: LearnInput): Generator<void, ItemStatsText | null> {
  const lifts = openScenes(input.state('scenes'))
  const rows = rowsKept(sums, input, lifts.scenes)
  if (rows.length === 0) return null
  const features = featuresOf(sums)
  const columns: Record<string, string> = {}
  for (const name of STAT_COLUMNS) {
    yield
    const read = features[name]
    columns[name] = packColumn(Int16Array.from(rows, (item) => Math.round(read(item) / STAT_UNITS[name])))
  }
  return {
    v: 1,
    asOfMs: input.newestMs,
    yearKnown: input.newestMs - openMarkets(input.state('markets')).oldestMs >= YEAR_DAYS * DAY_MS,
    ids: Array.from(rows, (item) => input.items[item]!),
    columns: columns as ItemStatsText['columns'],
    scenes: scenesText(lifts, rows, input),
  }
}

/** Items that somebody did something with; where they are too many, those that are wanted most. */
function rowsKept({ firstMs, faded }: ItemSums, { items }: LearnInput, scenes: number): Int32Array {
  const seen = Int32Array.from(items.keys()).filter((item) => Number.isFinite(firstMs[item]!))
  const numbers = (STAT_COLUMNS.length * 2 + scenes) * BASE64
  const bytesOf = (item: number) => new TextEncoder().encode(JSON.stringify(items[item])).length + 1 + numbers
  const lasting = (item: number) => faded[item * HALF_LIVES.length + HALF_LIVES.length - 1]!
  let left = TEXT_BYTES_MAX
  const fits = (item: number) => {
    left -= bytesOf(item)
    return left >= 0
  }
  if (seen.every(fits)) return seen
  left = TEXT_BYTES_MAX
  const wanted = seen.slice().sort((a, b) => lasting(b) - lasting(a) || a - b)
  const end = wanted.findIndex((item) => !fits(item))
  return wanted.slice(0, end === -1 ? wanted.length : end).sort()
}

/** Every column's feature of an item (shared/domain/item_stats.ts). */
function featuresOf(sums: ItemSums): Record<StatColumn, (item: number) => number> {
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
  const rate = (total(sums.repeats) + 1) / (total(sums.chances) + CHANCES_PRIOR)
  const share = total(sums.again) / Math.max(1, total(sums.buyers))
  const gap = total(sums.gaps) / Math.max(1, total(sums.repeats))
  const wishes = (at: number) => (item: number) =>
    Math.log((sums.faded[item * HALF_LIVES.length + at]! / (HALF_LIVES[at]! / Math.LN2)) * 100 + 0.1)
  const day = (ms: number) => Math.max(0, Math.floor(ms / DAY_MS))
  return {
    p7: wishes(0),
    p14: wishes(1),
    p28: wishes(2),
    p91: wishes(3),
    all: (item) => Math.log(sums.all[item]! + 0.5),
    year: (item) => Math.log(sums.year[item]! + 0.5),
    firstDay: (item) => day(sums.firstMs[item]!),
    lastDay: (item) => day(sums.lastMs[item]!),
    lastPurchaseDay: (item) => day(sums.lastPurchaseMs[item]!),
    rr: (item) => Math.log((sums.repeats[item]! + SHRINK.chances * rate) / (sums.chances[item]! + SHRINK.chances)),
    rp: (item) => (sums.again[item]! + SHRINK.buyers * share) / (sums.buyers[item]! + SHRINK.buyers),
    cyc: (item) => (sums.gaps[item]! + SHRINK.gaps * gap) / (sums.repeats[item]! + SHRINK.gaps),
    price: (item) =>
      sums.prices[item] === 0 ? -STAT_UNITS.price : Math.max(0, sums.priceSum[item]! / sums.prices[item]!),
  }
}

function scenesText({ scenes, lifts, markets, shifts }: SceneLifts, rows: Int32Array, input: LearnInput) {
  const own = new Int8Array(rows.length * scenes)
  for (const [at, item] of rows.entries()) own.set(lifts.subarray(item * scenes, (item + 1) * scenes), at * scenes)
  return {
    markets: Array.from(markets, (market) => input.markets[market]!),
    shifts: Array.from(shifts),
    lifts: packColumn(own),
  }
}
