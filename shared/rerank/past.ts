import type { OrderCandidate } from '../domain/llm_order.ts'

/** An item of a shopper's past with what was done with it. */
export interface ShelfPastItem extends OrderCandidate {
  /** `view`, `purchase` ... */
  did: readonly string[]
}

/** What a context names by id or fingerprint, in the words of the shop. */
export interface ShelfPast {
  /** Oldest first. Empty where an order is everybody's. */
  items: readonly ShelfPastItem[]
  /** Of the shopper's or cluster's profile, where there is one. */
  topics: readonly string[]
  representatives: readonly OrderCandidate[]
  /** The items of `context.seeds` and `context.cart`. */
  seeds: readonly OrderCandidate[]
  cart: readonly OrderCandidate[]
}

export const NO_PAST: ShelfPast = { items: [], topics: [], representatives: [], seeds: [], cart: [] }
