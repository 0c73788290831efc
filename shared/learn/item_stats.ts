import { gatherSums, openSums } from './item_stats_sums.ts'
import { statsText } from './item_stats_text.ts'
import type { Learner } from './learner.ts'

/**
 * How much, since when and how often again each item is wanted. A wish is a shopper's day with an item, as strong as
 * its strongest intent: whoever comes back ten times a day counts once. Ages are relative to the shop's newest event.
 */
export const itemStatsLearner: Learner = {
  name: 'item_stats',
  version: 1,
  dependsOn: ['markets', 'scenes'],
  gather: gatherSums,
  open(state, input) {
    return {
      // All in one: what it does not name is not known any more.
      count: 1,
      *block() {
        const text = yield* statsText(openSums(state).arrays, input)
        return text === null ? [] : [JSON.stringify(['item_stats', text])]
      },
    }
  },
}

/** Mean log(minor units + 1) of every item from the state of `itemStatsLearner`; NaN where none is known. */
export function meanLogPrices(state: Uint8Array): Float64Array {
  const { priceSum, prices } = openSums(state).arrays
  return priceSum.map((sum, item) => (prices[item] === 0 ? Number.NaN : sum / prices[item]!))
}
