import type { Card, ContextItem } from '../domain/card.ts'
import { CATEGORY_SEPARATOR } from '../domain/item.ts'

/** Longer values say nothing to a shopper. */
const VALUE_CHARS = 60

export interface SharedAttribute {
  name: string
  value: string
}

/** What both items have, in so many words: attributes of the shop's, then the brand, then the most particular category. */
export function sharedAttributes(card: Card, anchor: ContextItem): SharedAttribute[] {
  const found: SharedAttribute[] = []
  for (const [name, value] of Object.entries(card.attributes)) {
    if (!Object.hasOwn(anchor.attributes, name)) continue
    const theirs = [anchor.attributes[name]].flat()
    const both = [value]
      .flat()
      .find((own) => typeof own === 'string' && own.length <= VALUE_CHARS && theirs.includes(own))
    if (typeof both === 'string') found.push({ name, value: both })
  }
  if (card.brand !== null && card.brand === anchor.brand) found.push({ name: 'brand', value: card.brand })
  const shared = card.categories.filter((path) => anchor.categories.includes(path))
  shared.sort((a, b) => b.split(CATEGORY_SEPARATOR).length - a.split(CATEGORY_SEPARATOR).length)
  if (shared[0] !== undefined) found.push({ name: 'category', value: shared[0] })
  return found
}
