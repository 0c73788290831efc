import { parseMoney } from '../base/money.ts'
import type { Card } from '../domain/card.ts'
import type { MarginSource } from '../domain/rule.ts'

/**
 * The margin of an offer as a fraction of its price, from 0 to 1; null where it is not known. A cost is compared with a
 * price of its own currency alone: an amount of another currency says nothing. What is sold below its cost has none.
 */
export function marginOf(source: MarginSource, card: Card): number | null {
  if ('ratio' in source) {
    const value = attributeOf(card, source.ratio)
    return typeof value === 'number' ? clamped(value) : null
  }
  if (card.currency !== source.currency || card.price <= 0) return null
  const cost =
    'costs' in source ? ownValue(source.costs, card.id) : costOf(attributeOf(card, source.cost), card.currency)
  return cost === null ? null : clamped((card.price - cost) / card.price)
}

/** Whole numbers are minor units, as everywhere; text is an amount as it is written, such as `12.50` or `12.50 GBP`. */
function costOf(value: unknown, currency: string): number | null {
  if (typeof value === 'string') return parseMoney(value, currency)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}

const attributeOf = (card: Card, name: string): unknown => ownValue(card.attributes, name)

const ownValue = <T>(record: Readonly<Record<string, T>>, name: string): T | null =>
  Object.hasOwn(record, name) ? record[name]! : null

const clamped = (margin: number): number => Math.min(1, Math.max(0, margin))
