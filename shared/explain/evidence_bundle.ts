import { canonicalJson, hash128 } from '../base/hash.ts'
import { priceText } from '../base/money.ts'
import { type Card, type ContextItem, titleIn } from '../domain/card.ts'
import { categoryLevels } from '../domain/item.ts'
import type { Source } from '../domain/recommendation.ts'
import type { RuleEffect } from '../domain/rule.ts'
import type { EvidenceBundle, Fact } from '../domain/told_reason.ts'
import type { Interests } from '../rank/interests.ts'
import type { Scored } from '../rank/order.ts'
import { matchedWords } from './matched_words.ts'
import {
  isPopular,
  MIN_CO_BUYERS,
  MIN_COSINE,
  MIN_TRENDING_BUYERS,
  matchesWords,
  type ReasonContext,
} from './reason.ts'
import { sharedAttributes } from './shared_attributes.ts'

/** What a bundle may speak of beside what a template reason may. */
export interface BundleContext extends ReasonContext {
  /** Of the context's items those that the shopper bought or looked at; a purchase stands before a view. */
  own: ReadonlyMap<string, 'purchase' | 'view'>
  rules: readonly RuleEffect[]
  /** Of the shopper's past; null where a page, a cart or words say what the shelf is about. */
  interests: Interests | null
  /** Of the context's items, in minor units of the card's currency; only those in that currency. */
  prices?: ReadonlyMap<string, number>
}

/** More facts than a reason of fifty words can tell are tokens for nothing. */
const FACTS_MAX = 8
/** Of one other item. */
const SHARED_MAX = 2
/** A category of less than this share of the past is no interest. */
const MIN_INTEREST = 0.25

const NO_FACT = { item: null, attribute: null, value: null, count: null, market: null, since: null } as const

/**
 * Everything that may be told of why an item stands on a shelf, what moved it first. A fact has effect when the source
 * that it speaks of gave to the item's score; rules that a shopper can see, pins and boosts, have it by what they do.
 */
export function evidenceBundle(
  scored: Pick<Scored, 'candidate' | 'shares'>,
  card: Card,
  about: BundleContext,
): EvidenceBundle {
  const facts = [
    ...factsOfLinks(scored, card, about),
    ...factsOfShopper(scored, card, about),
    ...factsOfShop(scored, card, about),
  ]
  const inOrder = [...facts.filter(({ effect }) => effect), ...facts.filter(({ effect }) => !effect)]
  return { item: { id: card.id, title: card.title }, facts: inOrder.slice(0, FACTS_MAX) }
}

/** Over everything that the bundle says: equal facts, equal hash. */
export const evidenceHash = ({ item, facts }: EvidenceBundle): string => hash128(canonicalJson({ item, facts }))

const gave = (shares: ReadonlyMap<Source, number>, ...sources: Source[]) =>
  sources.some((source) => (shares.get(source) ?? 0) > 0)

/** What ties the item to another: buyers, orders, attributes, text, price. */
function factsOfLinks({ candidate, shares }: Pick<Scored, 'candidate' | 'shares'>, card: Card, about: BundleContext) {
  const facts: Fact[] = []
  const named = (item: ContextItem) => ({ id: item.id, title: titleIn(item, about.market) })
  const { bought, goesWith, similar } = candidate
  const buyersOf = bought && about.context.get(bought.anchor)
  if (bought && buyersOf && bought.count >= MIN_CO_BUYERS)
    facts.push({
      ...NO_FACT,
      id: `bought:${buyersOf.id}:${card.id}`,
      kind: 'bought_together',
      item: named(buyersOf),
      count: bought.count,
      effect: gave(shares, 'bought_together'),
    })
  const ordersOf = goesWith && about.context.get(goesWith.anchor)
  if (goesWith && ordersOf && goesWith.count >= MIN_CO_BUYERS)
    facts.push({
      ...NO_FACT,
      id: `complement:${ordersOf.id}:${card.id}`,
      kind: 'complement',
      item: named(ordersOf),
      count: goesWith.count,
      effect: gave(shares, 'complement'),
    })
  const near = gave(shares, 'vector_seed', 'vector_recent')
  for (const anchor of likelyAnchors(candidate, about)) {
    const linked = anchor.id === similar?.anchor && near
    for (const { name, value } of sharedAttributes(card, anchor).slice(0, SHARED_MAX))
      facts.push({
        ...NO_FACT,
        id: `shared:${anchor.id}:${card.id}:${name}`,
        kind: 'shared_attribute',
        item: named(anchor),
        attribute: name,
        value,
        effect: linked,
      })
    if (linked && similar!.strength >= MIN_COSINE)
      facts.push({
        ...NO_FACT,
        id: `similar:${anchor.id}:${card.id}`,
        kind: 'similar',
        item: named(anchor),
        effect: true,
      })
    const price = about.prices?.get(anchor.id)
    if (price !== undefined && card.price < price)
      facts.push({
        ...NO_FACT,
        id: `cheaper:${anchor.id}:${card.id}`,
        kind: 'price',
        item: named(anchor),
        attribute: 'cheaper',
        effect: false,
      })
  }
  return facts
}

