/**
 * What tells three shops apart that are alike in everything else: a mark in every word of theirs, and prices and stocks
 * that are odd numbers out of ranges of their own. A mark is known in any case, in JSON, in base64 and as the hash that
 * stands for a shop in the full text.
 */
import { tenantToken } from '../../shared/store/keys.ts'

export const MARKS = ['zamberq', 'zcobaltq', 'zjasperq'] as const
/** A shop by its place in MARKS. */
export type Which = 0 | 1 | 2
export const WHICH: readonly Which[] = [0, 1, 2]
export const shopOf = (which: Which): string => `${MARKS[which]}-shop`
export const SHOPS: readonly string[] = WHICH.map(shopOf)

/** A set of shops: bit n is the shop at n. */
export type Mask = number
export const maskOf = (which: Which): Mask => 1 << which
export const maskOfShop = (shop: string): Mask => {
  const which = SHOPS.indexOf(shop)
  return which === -1 ? 0 : 1 << which
}
export const isOne = (mask: Mask): boolean => mask !== 0 && (mask & (mask - 1)) === 0
export const namesIn = (mask: Mask): string => MARKS.filter((_, which) => (mask & (1 << which)) !== 0).join(' and ')

/** Minor units of the least price; a thousand of them are prices, the next thousand are stocks. */
const NUMBERS = [710_000, 830_000, 970_000] as const
const THOUSANDS = new Map(NUMBERS.flatMap((from, which) => [0, 1].map((n) => [from / 1_000 + n, 1 << which] as const)))
/** @param n below 500 */
export const priceOf = (which: Which, n: number): number => NUMBERS[which] + 2 * n + 1
export const stockOf = (which: Which, n: number): number => NUMBERS[which] + 1_000 + 2 * n + 1

const maskOfNumber = (value: number): Mask =>
  Number.isInteger(value) ? (THOUSANDS.get(Math.floor(value / 1_000)) ?? 0) : 0

const WORDS = new RegExp(MARKS.join('|'), 'gi')
const TENANTS = new Map(SHOPS.map((shop, which) => [tenantToken(shop), 1 << which]))
const TENANT = new RegExp([...TENANTS.keys()].join('|'), 'g')
/** A price or a stock in a text, in minor units or as money is written: 710001, 7,100.01, 7.100,01. */
const WRITTEN =
  /(?<![\w.,-])(?:(?:71|83|97)[01]\d{3}|(?:7[,.\u202f\u00a0 ]?1|8[,.\u202f\u00a0 ]?3|9[,.\u202f\u00a0 ]?7)[01]\d[.,]\d\d)(?!\w)/g
const BASE64 = /[A-Za-z0-9+/_-]{20,}/g

function maskOfPlain(text: string): Mask {
  let mask = 0
  for (const [found] of text.matchAll(WORDS)) mask |= 1 << MARKS.indexOf(found.toLowerCase() as (typeof MARKS)[number])
  if (text.length >= 17) for (const [found] of text.matchAll(TENANT)) mask |= TENANTS.get(found)!
  for (const [found] of text.matchAll(WRITTEN)) mask |= maskOfNumber(Number(found.replace(/\D/g, '')))
  return mask
}

/** Texts come again: most of a store is what it was. */
const known = new Map<string, Mask>()
const KNOWN_MAX = 60_000
const KNOWN_CHARS = 4_000

/** The shops whose marks a text holds. */
export function maskOfText(text: string): Mask {
  if (text.length < 4) return 0
  const before = known.get(text)
  if (before !== undefined) return before
  let mask = maskOfPlain(text)
  if (text.length >= 20)
    for (const [found] of text.matchAll(BASE64)) mask |= maskOfPlain(Buffer.from(found, 'base64').toString('latin1'))
  if (text.length <= KNOWN_CHARS) {
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(text, mask)
  }
  return mask
}

export const maskOfBytes = (bytes: Uint8Array): Mask => maskOfText(Buffer.from(bytes).toString('latin1'))

/** The shops whose marks stand anywhere in a value, names of its fields included. */
export function maskIn(value: unknown): Mask {
  if (typeof value === 'string') return maskOfText(value)
  if (typeof value === 'number') return maskOfNumber(value)
  if (value === null || typeof value !== 'object') return 0
  if (value instanceof Uint8Array) return maskOfBytes(value)
  if (value instanceof ArrayBuffer) return maskOfBytes(new Uint8Array(value))
  if (ArrayBuffer.isView(value)) return 0
  let mask = 0
  if (value instanceof Map) for (const [key, one] of value) mask |= maskIn(key) | maskIn(one)
  else if (Array.isArray(value)) for (const one of value) mask |= maskIn(one)
  else for (const [key, one] of Object.entries(value)) mask |= maskOfText(key) | maskIn(one)
  return mask
}
