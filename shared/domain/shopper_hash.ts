import { hash32 } from '../base/hash.ts'

const LOW_SEED = 0x9747b28c

/** The halves of the 64-bit hash by which learning knows a shopper (`u:…`, `a:…`): it keeps nobody's name. */
export const shopperHigh = (shopper: string): number => hash32(shopper)
export const shopperLow = (shopper: string): number => hash32(shopper, LOW_SEED)

/** Both halves as 16 hexadecimal digits: the order of the texts is the order of the hashes. */
export const keyOfHalves = (high: number, low: number): string =>
  high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')

/** The key of what is learned of a shopper. */
export const shopperHash = (shopper: string): string => keyOfHalves(shopperHigh(shopper), shopperLow(shopper))
