import { DAY_MS } from '../base/clock.ts'
import { LIMITS } from '../domain/limits.ts'
import { decodeArrays, encodeArrays } from './arrays.ts'
import type { Learner, LearnInput } from './learner.ts'
import type { Visits } from './visits.ts'

/** A shopper's interest of this age counts half, for lasting popularity and for what is trending. */
const POPULARITY_HALF_LIFE_MS = 90 * DAY_MS
const TRENDING_HALF_LIFE_MS = 7 * DAY_MS
/** Older events are no part of a trend, and their buyers are not counted in its reason. */
const TRENDING_WINDOW_MS = 28 * DAY_MS
/** A market with as much activity as this weighs its own taste and the shop's equally. */
const BACK_OFF = 10
const TRENDING_KEPT = 150
/** What one shopper wants is no trend, however busy: a robot and a reseller are one shopper each. */
const SHOPPERS_MIN = 2
/** Markets whose counts are held at once: 8 MB with 20,000 items. */
const MARKETS_PER_PASS = 32
const ENTRIES_PER_BREATH = 200_000

/** Decayed counts of distinct shoppers by item: one shopper counts once an item, by the latest and strongest event. */
function shopperCounts(items: number) {
  const decayed = new Float64Array(items)
  const shoppers = new Int32Array(items)
  const buyers = new Int32Array(items)
  const best = new Float64Array(items)
  const bought = new Uint8Array(items)
  const touched: number[] = []
  return {
    decayed,
    shoppers,
    buyers,
    add(item: number, intent: number, weight: number) {
      if (best[item] === 0) touched.push(item)
      best[item] = Math.max(best[item]!, weight)
      if (intent === 1) bought[item] = 1
    },
    /** What was added was one shopper's. */
    endShopper() {
      for (const item of touched) {
        decayed[item]! += best[item]!
        shoppers[item]! += 1
        buyers[item]! += bought[item]!
        best[item] = 0
        bought[item] = 0
      }
      touched.length = 0
    },
  }
}

/** Goes through the wishes of a bucket that are younger than the window, shopper by shopper. */
function* eachShopper(
  visits: Visits,
  newestMs: number,
  windowMs: number,
  halfLifeMs: number,
  add: (item: number, intent: number, weight: number, market: number) => void,
  end: () => void,
): Generator<void> {
  let sinceBreath = 0
  for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
    for (let visit = visits.shopperStart[shopper]!; visit < visits.shopperStart[shopper + 1]!; visit++) {
      const ageMs = newestMs - visits.visitAt[visit]!
      if (ageMs > windowMs) continue
      const fade = 0.5 ** (ageMs / halfLifeMs)
      const market = visits.visitMarket[visit]!
      for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++) {
        const intent = visits.intent[entry]!
        if (intent > 0) add(visits.item[entry]!, intent, intent * fade, market)
        sinceBreath += 1
      }
    }
    end()
    if (sinceBreath >= ENTRIES_PER_BREATH) {
      sinceBreath = 0
      yield
    }
  }
}

/**
 * Shop-wide popularity in [0, 1]: log-damped decayed counts of distinct shoppers, relative to the shop's newest event.
 * Damping keeps one best seller from hiding the rest, and one busy robot from making one.
 */
export const popularityLearner: Learner = {
  name: 'popularity',
  version: 1,
  dependsOn: [],
  gather(input) {
    const counts = shopperCounts(input.items.length)
    return {
      passes: 1,
      bucket: (_pass, _bucket, visits) =>
        eachShopper(
          visits,
          input.newestMs,
          Number.POSITIVE_INFINITY,
          POPULARITY_HALF_LIFE_MS,
          counts.add,
          counts.endShopper,
        ),
      // biome-ignore lint/correctness/useYield: two columns
      *finish() {
        return encodeArrays({ decayed: counts.decayed })
      },
    }
  },
  open(state, input) {
    const { decayed } = decodeArrays(state, { decayed: 'Float64' }).arrays
    return {
      // All in one: items that it does not name are not popular any more.
      count: 1,
      *block() {
        const damped = decayed.map(Math.log1p)
        const top = damped.reduce((max, value) => Math.max(max, value), 0)
        if (top === 0) return []
        return input.items.map((id, item) =>
          JSON.stringify(['popularity', id, Math.round((damped[item]! / top) * 1e5) / 1e5]),
        )
      },
    }
  },
}

