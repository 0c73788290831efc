import { HOUR_MS } from '../base/clock.ts'
import { decodeArrays, encodeArrays } from './arrays.ts'
import { type Gathering, type Learner, type LearnInput, NO_BLOCKS } from './learner.ts'
import { walkVisits } from './walk_visits.ts'

/** What each market is like: by number, then visits that named none, then the whole shop. */
const SHAPE = { visits: 'Float64', cos: 'Float64', sin: 'Float64', priceSum: 'Float64', prices: 'Float64' } as const
type Sums = ReturnType<typeof openSums>['sums']

/** The middle of a day's activity, by every market's own clock: shops are busiest in the afternoon. */
const MIDDLE_HOUR = 15
/** A market with as many visits has its own middle and the shop's in equal parts. */
const VISITS_OF_THE_SHOP = 100
/** As many prices of a market weigh as much as the shop's mean. */
const PRICES_OF_THE_SHOP = 20
const DAY_HOURS = 24

/** Visits, hours and prices of each market: what other statistics are put in proportion to. Without rows of its own. */
export const marketsLearner: Learner = {
  name: 'markets',
  version: 1,
  dependsOn: [],
  gather: gatherMarkets,
  open: () => NO_BLOCKS,
}

function gatherMarkets(input: LearnInput): Gathering {
  const shop = input.markets.length + 1
  const sums = Object.fromEntries(Object.keys(SHAPE).map((name) => [name, new Float64Array(shop + 1)])) as Sums
  let oldestMs = input.newestMs
  return {
    passes: 1,
    *bucket(_pass, _bucket, visits) {
      let market = 0
      yield* walkVisits(visits, {
        visit(visit) {
          const own = visits.visitMarket[visit]!
          market = own === -1 ? shop - 1 : own
          const atMs = visits.visitAt[visit]!
          oldestMs = Math.min(oldestMs, atMs)
          const angle = ((atMs / HOUR_MS) % DAY_HOURS) * ((2 * Math.PI) / DAY_HOURS)
          for (const at of [market, shop]) {
            sums.visits[at]! += 1
            sums.cos[at]! += Math.cos(angle)
            sums.sin[at]! += Math.sin(angle)
          }
          return true
        },
        entry(entry) {
          const price = visits.price[entry]!
          if (Number.isNaN(price)) return
          for (const at of [market, shop]) {
            sums.priceSum[at]! += Math.log(price + 1)
            sums.prices[at]! += 1
          }
        },
      })
    },
    // biome-ignore lint/correctness/useYield: a few numbers a market
    *finish() {
      return encodeArrays(sums, { oldestMs })
    },
  }
}

function openSums(state: Uint8Array) {
  const { arrays, meta } = decodeArrays(state, SHAPE)
  return { sums: arrays, oldestMs: (meta as { oldestMs: number }).oldestMs }
}

export interface Markets {
  oldestMs: number
  /** Numbers of markets, the busiest first; equals by name. */
  busiest(most: number): number[]
  /**
   * Hours that make UTC the market's own time, in [-12, 12): they put the circular mean of its visits' hours at
   * MIDDLE_HOUR, which finds a country's time zone without being told where it is. -1 is any other market.
   */
  shift(market: number): number
  /** What has to be added to a market's log prices so that currencies do not matter. */
  priceOffset(market: number): number
}

/** Reads the state of `marketsLearner`. */
export function openMarkets(state: Uint8Array): Markets {
  const { sums, oldestMs } = openSums(state)
  const shop = sums.visits.length - 1
  const slot = (market: number) => (market === -1 ? shop - 1 : market)
  const mean = (own: Float64Array, at: number, per: Float64Array) => (per[at] === 0 ? 0 : own[at]! / per[at]!)
  const shift = (at: number) => {
    const cos = sums.cos[at]! + VISITS_OF_THE_SHOP * mean(sums.cos, shop, sums.visits)
    const sin = sums.sin[at]! + VISITS_OF_THE_SHOP * mean(sums.sin, shop, sums.visits)
    const hour = (Math.atan2(sin, cos) * DAY_HOURS) / (2 * Math.PI)
    const half = DAY_HOURS / 2
    return rounded(((((MIDDLE_HOUR - hour + half) % DAY_HOURS) + DAY_HOURS) % DAY_HOURS) - half)
  }
  const shopPrice = mean(sums.priceSum, shop, sums.prices)
  return {
    oldestMs,
    busiest: (most) =>
      [...sums.visits.subarray(0, shop - 1).keys()]
        .sort((a, b) => sums.visits[b]! - sums.visits[a]! || a - b)
        .slice(0, most),
    shift: (market) => shift(market === -1 ? shop : market),
    priceOffset(market) {
      const at = slot(market)
      const own = (sums.priceSum[at]! + PRICES_OF_THE_SHOP * shopPrice) / (sums.prices[at]! + PRICES_OF_THE_SHOP)
      return shopPrice - own
    },
  }
}

const rounded = (hours: number) => Math.round(hours * 100) / 100
