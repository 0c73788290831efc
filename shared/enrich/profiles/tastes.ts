import type { StoredItem } from '../../domain/card.ts'
import type { Interaction } from '../../domain/event.ts'
import { ANY_MARKET } from '../../domain/ids.ts'
import { leafCategory } from '../../domain/item.ts'
import type { Profile, Taste } from '../../store/live/profiles.ts'
import { PROFILE_LIMITS } from './limits.ts'
import { compare, type ItemWeight } from './weights.ts'

/** The parts of a band's ends that are left out: a gift or a sample says little of what one spends. */
const BAND = [0.1, 0.9] as const

/** A profile by rules alone: sums of item weights over what the items are. The order of anything given changes nothing. */
export function profileOf(
  weights: readonly ItemWeight[],
  items: ReadonlyMap<string, StoredItem>,
  history: readonly Interaction[],
): Profile {
  const known = weights.filter((own) => items.has(own.item))
  const total = known.reduce((sum, own) => sum + Math.abs(own.weight), 0)
  const tastes = (limit: number, namesOf: (item: StoredItem) => readonly string[]) => {
    const sums = new Map<string, number>()
    for (const { item, weight } of known)
      for (const name of new Set(namesOf(items.get(item)!))) sums.set(name, (sums.get(name) ?? 0) + weight)
    return strongest(sums, total, limit)
  }
  const profile = {
    categories: tastes(PROFILE_LIMITS.categories, (item) => item.categories),
    brands: tastes(PROFILE_LIMITS.brands, (item) => (item.brand === null ? [] : [item.brand])),
    attributes: tastes(PROFILE_LIMITS.attributes, attributeNames),
    price: bandOf(known, items),
    markets: marketsOf(history),
    topics: [],
  }
  return { ...profile, text: textOf(profile) }
}

function strongest(sums: ReadonlyMap<string, number>, total: number, limit: number): Taste[] {
  return [...sums]
    .map(([name, sum]): Taste => [name, total === 0 ? 0 : Math.round((sum / total) * 1e4) / 1e4])
    .filter(([, weight]) => Math.abs(weight) >= PROFILE_LIMITS.weightMin)
    .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || compare(a[0], b[0]))
    .slice(0, limit)
    .sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
}

/** Values that are words: numbers are no tastes. */
function attributeNames(item: StoredItem): string[] {
  return Object.entries(item.attributes).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? [`${name}: ${one}`] : [])),
  )
}

/** Weighted quantiles of the prices of what was wanted, in the currency that most of it was priced in. */
function bandOf(known: readonly ItemWeight[], items: ReadonlyMap<string, StoredItem>): Profile['price'] {
  const priced = new Map<string, Array<[price: number, weight: number]>>()
  for (const { item, weight, market } of known) {
    if (weight <= 0) continue
    const { offers } = items.get(item)!
    const offer =
      offers.find((own) => own.market === market) ?? offers.find((own) => own.market === ANY_MARKET) ?? offers[0]
    if (!offer || offer.shown === null) continue
    priced.set(offer.currency, [...(priced.get(offer.currency) ?? []), [offer.shown.price, weight]])
  }
  const sumOf = (list: ReadonlyArray<readonly [number, number]>) => list.reduce((sum, [, weight]) => sum + weight, 0)
  const [best] = [...priced].sort((a, b) => sumOf(b[1]) - sumOf(a[1]) || compare(a[0], b[0]))
  if (best === undefined) return null
  const [currency, prices] = best
  prices.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const at = (share: number) => {
    let left = sumOf(prices) * share
    for (const [price, weight] of prices) {
      left -= weight
      if (left <= 0) return price
    }
    return prices.at(-1)![0]
  }
  return { currency, low: at(BAND[0]), high: at(BAND[1]) }
}

function marketsOf(history: readonly Interaction[]): Taste[] {
  const counts = new Map<string, number>()
  for (const { market } of history) if (market !== null) counts.set(market, (counts.get(market) ?? 0) + 1)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return strongest(counts, total, PROFILE_LIMITS.markets)
}

const liked = (tastes: readonly Taste[], limit: number) =>
  tastes
    .filter(([, weight]) => weight > 0)
    .slice(0, limit)
    .map(([name]) => name)

/** One line in the shop's own words, the same whatever the language. */
export function textOf(profile: Omit<Profile, 'text'>): string {
  const { price } = profile
  const kinds = profile.topics.length > 0 ? profile.topics : liked(profile.categories, 3).map(leafCategory)
  return [
    kinds.join(', '),
    liked(profile.brands, 2).join(', '),
    liked(profile.attributes, 3).join(', '),
    price === null ? '' : `${price.low}-${price.high} ${price.currency}`,
  ]
    .filter((part) => part !== '')
    .join(' | ')
}
