import { hash32 } from '../base/hash.ts'
import type { Card, ContextItem } from '../domain/card.ts'
import { predicateOf } from '../domain/filter.ts'
import type { ShelfItem } from '../domain/recommendation.ts'
import type { RuleEffect } from '../domain/rule.ts'
import { type Reason, type ReasonContext, reasonFor } from '../explain/reason.ts'
import type { CapLimits } from '../rank/caps.ts'
import { isSubstitute } from '../rank/complement.ts'
import { type Interests, interestsOf } from '../rank/interests.ts'
import { type Scored, scoreCandidates } from '../rank/order.ts'
import { type Arranged, arrange } from '../rank/rules_arrange.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import { selectShelf } from '../rank/select.ts'
import type { Anchor } from '../recall/anchors.ts'
import type { Candidate, CandidatePool } from '../recall/candidates.ts'
import type { RankInput } from './rank_input.ts'
import type { ShelfRequest } from './request.ts'
import type { AppliedRules } from './request_rules.ts'

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
  /** What rules did to it. */
  rules: readonly RuleEffect[]
  /** How likely it was to stand there: below 1 where newcomers were drawn. */
  propensity: number
}

/** Whether the request asks that an item be left out: excluded, turned down, already shown, or what the page is about. */
export function exclusionOf(request: ShelfRequest, excluded: ReadonlySet<string>): (id: string) => boolean {
  return (id) => excluded.has(id) || (request.shown.size > 0 && request.shown.has(hash32(id)))
}

/** Cards that pass the filter, scored by the placement's base order, best first. */
export function rankCards(
  request: ShelfRequest,
  pool: CandidatePool,
  read: ReadonlyMap<string, Card>,
  rank: RankInput,
  context: ReadonlyMap<string, ContextItem>,
): Ranked[] {
  const cards = rank.popularityKnown ? read : unpopular(read)
  const passes = request.filter === null ? null : predicateOf(request.filter)
  const all = pool.all()
  const wanted = all.filter((candidate) => {
    const card = cards.get(candidate.id)
    if (card === undefined || (request.asOfMs !== null && card.createdAtMs > request.asOfMs)) return false
    return passes === null || passes(card)
  })
  for (const candidate of wanted) withoutSubstitutes(candidate, cards.get(candidate.id)!, context)
  const scored = scoreCandidates(rank.of(wanted, all, cards, context), rank.order)
  return scored.map((one) => ({ ...one, card: cards.get(one.candidate.id)! }))
}

/** Cards without what later events made of them. */
const unpopular = (cards: ReadonlyMap<string, Card>): Map<string, Card> =>
  new Map([...cards].map(([id, card]) => [id, { ...card, popularity: 0 }]))

/** What stands in for an item does not go with it, whatever orders say: only now is it known what both are. */
function withoutSubstitutes(candidate: Candidate, card: Card, context: ReadonlyMap<string, ContextItem>): void {
  const link = candidate.goesWith
  const item = link && context.get(link.anchor)
  if (!link || !item || !isSubstitute(item, card, 100 * Math.exp(link.strength))) return
  candidate.complement = 0
  candidate.goesWith = null
}

/** The interests that a shelf is varied for: of its shopper's past, unless a page, a cart or words say what it is about. */
export function interestsFor(
  request: ShelfRequest,
  anchors: readonly Anchor[],
  context: ReadonlyMap<string, ContextItem>,
): Interests | null {
  if (request.seeds.length > 0 || request.cart.length > 0 || request.query !== null) return null
  return interestsOf(anchors.map(({ id, weight }) => ({ categories: context.get(id)?.categories ?? [], weight })))
}

/** How many items of a brand and of a category the placement has beside each other. */
export const capsOf = ({ placement }: ShelfRequest): CapLimits => ({
  maxPerBrand: placement.max_per_brand,
  maxPerCategory: placement.max_per_category,
})

/** The page as the shop's rules want it: varied, capped, at most `count` items, of which the first `request.limit` are the page. */
export function cutShelf(
  request: ShelfRequest,
  ranked: readonly Ranked[],
  count: number,
  interests: Interests | null,
  force: RulesInForce,
): Arranged<Ranked> {
  const caps = capsOf(request)
  return arrange(ranked, force, {
    ...caps,
    count,
    select: (entries, limit) => selectShelf(entries, { ...caps, limit, diversity: request.diversity, interests }),
  })
}

export function reasonContext(
  request: ShelfRequest,
  context: ReadonlyMap<string, ContextItem>,
  ranked: readonly Ranked[],
): ReasonContext {
  const bestTextScore = ranked.reduce((best, one) => Math.max(best, one.candidate.text), 0)
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
export const shownOf = (
  request: ShelfRequest,
  ranked: Ranked,
  about: ReasonContext,
  rules: AppliedRules,
  propensity = 1,
  told: ReadonlyMap<string, Reason> = new Map(),
): Shown => ({
  card: ranked.card,
  sources: sourcesOf(ranked),
  reason: request.explain === 'none' ? null : (told.get(ranked.card.id) ?? reasonFor(ranked, ranked.card, about)),
  score: ranked.score,
  rules: rules.effects.get(ranked.card.id) ?? [],
  propensity,
})
