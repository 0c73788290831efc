import { DAY_MS } from '../base/clock.ts'
import { hash128, lengthPrefixed } from '../base/hash.ts'
import { LIMITS } from './limits.ts'

/** All shoppers of a shop. */
export const EVERYBODY = '*'

/** By what a shopper who was forgotten is known again: 32 hexadecimal digits that no other table has. */
export const forgottenKey = (shop: string, shopper: string): string => hash128(lengthPrefixed([shop, shopper]))

/** Clocks of shoppers run ahead a little: what they date so far after an erasure may have happened before it. */
export const AFTERMATH_MS = LIMITS.eventMaxAheadMs

/**
 * How long the shopper is known again. Browser keys may tell of 30 days, queues keep a message for 14, platforms send a
 * delivery again for five: after this nothing is under way any more.
 */
export const FORGOTTEN_KEPT_MS = LIMITS.eventMaxAgeMs + DAY_MS

/** What a shopper is called in the stores: `u:`, `a:` and `s:` as events name them, `e:` an e-mail address in a delivery. */
export const emailName = (email: string): string => `e:${email.trim().toLowerCase()}`
