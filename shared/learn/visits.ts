import { allocateArrays, decodeArrays, type NumberArray } from './arrays.ts'

/**
 * What the shoppers of one bucket did, by shopper and visit. Shoppers stand in the order of a hash and have no names any
 * more. A visit ends where its shopper pauses for more than VISIT_GAP_MS or another market begins. Purchases of which
 * everything was given back are gone. The same set of events gives the same arrays, however it was listed.
 */
export interface Visits {
  /** The two halves of each shopper's hash (shared/domain/shopper_hash.ts). */
  shopperHigh: Uint32Array
  shopperLow: Uint32Array
  /** shoppers + 1 offsets into visits, oldest first. */
  shopperStart: Int32Array
  /** visits + 1 offsets into entries. */
  visitStart: Int32Array
  /** The visit's first event, in ms. */
  visitAt: Float64Array
  /** The visit's last event, in ms. */
  visitEnd: Float64Array
  /** A number of LearnInput.markets; -1 when no event of the visit named one. */
  visitMarket: Int16Array
  /** A number of LearnInput.items, ascending and distinct within a visit. */
  item: Int32Array
  /** The strongest intent of the visit in [0, 1]: 1 is a kept purchase and nothing else; 0 has nothing but a dislike, or a rating in the middle. */
  intent: Float32Array
  /** 0: not bought; n: bought in the visit's n-th order, up to 255. Purchases of one moment are one order. */
  basket: Uint8Array
  /** What the shopper said of it last: a VERDICT. */
  verdict: Uint8Array
  /** When that was, in seconds since 1970, rounded up; 0 where nothing was said. */
  judgedAt: Uint32Array
  /** Units bought; 0 where nothing was. */
  quantity: Float32Array
  /** Minor units a piece at the newest purchase of the visit; NaN when not told. */
  price: Float64Array
}

/** Nothing was said; a dislike, or a rating below the middle; a like, or one that is not. */
export const VERDICT = { none: 0, against: 1, for: 2 } as const

const SHAPE = {
  shopperHigh: 'Uint32',
  shopperLow: 'Uint32',
  shopperStart: 'Int32',
  visitStart: 'Int32',
  visitAt: 'Float64',
  visitEnd: 'Float64',
  visitMarket: 'Int16',
  item: 'Int32',
  intent: 'Float32',
  basket: 'Uint8',
  verdict: 'Uint8',
  judgedAt: 'Uint32',
  quantity: 'Float32',
  price: 'Float64',
} as const satisfies Record<keyof Visits, string>

/** Sizes of a bucket. */
export interface VisitCounts {
  shoppers: number
  visits: number
  entries: number
}

export function encodeVisits(visits: Visits): Uint8Array {
  const counts: VisitCounts = {
    shoppers: visits.shopperStart.length - 1,
    visits: visits.visitAt.length,
    entries: visits.item.length,
  }
  const lengths = Object.fromEntries(Object.entries(visits).map(([name, values]) => [name, values.length]))
  const { bytes, arrays } = allocateArrays(SHAPE, lengths as Record<keyof Visits, number>, counts)
  for (const name of Object.keys(SHAPE) as Array<keyof Visits>) (arrays[name] as NumberArray).set(visits[name])
  return bytes
}

export const decodeVisits = (bytes: Uint8Array): Visits => decodeArrays(bytes, SHAPE).arrays
export const visitCounts = (bytes: Uint8Array): VisitCounts => decodeArrays(bytes, {}).meta as VisitCounts
