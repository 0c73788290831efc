import { hash32 } from '../../shared/base/hash.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { type ItemLine, rootCategory } from '../../shared/domain/item.ts'
import { normal } from './draw.ts'

/** An item as the choice model sees it. */
export interface SimItem {
  id: string
  /** Its first category path, in full. */
  category: string
  root: string
  /** Taste dimensions, each `field:value`. */
  features: string[]
  createdMs: number
  /** Minor units per market; a market that is absent does not sell the item. */
  prices: Map<string, number>
  /** Bought again and again (tea, ink), so that one purchase does not end the wish. */
  consumable: boolean
  /** What everybody likes about it, in logits: the source of popularity that taste does not explain. */
  appeal: number
}

export interface Catalogue {
  items: SimItem[]
  byId: Map<string, SimItem>
  byCategory: Map<string, SimItem[]>
  categories: string[]
  roots: string[]
  features: string[]
  /** Median price of a category in a market, minor units, under `priceKey`. */
  medianPrice: Map<string, number>
}

const CONSUMABLE_TAGS = new Set(['consumable', '消耗品'])
// The same dimension under the name each demo shop gives it; other attributes carry no taste.
const TASTE_FIELDS: Record<string, string> = {
  style: 'style',
  スタイル: 'style',
  material: 'material',
  材質: 'material',
  colour: 'colour',
  色: 'colour',
}

export const priceKey = (market: string, category: string): string => `${market}\u0000${category}`

/** Reads item lines into the simulator's view. The seed fixes each item's appeal, by id, so order does not matter. */
export function buildCatalogue(lines: readonly ItemLine[], seed: number): Catalogue {
  const items = lines.map((line) => toSimItem(line, seed))
  const byCategory = Map.groupBy(items, (item) => item.category)
  return {
    items,
    byId: new Map(items.map((item) => [item.id, item])),
    byCategory,
    categories: [...byCategory.keys()],
    roots: [...new Set(items.map((item) => item.root))],
    features: [...new Set(items.flatMap((item) => item.features))],
    medianPrice: medianPrices(items),
  }
}

function toSimItem(line: ItemLine, seed: number): SimItem {
  const category = line.categories?.[0] ?? 'Other'
  return {
    id: line.id,
    category,
    root: rootCategory(category),
    features: featuresOf(line),
    createdMs: line.created_at === undefined ? 0 : Date.parse(line.created_at),
    prices: new Map(line.offers.flatMap((offer) => (offer.price === undefined ? [] : [[offer.market, offer.price]]))),
    consumable: (line.tags ?? []).some((tag) => CONSUMABLE_TAGS.has(tag)),
    appeal: 0.5 * normal(seededRng(hash32(line.id, seed))),
  }
}

function featuresOf(line: ItemLine): string[] {
  const features = line.brand === undefined ? [] : [`brand:${line.brand}`]
  for (const [key, value] of Object.entries(line.attributes ?? {})) {
    const field = TASTE_FIELDS[key]
    if (field === undefined) continue
    for (const each of Array.isArray(value) ? value : [value]) features.push(`${field}:${each}`)
  }
  return features
}

function medianPrices(items: readonly SimItem[]): Map<string, number> {
  const grouped = new Map<string, number[]>()
  for (const item of items)
    for (const [market, price] of item.prices) {
      const key = priceKey(market, item.category)
      const list = grouped.get(key)
      if (list) list.push(price)
      else grouped.set(key, [price])
    }
  return new Map([...grouped].map(([key, prices]) => [key, prices.sort((a, b) => a - b)[prices.length >> 1]!]))
}