/**
 * What is trending in each market and in the whole shop (`*`): decayed distinct shoppers of the last four weeks. A market
 * backs off to the shop: its own counts are joined by the shop's as if BACK_OFF shoppers of the market had followed it.
 * What fewer than SHOPPERS_MIN shoppers want counts nowhere; scores are the logarithm of counts, relative to the first.
 * The count of an entry is the market's own buyers, which is all that a reason may cite.
 */
export const createTrendingLearner = (shoppersMin = SHOPPERS_MIN): Learner => ({
  name: 'trending',
  version: 2,
  dependsOn: [],
  gather(input) {
    const items = input.items.length
    const shop = shopperCounts(items)
    const visitsOf = new Int32Array(input.markets.length)
    // Made once the first pass has told which markets matter.
    let chosen: number[] = []
    let group: { first: number; counts: Array<ReturnType<typeof shopperCounts>> } | null = null
    const lines: string[] = []
    const groups = Math.ceil(Math.min(input.markets.length, LIMITS.marketsPerShop) / MARKETS_PER_PASS)
    const closeGroup = () => {
      for (const [at, own] of (group?.counts ?? []).entries())
        lines.push(line(input.markets[chosen[group!.first + at]!]!, blended(own, shop, shoppersMin), own.buyers, input))
      group = null
    }
    const openGroup = (pass: number) => {
      const first = (pass - 1) * MARKETS_PER_PASS
      const size = Math.min(MARKETS_PER_PASS, chosen.length - first)
      group = { first, counts: Array.from({ length: size }, () => shopperCounts(items)) }
      return group
    }
    const walk = (visits: Visits, add: Parameters<typeof eachShopper>[4], end: () => void) =>
      eachShopper(visits, input.newestMs, TRENDING_WINDOW_MS, TRENDING_HALF_LIFE_MS, add, end)
    return {
      passes: 1 + groups,
      *bucket(pass, bucket, visits) {
        if (pass === 0) {
          for (const market of visits.visitMarket) if (market !== -1) visitsOf[market]! += 1
          yield* walk(visits, shop.add, shop.endShopper)
          return
        }
        if (bucket === 0) {
          if (pass === 1) chosen = busiest(visitsOf)
          closeGroup()
          openGroup(pass)
        }
        const { first, counts } = group!
        const countsOf = new Map(counts.map((own, at) => [chosen[first + at]!, own]))
        yield* walk(
          visits,
          (item, intent, weight, market) => countsOf.get(market)?.add(item, intent, weight),
          () => {
            for (const own of counts) own.endShopper()
          },
        )
      },
      // biome-ignore lint/correctness/useYield: a list a market
      *finish() {
        closeGroup()
        const text = [line('*', supported(shop, shoppersMin), shop.buyers, input), ...lines.sort()].join('\n')
        return new TextEncoder().encode(text)
      },
    }
  },
  open: (state) => ({
    count: 1,
    // biome-ignore lint/correctness/useYield: the passes made them
    *block() {
      return new TextDecoder().decode(state).split('\n')
    },
  }),
})

export const trendingLearner = createTrendingLearner()

/** The markets with the most visits, as many as a shop may have; ties by name, which is by number. */
const busiest = (visitsOf: Int32Array): number[] =>
  [...visitsOf.keys()].sort((a, b) => visitsOf[b]! - visitsOf[a]! || a - b).slice(0, LIMITS.marketsPerShop)

type Counts = Pick<ReturnType<typeof shopperCounts>, 'decayed' | 'shoppers'>

const supported = ({ decayed, shoppers }: Counts, shoppersMin: number): Float64Array =>
  decayed.map((value, item) => (shoppers[item]! >= shoppersMin ? value : 0))

/** A market's counts joined by the shop's: a lone reseller in a small market moves neither. */
function blended(own: Counts, shop: Counts, shoppersMin: number): Float64Array {
  const all = supported(shop, shoppersMin)
  const total = all.reduce((sum, value) => sum + value, 0)
  const counted = supported(own, shoppersMin)
  return total === 0 ? counted : counted.map((value, item) => value + (BACK_OFF * all[item]!) / total)
}

function line(market: string, counted: Float64Array, buyers: Int32Array, { items }: LearnInput): string {
  const order = [...counted.keys()].filter((item) => counted[item]! > 0)
  order.sort((a, b) => counted[b]! - counted[a]! || a - b)
  const top = Math.log1p(counted[order[0] ?? 0] ?? 0)
  const entries = order
    .slice(0, TRENDING_KEPT)
    .map((item) => [items[item]!, Math.round((Math.log1p(counted[item]!) / top) * 1e4) / 1e4, buyers[item]!])
  return JSON.stringify(['trending', market, entries])
}
