/** Visits written out and folded up again: what shoppers did, readable. */
import fc from 'fast-check'
import type { LearnInput } from '../../shared/learn/learner.ts'
import type { Visits } from '../../shared/learn/visits.ts'
import { DAY, NOW } from './unit_catalogue.ts'

export interface PlainEntry {
  item: number
  /** 1: bought. */
  intent: number
}
export interface PlainVisit {
  atMs: number
  /** How long it lasted; a moment where it is not told. */
  lastsMs?: number
  market: number
  entries: readonly PlainEntry[]
}
/** A shopper's visits, oldest first. */
export type PlainShopper = readonly PlainVisit[]

export const MARKETS = ['DE', 'FR']
export const ITEMS = Array.from({ length: 12 }, (_, item) => `i${String(item).padStart(2, '0')}`)

export const unitInput = (over: Partial<LearnInput> = {}): LearnInput => ({
  ...{ items: ITEMS, markets: MARKETS, newestMs: NOW, events: 0, shoppers: 0, visits: 0, entries: 0 },
  bucketShoppers: Int32Array.of(0),
  state: () => new Uint8Array(),
  ...over,
})

/** Every column tells its row apart, so that a wrong one is seen. */
export function visitsFrom(shoppers: readonly PlainShopper[]): Visits {
  const visits = shoppers.flat()
  const entries = visits.flatMap((visit) => visit.entries)
  const starts = (counts: readonly number[]) => {
    const start = new Int32Array(counts.length + 1)
    for (const [at, count] of counts.entries()) start[at + 1] = start[at]! + count
    return start
  }
  return {
    shopperHigh: Uint32Array.from(shoppers, (_, at) => 1_000 + at),
    shopperLow: Uint32Array.from(shoppers, (_, at) => 7 * at),
    shopperStart: starts(shoppers.map((own) => own.length)),
    visitStart: starts(visits.map((visit) => visit.entries.length)),
    visitAt: Float64Array.from(visits, ({ atMs }) => atMs),
    visitEnd: Float64Array.from(visits, ({ atMs, lastsMs = 0 }) => atMs + lastsMs),
    visitMarket: Int16Array.from(visits, ({ market }) => market),
    item: Int32Array.from(entries, ({ item }) => item),
    intent: Float32Array.from(entries, ({ intent }) => intent),
    basket: Uint8Array.from(entries, ({ intent, item }) => (intent === 1 ? 1 + (item % 3) : 0)),
    verdict: Uint8Array.from(entries, ({ item }) => item % 2),
    judgedAt: Uint32Array.from(entries, ({ item }) => item % 2),
    quantity: Float32Array.from(entries, ({ intent, item }) => (intent === 1 ? 1 + item : 0)),
    price: Float64Array.from(entries, ({ intent, item }) => (intent === 1 ? 100 * item : Number.NaN)),
  }
}

/** What a shopper is called who has no name any more. */
export const shopperName = (visits: Visits, shopper: number): string =>
  `${visits.shopperHigh[shopper]!} ${visits.shopperLow[shopper]!}`

const entriesArbitrary = fc.uniqueArray(
  fc.record({ item: fc.nat({ max: ITEMS.length - 1 }), intent: fc.constantFrom(0, 0.25, 0.5, 0.75, 1, 1, 1) }),
  { minLength: 1, maxLength: 6, selector: ({ item }) => item },
)

/** Times of a handful of days, so that shoppers share them and cuts fall on them. */
const visitArbitrary = fc
  .record({
    day: fc.nat({ max: 9 }),
    market: fc.integer({ min: -1, max: MARKETS.length - 1 }),
    entries: entriesArbitrary,
  })
  .map(
    ({ day, market, entries }): PlainVisit => ({
      ...{ atMs: NOW + day * DAY, market },
      entries: entries.sort((a, b) => a.item - b.item),
    }),
  )

export const shopperArbitrary: fc.Arbitrary<PlainShopper> = fc
  .array(visitArbitrary, { minLength: 1, maxLength: 7 })
  .map((visits) => visits.sort((a, b) => a.atMs - b.atMs || a.market - b.market))
