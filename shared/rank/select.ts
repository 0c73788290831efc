import type { Card } from '../domain/card.ts'
import { leafCategory } from '../domain/item.ts'
import { likenessOf } from './likeness.ts'

export interface SelectOptions {
  limit: number
  /** 0 keeps the order of scores, 1 looks at variety alone. */
  diversity: number
  maxPerBrand: number
  maxPerCategory: number
}

export interface Selectable {
  card: Card
  score: number
}

/** Of a diversity of 1: some relevance must stay, or the shelf turns to noise. */
const LARGEST_TRADE = 0.9

/**
 * Picks a shelf: maximal marginal relevance (Carbonell and Goldstein 1998) over scores scaled to [0, 1], with caps per
 * brand and particular category. Caps yield when they would leave the shelf short: a full shelf comes first.
 * @param entries best first
 * @returns at most `limit` entries, in the order in which they are shown
 */
export function selectShelf<T extends Selectable>(entries: readonly T[], options: SelectOptions): T[] {
  const cards = entries.map((entry) => entry.card)
  const likeness = likenessOf(cards)
  const top = entries[0]?.score ?? 0
  const relevance = entries.map((entry) => (top > 0 ? entry.score / top : 0))
  const trade = Math.min(options.diversity, LARGEST_TRADE)
  const closest = new Float64Array(entries.length)
  const left = new Set(entries.keys())
  const chosen: number[] = []
  const brands = new Map<string, number>()
  const categories = new Map<string, number>()

  const capped = (index: number) => {
    const { brand, categories: paths } = cards[index]!
    if (brand !== null && (brands.get(brand) ?? 0) >= options.maxPerBrand) return true
    return paths.some((path) => (categories.get(leafCategory(path)) ?? 0) >= options.maxPerCategory)
  }
  const best = (allowed: (index: number) => boolean): number => {
    let winner = -1
    let value = Number.NEGATIVE_INFINITY
    for (const index of left) {
      if (!allowed(index)) continue
      const own = (1 - trade) * relevance[index]! - trade * closest[index]!
      if (own > value) {
        value = own
        winner = index
      }
    }
    return winner
  }
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)

  while (chosen.length < options.limit && left.size > 0) {
    let pick = best((index) => !capped(index))
    if (pick === -1) pick = best(() => true)
    left.delete(pick)
    chosen.push(pick)
    const card = cards[pick]!
    if (card.brand !== null) count(brands, card.brand)
    for (const path of new Set(card.categories.map(leafCategory))) count(categories, path)
    if (trade > 0) for (const index of left) closest[index] = Math.max(closest[index]!, likeness(index, pick))
  }
  return chosen.map((index) => entries[index]!)
}
