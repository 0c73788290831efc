import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { ALLOWANCE, type AllowanceSettings } from '../rerank/allowance.ts'

/** Every figure of what is asked of a model before anybody needs it. */
export const WARM = {
  /** One invocation's share; what is left the next one does. */
  turnMs: 25 * SECOND_MS,
  leaseMs: 3 * MINUTE_MS,
  /** Pages that most shoppers see: a shop's most popular items, in each market and placement that has a page's item. */
  popularItems: 30,
  /** Shelves of a taste that are looked at before it is asked for: their items are what an order has to know. */
  shelvesPerTaste: ALLOWANCE.wantedMin.cluster,
  /** Items in the past of such a shelf, and how many of a taste's strongest they are taken from. */
  pastItems: 3,
  tasteItems: 12,
} as const

/**
 * What one run may have made, of its own: neither does it take from what shelves have earned, nor do they wait for it. The
 * cron comes 144 times a day; the shop's budget in the ledger is the wall behind that.
 */
export const WARM_ALLOWANCE: AllowanceSettings = {
  ...ALLOWANCE,
  callsPerShelf: 0,
  initial: 60,
  burst: 60,
  // What is asked for ahead is what is wanted often.
  ...{ oftenMin: 0, oftenReserve: 0 },
  // One history's order is of use to nobody else: never.
  exactReserve: Number.POSITIVE_INFINITY,
  wantedMin: { everyone: 1, cluster: WARM.shelvesPerTaste, exact: Number.POSITIVE_INFINITY },
}
