import type { Baskets } from './complements_baskets.ts'
import type { PairCounts } from './complements_posterior.ts'

/** A shopper of more order lines than this is a reseller: what they buy at once says nothing of what they choose from. */
const SHOPPER_LINES_MAX = 5_000

/** Sums of one item with every other. */
export interface PairSums {
  /** Sums up; yields the steps taken. To be cleared before the next item. */
  of(item: number): Generator<number>
  clear(): void
  /** About the steps that every item takes. */
  work(): Float64Array
  /** Items that share an order with the last one, itself among them. */
  touched(): readonly number[]
  counts(item: number, other: number): PairCounts
  /** Distinct shoppers of orders with both. */
  shoppers(other: number): number
  /**
   * Of shoppers with several orders: orders with both, and as many as there would be if each of them put the two into
   * their own orders independently.
   */
  byOwnShoppers(other: number): { observed: number; expected: number }
}

export function createPairSums(baskets: Baskets, items: number): PairSums {
  const { start, item: itemOf, itemStart, order: orderOf, shopperOf, shopperStart } = baskets
  const orders = start.length - 1
  const both = new Int32Array(items)
  const shoppers = new Int32Array(items)
  const lastShopper = new Int32Array(items).fill(-1)
  const observed = new Int32Array(items)
  const expected = new Float64Array(items)
  const touched: number[] = []
  const expecting: number[] = []
  const ordersOf = (item: number) => itemStart[item + 1]! - itemStart[item]!

  /** One shopper's orders with the item: places from .. to of its orders. */
  const addShopper = (shopper: number, from: number, to: number): number => {
    const own = shopperStart[shopper + 1]! - shopperStart[shopper]!
    const [first, end] = [start[shopperStart[shopper]!]!, start[shopperStart[shopper + 1]!]!]
    const chooses = own > 1 && end - first <= SHOPPER_LINES_MAX ? 1 : 0
    let steps = 0
    for (let at = from; at < to; at++) {
      const order = orderOf[at]!
      for (let line = start[order]!; line < start[order + 1]!; line++) {
        const other = itemOf[line]!
        if (both[other] === 0) touched.push(other)
        both[other]! += 1
        observed[other]! += chooses
        if (lastShopper[other] === shopper) continue
        lastShopper[other] = shopper
        shoppers[other]! += 1
      }
      steps += start[order + 1]! - start[order]!
    }
    if (chooses === 0) return steps
    const share = (to - from) / own
    for (let line = first; line < end; line++) {
      const other = itemOf[line]!
      if (expected[other] === 0) expecting.push(other)
      expected[other]! += share
    }
    return steps + end - first
  }

  return {
    *of(item) {
      const end = itemStart[item + 1]!
      for (let at = itemStart[item]!; at < end; ) {
        const shopper = shopperOf[orderOf[at]!]!
        let to = at + 1
        while (to < end && shopperOf[orderOf[to]!] === shopper) to += 1
        yield addShopper(shopper, at, to)
        at = to
      }
    },
    clear() {
      for (const other of touched) {
        both[other] = 0
        shoppers[other] = 0
        observed[other] = 0
        lastShopper[other] = -1
      }
      for (const other of expecting) expected[other] = 0
      touched.length = 0
      expecting.length = 0
    },
    work() {
      const steps = new Float64Array(items)
      for (let shopper = 0; shopper + 1 < shopperStart.length; shopper++) {
        const [from, to] = [shopperStart[shopper]!, shopperStart[shopper + 1]!]
        const lines = start[to]! - start[from]!
        const chooses = to - from > 1 && lines <= SHOPPER_LINES_MAX
        for (let order = from; order < to; order++) {
          const own = start[order + 1]! - start[order]! + (chooses ? lines : 0)
          for (let line = start[order]!; line < start[order + 1]!; line++) steps[itemOf[line]!]! += own
        }
      }
      return steps
    },
    touched: () => touched,
    counts: (item, other) => ({ both: both[other]!, first: ordersOf(item), second: ordersOf(other), orders }),
    shoppers: (other) => shoppers[other]!,
    byOwnShoppers: (other) => ({ observed: observed[other]!, expected: expected[other]! }),
  }
}
