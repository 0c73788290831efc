import type { OrderCandidate, OrderContext } from '../domain/llm_order.ts'
import { isSelfPromotion } from '../enrich/understand/self_promotion.ts'
import type { PromptItem, ShelfQuestion } from '../prompt/verbaliser.ts'
import { RERANK_LIMITS } from './limits.ts'
import type { ShelfPast } from './past.ts'
import { sayableItem, sayableQuery } from './sayable.ts'

/**
 * A context as it is told to a model, candidates in base order, without ids and without what speaks to a model.
 * `shown`: base places of the candidates that are told.
 */
export function shelfQuestion(
  context: OrderContext,
  candidates: readonly OrderCandidate[],
  past: ShelfPast,
): { question: ShelfQuestion; shown: number[] } {
  const told = candidates.slice(0, RERANK_LIMITS.candidatesShown).flatMap((candidate, place) => {
    const item = sayableItem(candidate)
    return item === null ? [] : [{ item, place }]
  })
  return {
    shown: told.map(({ place }) => place),
    question: {
      locale: context.locale,
      topics: past.topics.filter((topic) => !isSelfPromotion(topic)).slice(0, RERANK_LIMITS.topicsShown),
      representatives: sayable(past.representatives, RERANK_LIMITS.representativesShown).map(({ title }) => title),
      history: past.items.slice(-RERANK_LIMITS.historyShown).flatMap((one) => {
        const item = sayableItem(one)
        return item === null ? [] : [{ ...item, did: one.did }]
      }),
      cart: sayable(past.cart, RERANK_LIMITS.cartShown),
      placement: context.placement,
      seeds: sayable(past.seeds, RERANK_LIMITS.seedsShown),
      query: sayableQuery(context.query),
      candidates: told.map(({ item }) => item),
    },
  }
}

const sayable = (items: readonly OrderCandidate[], most: number): PromptItem[] =>
  items.slice(0, most).flatMap((item) => sayableItem(item) ?? [])