/** The items of the context that brought this one in, once each. */
function likelyAnchors({ bought, similar, goesWith }: Scored['candidate'], about: BundleContext): ContextItem[] {
  const ids = [similar?.anchor, bought?.anchor, goesWith?.anchor]
  return [...new Set(ids)].flatMap((id) => (id === undefined ? [] : (about.context.get(id) ?? [])))
}

/** What the shopper did, asked for or likes. */
function factsOfShopper({ candidate, shares }: Pick<Scored, 'candidate' | 'shares'>, card: Card, about: BundleContext) {
  const facts: Fact[] = []
  const effectOf: ReadonlyArray<readonly [string | undefined, boolean]> = [
    [candidate.bought?.anchor, gave(shares, 'bought_together')],
    [candidate.similar?.anchor, gave(shares, 'vector_seed', 'vector_recent')],
    [candidate.goesWith?.anchor, gave(shares, 'complement')],
  ]
  for (const anchor of likelyAnchors(candidate, about)) {
    const did = about.own.get(anchor.id)
    if (did === undefined) continue
    facts.push({
      ...NO_FACT,
      id: `own:${did}:${anchor.id}`,
      kind: 'own_item',
      item: { id: anchor.id, title: titleIn(anchor, about.market) },
      attribute: did,
      effect: effectOf.some(([id, effect]) => id === anchor.id && effect),
    })
  }
  if (candidate.owned > 0)
    facts.push({
      ...NO_FACT,
      id: `before:${card.id}`,
      kind: 'bought_before',
      count: candidate.owned,
      effect: gave(shares, 'bought_before'),
    })
  const matched =
    about.query !== null && matchesWords(candidate.text, about.bestTextScore)
      ? matchedWords(about.query, card, about.locale)
      : null
  if (matched !== null)
    facts.push({
      ...NO_FACT,
      id: `query:${card.id}`,
      kind: 'matches_query',
      value: matched,
      effect: gave(shares, 'text', 'vector_text'),
    })
  const interest = strongestInterest(card, about.interests)
  // What a past has in common is no source of its own: it is told, and never called the cause.
  if (interest !== null)
    facts.push({ ...NO_FACT, id: `taste:${card.id}:${interest}`, kind: 'taste', value: interest, effect: false })
  return facts
}

function strongestInterest(card: Card, interests: Interests | null): string | null {
  if (interests === null) return null
  const levels = card.categories.flatMap((path) => categoryLevels(path))
  const known = levels.map((level) => [level, interests.shares.get(level) ?? 0] as const)
  known.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return known[0] !== undefined && known[0][1] >= MIN_INTEREST ? known[0][0] : null
}

/** What is true of the item for everybody. */
function factsOfShop({ candidate, shares }: Pick<Scored, 'candidate' | 'shares'>, card: Card, about: BundleContext) {
  const facts: Fact[] = []
  if (candidate.trendingCount >= MIN_TRENDING_BUYERS)
    facts.push({
      ...NO_FACT,
      id: `trending:${about.market}:${card.id}`,
      kind: 'trending',
      count: candidate.trendingCount,
      market: about.market,
      effect: gave(shares, 'trending'),
    })
  if (candidate.fresh > 0)
    facts.push({
      ...NO_FACT,
      id: `new:${card.id}`,
      kind: 'new',
      since: new Date(card.createdAtMs).toISOString().slice(0, 10),
      effect: gave(shares, 'new'),
    })
  if (isPopular(card))
    facts.push({ ...NO_FACT, id: `popular:${card.id}`, kind: 'popular', effect: gave(shares, 'popular') })
  const picked = about.rules.some(({ effect }) => effect === 'pinned' || effect === 'boosted')
  if (picked) facts.push({ ...NO_FACT, id: `picked:${card.id}`, kind: 'picked', effect: true })
  if (card.listPrice !== null && card.listPrice > card.price)
    facts.push({
      ...NO_FACT,
      id: `reduced:${card.id}`,
      kind: 'price',
      attribute: 'reduced',
      value: priceText(card.listPrice, card.currency, about.locale),
      effect: false,
    })
  return facts
}
