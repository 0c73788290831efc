import { DAY_MS } from '../base/clock.ts'
import { decodeArrays, encodeArrays } from './arrays.ts'
import type { Gathering, LearnInput } from './learner.ts'
import { openMarkets } from './scenes_markets.ts'
import { walkVisits } from './walk_visits.ts'

/** Half-lives of an item's wishes, in days. */
export const HALF_LIVES = [7, 14, 28, 91] as const
const YEAR_DAYS = 365
const MONTH_DAYS = 30

/** Sums of every item. */
const SHAPE = {
  /** Row `item` of one number a half-life. */
  faded: 'Float64',
  all: 'Float64',
  year: 'Float64',
  firstMs: 'Float64',
  lastMs: 'Float64',
  lastPurchaseMs: 'Float64',
  /** Buyers, and those who bought again. */
  buyers: 'Float64',
  again: 'Float64',
  /** Purchases after the first, and purchase visits of its buyers after their first of it. */
  repeats: 'Float64',
  chances: 'Float64',
  /** Logs of days between purchases. */
  gaps: 'Float64',
  priceSum: 'Float64',
  prices: 'Float64',
} as const
export type ItemSums = ReturnType<typeof openSums>['arrays']
export const openSums = (state: Uint8Array) => decodeArrays(state, SHAPE)

/** One pass; memory: some 130 bytes an item. */
export function gatherSums(input: LearnInput): Gathering {
  const items = input.items.length
  const sums = Object.fromEntries(
    Object.keys(SHAPE).map((name) => [name, new Float64Array(name === 'faded' ? items * HALF_LIVES.length : items)]),
  ) as ItemSums
  sums.firstMs.fill(Number.POSITIVE_INFINITY)
  const wishes = createWishes(input, sums)
  const repeats = createRepeats(items, sums)
  const { priceOffset } = openMarkets(input.state('markets'))
  const offsets = Float64Array.from([...input.markets.keys(), -1], priceOffset)
  return {
    passes: 1,
    *bucket(_pass, _bucket, visits) {
      let offset = 0
      yield* walkVisits(visits, {
        visit(visit) {
          const atMs = visits.visitAt[visit]!
          offset = offsets.at(visits.visitMarket[visit]!)!
          wishes.visit(atMs)
          repeats.visit(atMs)
          return true
        },
        entry(entry, item) {
          wishes.entry(item, visits.intent[entry]!)
          if (visits.basket[entry] !== 0) repeats.bought(item)
          const price = visits.price[entry]!
          if (Number.isNaN(price)) return
          sums.priceSum[item]! += Math.log(price + 1) + offset
          sums.prices[item]! += 1
        },
        end() {
          wishes.end()
          repeats.end()
        },
      })
    },
    // biome-ignore lint/correctness/useYield: some twenty numbers an item
    *finish() {
      return encodeArrays(sums)
    },
  }
}

/** Wishes by their age. */
function createWishes({ newestMs, items }: LearnInput, sums: ItemSums) {
  /** The shopper and the day of an item's last wish, and how strong it was. */
  const shopperOf = new Int32Array(items.length)
  const dayOf = new Int32Array(items.length)
  const strength = new Float64Array(items.length)
  const fades = new Float64Array(HALF_LIVES.length)
  let shopper = 1
  let atMs = 0
  let day = 0
  let inYear = 0
  return {
    visit(visitMs: number) {
      atMs = visitMs
      day = Math.floor(atMs / DAY_MS)
      const ageDays = (newestMs - atMs) / DAY_MS
      for (const [at, halfLife] of HALF_LIVES.entries()) fades[at] = 0.5 ** (ageDays / halfLife)
      inYear = ageDays <= YEAR_DAYS && ageDays > YEAR_DAYS - MONTH_DAYS ? 1 : 0
    },
    entry(item: number, intent: number) {
      sums.firstMs[item] = Math.min(sums.firstMs[item]!, atMs)
      if (intent <= 0) return
      sums.lastMs[item] = Math.max(sums.lastMs[item]!, atMs)
      const sameDay = shopperOf[item] === shopper && dayOf[item] === day
      const more = intent - (sameDay ? strength[item]! : 0)
      if (more <= 0) return
      shopperOf[item] = shopper
      dayOf[item] = day
      strength[item] = intent
      for (let at = 0; at < HALF_LIVES.length; at++) sums.faded[item * HALF_LIVES.length + at]! += more * fades[at]!
      sums.all[item]! += more
      sums.year[item]! += more * inYear
    },
    end() {
      shopper += 1
    },
  }
}

/** Repeat purchases, over visits in which something was bought. */
function createRepeats(items: number, sums: ItemSums) {
  const shopperOf = new Int32Array(items)
  const firstVisit = new Int32Array(items)
  const times = new Int32Array(items)
  const lastMs = new Float64Array(items)
  const touched: number[] = []
  let shopper = 1
  let visit = 0
  let inVisit = false
  let atMs = 0
  return {
    visit(visitMs: number) {
      if (inVisit) visit += 1
      inVisit = false
      atMs = visitMs
    },
    bought(item: number) {
      inVisit = true
      sums.lastPurchaseMs[item] = Math.max(sums.lastPurchaseMs[item]!, atMs)
      if (shopperOf[item] !== shopper) {
        shopperOf[item] = shopper
        firstVisit[item] = visit
        times[item] = 1
        touched.push(item)
      } else {
        times[item]! += 1
        sums.repeats[item]! += 1
        sums.gaps[item]! += Math.log((atMs - lastMs[item]!) / DAY_MS + 1)
      }
      lastMs[item] = atMs
    },
    end() {
      if (inVisit) visit += 1
      for (const item of touched) {
        sums.chances[item]! += visit - 1 - firstVisit[item]!
        sums.buyers[item]! += 1
        if (times[item]! > 1) sums.again[item]! += 1
      }
      touched.length = 0
      shopper += 1
      visit = 0
      inVisit = false
    },
  }
}
