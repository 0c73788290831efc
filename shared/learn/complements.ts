import { gatherBaskets, openBaskets } from './complements_baskets.ts'
import { createPairSums, type PairSums } from './complements_pairs.ts'
import { type PairCounts, posteriorOf, type Verdict } from './complements_posterior.ts'
import { meanLogPrices } from './item_stats.ts'
import type { Blocks, Learner, LearnInput } from './learner.ts'

/** As many as a row of neighbours has room for beside the others. */
const COMPLEMENTS_KEPT = 20
/** What is bought together less often than this goes with nothing. */
const LIFT_MIN = 1.2
/** What the lift counts for in the order; found on held-out orders. */
const LIFT_POWER = 0.1
/** Of an item with as many orders one shopper alone proves nothing. */
const ORDERS_PROVING = 5
/**
 * Shoppers who buy both, but at a time only one of them, choose between the two: less than half of the orders that
 * would hold both by chance, where chance says at least three.
 */
const SUBSTITUTE_RATIO = 0.5
const SUBSTITUTE_EXPECTED = 3

/** Orders of both that it takes to tell a main product from its accessory. */
const ASYMMETRY_ORDERS = 5
/** What costs so many times as much is the main product, where anything says so; in logs. */
const DEARER = Math.log(2)
/**
 * Signs of a main product, weaker where it is known to be dearer. `brings`: the accessory is in this share of its orders,
 * and it in a so many times smaller share of the accessory's (a bag, for cameras and all else). `needed`: it is in this
 * share of the accessory's orders, and the accessory in a so many times smaller share of its own (a lens cap).
 */
const MAIN_PRODUCT = {
  known: { brings: { share: 0.3, ratio: 2.5 }, needed: { share: 0.5, ratio: 2 } },
  unknown: { brings: { share: 0.3, ratio: 5 }, needed: { share: 0.8, ratio: 3 } },
} as const

/** Some quarter of a second, and some twenty milliseconds. */
const STEPS_PER_BLOCK = 8_000_000
const STEPS_PER_BREATH = 1_000_000
/** What it takes to judge a pair, against adding one to it. */
const STEPS_PER_PAIR = 10

/** Verdicts by first and second item, from whoever was asked. */
export type Verdicts = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * What goes with each item: the posterior mean of P(other | item) over orders, against the other's base rate. Substitutes
 * and main products are left out. Order: that mean, tilted a little towards what is bought with nothing else.
 */
export const createComplementsLearner = (verdicts: Verdicts = new Map()): Learner => ({
  name: 'complements',
  version: 1,
  dependsOn: ['item_stats'],
  gather: gatherBaskets,
  open: (state, input) => openComplements(state, input, verdicts),
})

export const complementsLearner = createComplementsLearner()

function openComplements(state: Uint8Array, input: LearnInput, verdicts: Verdicts): Blocks {
  const baskets = openBaskets(state, input.items.length)
  const sums = createPairSums(baskets, input.items.length)
  const prices = meanLogPrices(input.state('item_stats'))
  const numbers = verdicts.size === 0 ? new Map<string, number>() : new Map(input.items.map((id, item) => [id, item]))
  const verdictsOf = (item: number) => {
    const own = new Map<number, number>()
    for (const [id, verdict] of verdicts.get(input.items[item]!) ?? []) {
      const other = numbers.get(id)
      if (other !== undefined && other !== item) own.set(other, verdict)
    }
    return own
  }
  const starts = blockStarts(sums.work())
  return {
    count: starts.length - 1,
    *block(index) {
      const lines: string[] = []
      let steps = 0
      for (let item = starts[index]!; item < starts[index + 1]!; item++) {
        for (const done of sums.of(item)) {
          steps += done
          if (steps < STEPS_PER_BREATH) continue
          steps = 0
          yield
        }
        steps += sums.touched().length * STEPS_PER_PAIR
        const own = complementsOf(item, sums, prices, verdictsOf(item))
        if (own.length > 0) {
          const entries = own.map(({ other, lift, both, first }) => [input.items[other], lift, both, first])
          lines.push(JSON.stringify(['complements', input.items[item], entries]))
        }
        sums.clear()
      }
      return lines
    },
  }
}

/** First items of blocks of about equal work, and the end. */
function blockStarts(work: Float64Array): number[] {
  const starts = [0]
  let steps = 0
  for (const [item, own] of work.entries()) {
    if (steps > 0 && steps + own > STEPS_PER_BLOCK) {
      starts.push(item)
      steps = 0
    }
    steps += own
  }
  return work.length === 0 ? starts : [...starts, work.length]
}

interface Complement extends PairCounts {
  other: number
  /** In hundredths. */
  lift: number
}

/** The complements of the item that was summed last. */
function complementsOf(
  item: number,
  sums: PairSums,
  prices: Float64Array,
  verdicts: ReadonlyMap<number, number>,
): Complement[] {
  const found: Array<Complement & { worth: number }> = []
  const judge = (other: number, verdict: Verdict) => {
    const counts = sums.counts(item, other)
    if (verdict === null && counts.first >= ORDERS_PROVING && sums.shoppers(other) < 2) return
    const posterior = posteriorOf(counts, verdict)
    const lift = (posterior * counts.orders) / counts.second
    if (!(lift >= LIFT_MIN) || isSubstitute(sums, other) || isMainProduct(counts, prices[other]! - prices[item]!))
      return
    const worth = Math.round(posterior * lift ** LIFT_POWER * 1e9)
    found.push({ ...counts, other, lift: Math.round(lift * 100), worth })
  }
  for (const other of sums.touched()) if (other !== item && !verdicts.has(other)) judge(other, null)
  for (const [other, verdict] of verdicts) judge(other, verdict)
  found.sort((a, b) => b.worth - a.worth || a.other - b.other)
  return found.slice(0, COMPLEMENTS_KEPT)
}

function isSubstitute(sums: PairSums, other: number): boolean {
  const { expected, observed } = sums.byOwnShoppers(other)
  return expected >= SUBSTITUTE_EXPECTED && observed < expected * SUBSTITUTE_RATIO
}

/**
 * Whether the second item is the main product and the first its accessory, which whoever has bought is not offered the
 * main product for: one of the two brings the other along far more often than it is brought along.
 * @param dearer log of how many times as much the second costs; NaN where a price is not known
 */
function isMainProduct({ both, first, second }: PairCounts, dearer: number): boolean {
  if (both < ASYMMETRY_ORDERS || dearer < 0) return false
  const { brings, needed } = dearer >= DEARER ? MAIN_PRODUCT.known : MAIN_PRODUCT.unknown
  if (first >= second) return both / second >= brings.share && first / second >= brings.ratio
  return both / first >= needed.share && second / first >= needed.ratio
}
