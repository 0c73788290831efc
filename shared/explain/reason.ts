import { type Card, type ContextItem, titleIn } from '../domain/card.ts'
import { leafCategory } from '../domain/item.ts'
import type { Evidence, Source } from '../domain/recommendation.ts'
import type { Scored } from '../rank/order.ts'
import { matchedWords } from './matched_words.ts'
import { phrasesFor, spokenLocale } from './phrases.ts'
import { isQuotable } from './quotable.ts'
import { sharedAttributes } from './shared_attributes.ts'

/** What reasons may speak of beside the item itself. */
export interface ReasonContext {
  locale: string
  market: string
  query: string | null
  /** Context items by id; only these are named. */
  context: ReadonlyMap<string, ContextItem>
  /** The largest full text score among the candidates; 0 without a query. */
  bestTextScore: number
}

export interface Reason {
  text: string
  evidence: Evidence[]
}

/** Fewer co-buyers than this are chance, and would point at persons. */
export const MIN_CO_BUYERS = 3
/** Fewer recent buyers than this are no trend. */
export const MIN_TRENDING_BUYERS = 3
/** A cosine below this is not worth calling likeness. */
export const MIN_COSINE = 0.35
/** Of the shop's most popular item: less than this is not what a shopper would call popular. */
const MIN_POPULARITY = 0.5
/** Of the best full text hit of this shelf: a hit on one word in passing is no match; a word in a description is one. */
const MIN_TEXT_SHARE = 0.35

/**
 * Why an item stands on the shelf: one sentence bound to the evidence that it cites. The sources are asked in the order
 * of what they gave to the score, so a reason never cites what did not move the item; the first that has evidence speaks.
 * Evidence that would have to be told in words that hold a link or markup, or that speak to a machine, is passed over.
 */
export function reasonFor(
  scored: Pick<Scored, 'candidate' | 'shares'>,
  card: Card,
  about: ReasonContext,
): Reason | null {
  const sources = [...scored.shares].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([source]) => source)
  for (const source of sources) {
    const reason = fromSource(source, scored, card, about)
    if (reason !== null) return reason
  }
  return null
}

function fromSource(
  source: Source,
  scored: Pick<Scored, 'candidate' | 'shares'>,
  card: Card,
  about: ReasonContext,
): Reason | null {
  const { candidate } = scored
  const phrases = phrasesFor(about.locale)
  switch (source) {
    case 'bought_together': {
      const link = candidate.bought
      const anchor = link && namedAnchor(link.anchor, about)
      if (!link || !anchor || link.count < MIN_CO_BUYERS) return null
      return cite(phrases.boughtTogether(link.count, titleIn(anchor, about.market)), {
        id: `bought:${anchor.id}:${card.id}`,
        kind: 'bought_together',
        item_id: anchor.id,
        count: link.count,
      })
    }
    case 'complement': {
      const link = candidate.goesWith
      const anchor = link && namedAnchor(link.anchor, about)
      if (!link || !anchor || link.count < MIN_CO_BUYERS) return null
      return cite(phrases.goesWith(link.count, titleIn(anchor, about.market)), {
        id: `complement:${anchor.id}:${card.id}`,
        kind: 'complement',
        item_id: anchor.id,
        count: link.count,
      })
    }
    case 'bought_before':
      if (candidate.owned === 0) return null
      return cite(phrases.boughtBefore(candidate.owned), {
        id: `before:${card.id}`,
        kind: 'bought_before',
        count: candidate.owned,
      })
    case 'vector_seed':
    case 'vector_recent':
      return likenessReason(scored, card, about)
    case 'text':
    case 'vector_text':
      // Only full text search proves that words match; nearness of vectors does not.
      if (about.query === null || !matchesWords(candidate.text, about.bestTextScore)) return null
      return matchReason(about.query, card, about)
    case 'trending':
      if (candidate.trendingCount < MIN_TRENDING_BUYERS) return null
      return cite(phrases.trending(candidate.trendingCount, marketName(about.market, about.locale)), {
        id: `trending:${about.market}:${card.id}`,
        kind: 'trending',
        count: candidate.trendingCount,
        market: about.market,
      })
    case 'new': {
      // The order may weigh ages as well: what is not among the new is old, however much that speaks for it.
      if (candidate.fresh === 0) return null
      const since = new Date(card.createdAtMs).toISOString().slice(0, 10)
      return cite(phrases.fresh(since), { id: `new:${card.id}`, kind: 'new', since })
    }
    case 'popular':
      if (!isPopular(card)) return null
      return cite(phrases.popular(), { id: `popular:${card.id}`, kind: 'popular' })
  }
}

export const matchesWords = (score: number, best: number) => score > 0 && score >= MIN_TEXT_SHARE * best
export const isPopular = (card: Card) => card.popularity >= MIN_POPULARITY

/** The other item, when it can be named. */
function namedAnchor(id: string, about: ReasonContext): ContextItem | null {
  const anchor = about.context.get(id)
  return anchor !== undefined && isQuotable(titleIn(anchor, about.market)) ? anchor : null
}

const cite = (text: string, evidence: Evidence): Reason => ({ text, evidence: [evidence] })

/** The words that match, and not those that do not: a red glass is no match for a red teapot. */
function matchReason(query: string, card: Card, about: ReasonContext): Reason | null {
  if (!isQuotable(query)) return null
  const value = matchedWords(query, card, about.locale)
  if (value === null) return null
  return cite(phrasesFor(about.locale).matchesQuery(value), { id: `query:${card.id}`, kind: 'matches_query', value })
}

/** A link by text is told by what the two items share in so many words; without that, as likeness when it is strong. */
function likenessReason(scored: Pick<Scored, 'candidate'>, card: Card, about: ReasonContext): Reason | null {
  const link = scored.candidate.similar
  const anchor = link && namedAnchor(link.anchor, about)
  if (!link || !anchor) return null
  const phrases = phrasesFor(about.locale)
  const shared = sharedAttributes(card, anchor).find(({ name, value }) => isQuotable(name) && isQuotable(value))
  if (shared !== undefined) {
    const { name, value } = shared
    const text =
      name === 'brand'
        ? phrases.sharedBrand(value, titleIn(anchor, about.market))
        : name === 'category'
          ? phrases.sharedCategory(leafCategory(value), titleIn(anchor, about.market))
          : phrases.sharedAttribute(name, value, titleIn(anchor, about.market))
    return cite(text, {
      id: `shared:${anchor.id}:${card.id}:${name}`,
      kind: 'shared_attribute',
      item_id: anchor.id,
      attribute: name,
      value,
    })
  }
  if (link.strength < MIN_COSINE) return null
  return cite(phrases.similar(titleIn(anchor, about.market)), {
    id: `similar:${anchor.id}:${card.id}`,
    kind: 'similar',
    item_id: anchor.id,
  })
}

/** A country's name where the market is an ISO code, and the shop's own name for the market where it is not. */
export function marketName(market: string, locale: string): string {
  if (!/^[A-Z]{2}$/.test(market)) return market
  try {
    return new Intl.DisplayNames([spokenLocale(locale)], { type: 'region', fallback: 'code' }).of(market) ?? market
  } catch {
    return market
  }
}
