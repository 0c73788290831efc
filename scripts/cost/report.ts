/** From a replay's counts to what was asked: shelves, a night, the work that never rests, and shops of some sizes. */
import { type Counts, scaled, sumOf } from './meter.ts'
import { billOf, DAYS_A_MONTH, isTokens, type Line, linesOf, type Room, roomOnFree, totalOf } from './money.ts'
import { PRICES } from './prices.ts'
import type { Replayed } from './replay.ts'

/** Items of the night that is told of. */
export const NIGHT_ITEMS = 100_000
const MINUTES_A_MONTH = DAYS_A_MONTH * 24 * 60
const MILLION = 1e6
/** Shelves a month, items of the shop, and items of them that change each night. */
const SHOPS = [
  { name: 'small', shelves: 50_000, catalogue: 500, items: 10 },
  { name: 'medium', shelves: MILLION, catalogue: 5_000, items: 200 },
  { name: 'large', shelves: 10 * MILLION, catalogue: 50_000, items: 2_000 },
] as const

export interface Part {
  lines: Line[]
  platform: number
  tokens: number
  dollars: number
}

export interface ShopCost {
  name: string
  shelves: number
  items: number
  itemsANight: number
  platform: number
  tokens: number
  dollars: number
}

export interface Report {
  pricesAsOf: string
  replayed: Pick<Replayed, 'shop' | 'items' | 'shelves' | 'events' | 'minutes' | 'requestsPerSecond' | 'rungs'>
  shelves: { amount: number; perMillion: number; platformPerMillion: number } & Part
  night: { items: number } & Part
  /** A month of crons, learning included, at the replay's traffic. */
  standing: Part
  shops: ShopCost[]
  free: Room
  failures: string[]
}

/** What one shelf uses, with the events of its shoppers and the consumers of both. */
export const perShelf = ({ counts, shelves }: Pick<Replayed, 'counts' | 'shelves'>): Counts =>
  scaled(sumOf([counts.shelves, counts.events, counts.consumers]), 1 / shelves)
const perItem = ({ counts, items }: Pick<Replayed, 'counts' | 'items'>) => scaled(counts.night, 1 / items)
const standingOf = ({ counts, minutes }: Pick<Replayed, 'counts' | 'minutes'>) =>
  scaled(counts.crons, MINUTES_A_MONTH / minutes)

export function reportOf(replayed: Replayed, shelves: number): Report {
  const { shop, items, events, minutes, requestsPerSecond, rungs } = replayed
  const [shelf, item, standing] = [perShelf(replayed), perItem(replayed), standingOf(replayed)]
  const asked = partOf(scaled(shelf, shelves))
  return {
    pricesAsOf: PRICES.asOf,
    replayed: { shop, items, shelves: replayed.shelves, events, minutes, requestsPerSecond, rungs },
    shelves: {
      ...{ amount: shelves, ...asked },
      perMillion: (asked.dollars / shelves) * MILLION,
      platformPerMillion: (asked.platform / shelves) * MILLION,
    },
    night: { items: NIGHT_ITEMS, ...partOf(scaled(item, NIGHT_ITEMS)) },
    standing: partOf(standing),
    shops: SHOPS.map((size) => shopCost(size, { shelf, item, standing })),
    free: roomOnFree(shelf, standing),
    failures: replayed.failures,
  }
}

function shopCost(
  { name, shelves, catalogue, items }: (typeof SHOPS)[number],
  { shelf, item, standing }: Record<'shelf' | 'item' | 'standing', Counts>,
): ShopCost {
  const used = sumOf([scaled(shelf, shelves), scaled(item, items * DAYS_A_MONTH), standing])
  const stored = (item['vectorize.storedDimensions'] ?? 0) * catalogue
  const month = {
    ...used,
    // Vectors of a changed item take the place of its former ones; a month's queries are billed with all that is stored.
    'vectorize.storedDimensions': stored,
    'vectorize.queriedDimensions': (used['vectorize.queriedDimensions'] ?? 0) + stored,
  }
  const { lines, dollars } = billOf(month)
  const tokens = totalOf(lines.filter(isTokens))
  return { name, shelves, items: catalogue, itemsANight: items, platform: dollars - tokens, tokens, dollars }
}

function partOf(counts: Counts): Part {
  const lines = linesOf(counts)
  const tokens = totalOf(lines.filter(isTokens))
  const dollars = totalOf(lines)
  return { lines, platform: dollars - tokens, tokens, dollars }
}
