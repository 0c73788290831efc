import { hash32 } from '../base/hash.ts'
import type { Card, ContextItem } from '../domain/card.ts'
import { passes } from '../domain/filter.ts'
import type { ShelfItem } from '../domain/recommendation.ts'
import { type Reason, type ReasonContext, reasonFor } from '../explain/reason.ts'
import { type Scored, scoreCandidates } from '../rank/base_order.ts'
import { selectShelf } from '../rank/select.ts'
import { weightsFor } from '../rank/weights.ts'
import type { CandidatePool } from '../recall/candidates.ts'
import type { ShelfRequest } from './request.ts'

/** A ranked item with its card: what a shelf is cut from. */
export interface Ranked extends Scored {
  card: Card
}

/** One item of an answer. */
export interface Shown {
  card: Card
  sources: string[]
  reason: Reason | null
  score: number
}

/** Whether the request asks that an item be left out: excluded, turned down, already shown, or what the page is about. */
export function exclusionOf(request: ShelfRequest, excluded: ReadonlySet<string>): (id: string) => boolean {
  return (id) => excluded.has(id) || (request.shown.size > 0 && request.shown.has(hash32(id)))
}

/** Cards that pass the filter, scored by the placement's base order, best first. */
export function rankCards(request: ShelfRequest, pool: CandidatePool, cards: ReadonlyMap<string, Card>): Ranked[] {
  const wanted = pool.all().filter((candidate) => {
    const card = cards.get(candidate.id)
    if (card === undefined || (request.asOfMs !== null && card.createdAtMs > request.asOfMs)) return false
    return request.filter === null || passes(request.filter, card)
  })
  const popularity = new Map(wanted.map((candidate) => [candidate.id, cards.get(candidate.id)!.popularity]))
  const scored = scoreCandidates(wanted, weightsFor(request.placement.strategy, request.query), popularity)
  return scored.map((one) => ({ ...one, card: cards.get(one.candidate.id)! }))
}

/** The page: varied, capped, at most `limit` items. */
export function cutShelf(request: ShelfRequest, ranked: readonly Ranked[], limit: number): Ranked[] {
  return selectShelf(ranked, {
    limit,
    diversity: request.diversity,
    maxPerBrand: request.placement.max_per_brand,
    maxPerCategory: request.placement.max_per_category,
  })
}

export function reasonContext(
  request: ShelfRequest,
  context: ReadonlyMap<string, ContextItem>,
  ranked: readonly Ranked[],
): ReasonContext {
  const bestTextScore = ranked.reduce((best, one) => Math.max(best, one.candidate.scores.get('text') ?? 0), 0)
  return { locale: request.locale, market: request.market, query: request.query, context, bestTextScore }
}

/** The item as the answer shows it. */
export function toShelfItem(card: Card, rank: number, sources: readonly string[], reason: Reason | null): ShelfItem {
  const money = (amount: number) => ({ amount, currency: card.currency })
  return {
    id: card.id,
    variant_id: card.variant,
    rank,
    title: card.title,
    url: card.url,
    image_url: card.imageUrl,
    brand: card.brand,
    categories: [...card.categories],
    price: money(card.price),
    list_price: card.listPrice !== null && card.listPrice > card.price ? money(card.listPrice) : null,
    sources: sources as ShelfItem['sources'],
    reason,
  }
}

const sourcesOf = (ranked: Scored): string[] =>
  [...ranked.shares].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([source]) => source)

/** A ranked item as the answer has it, with its reason unless none is wanted. */
export const shownOf = (request: ShelfRequest, ranked: Ranked, about: ReasonContext): Shown => ({
  card: ranked.card,
  sources: sourcesOf(ranked),
  reason: request.explain === 'none' ? null : reasonFor(ranked, ranked.card, about),
  score: ranked.score,
})
