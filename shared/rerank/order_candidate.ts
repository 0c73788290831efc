import { priceText } from '../base/money.ts'
import type { Card } from '../domain/card.ts'
import type { OrderCandidate } from '../domain/llm_order.ts'
import { candidateVersion } from './order_key.ts'

/** A card as a language model may see it. @param locale that the price is written in */
export const orderCandidate = (card: Card, locale: string): OrderCandidate => ({
  id: card.id,
  version: candidateVersion(card),
  title: card.title,
  brand: card.brand,
  categories: card.categories,
  attributes: card.attributes,
  price: priceText(card.price, card.currency, locale),
})
