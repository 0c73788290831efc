import type { OrderCandidate } from '../domain/llm_order.ts'
import { factsOf } from '../enrich/understand/facts.ts'
import { isSelfPromotion } from '../enrich/understand/self_promotion.ts'
import { redact } from '../prompt/redact.ts'
import type { PromptItem } from '../prompt/verbaliser.ts'

/**
 * What of an item is said to a model: without what in it speaks to a ranker or a model. Null where nothing of its title is
 * left: such an item is not shown to a model at all, and keeps its base place.
 */
export function sayableItem(item: OrderCandidate): PromptItem | null {
  const { facts } = factsOf({ ...item, description: '', tags: [], localised: [] }, '')
  if (facts.title.trim() === '') return null
  const { title, brand, categories, attributes } = facts
  // Split over fields, a demand would pass each of them.
  const whole = [title, brand ?? '', ...categories, ...Object.entries(attributes).flat(2)].join(' ')
  if (isSelfPromotion(whole)) return null
  return { title, brand, categories, attributes, price: item.price }
}

/** A search as it is told: without addresses and numbers of people; null where it speaks to the model. */
export const sayableQuery = (query: string | null): string | null =>
  query === null || isSelfPromotion(query) ? null : redact(query)
