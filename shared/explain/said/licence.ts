import type { Fact } from '../../domain/told_reason.ts'

/** Which words a fact licenses: its kind, divided where one kind says several things. */
export const LICENCES = [
  'bought_together',
  'complement',
  'bought_before',
  'own_purchase',
  'own_view',
  'shared_attribute',
  'shared_brand',
  'shared_category',
  'similar',
  'matches_query',
  'trending',
  'new',
  'popular',
  'taste',
  'picked',
  'reduced',
  'cheaper',
] as const
export type Licence = (typeof LICENCES)[number]

/** Words beside the fact's own: of the shown item, of the shopper, of other shoppers. */
export type Group = 'item' | 'you' | 'crowd'

/** What a sentence about a fact may speak of. A past act of the shopper's names its item and never "this". */
export const GROUPS_OF: Readonly<Record<Licence, readonly Group[]>> = {
  bought_together: ['item', 'crowd'],
  complement: ['item'],
  bought_before: ['item', 'you'],
  own_purchase: ['you'],
  own_view: ['you'],
  shared_attribute: ['item'],
  shared_brand: ['item'],
  shared_category: ['item'],
  similar: ['item'],
  matches_query: ['item', 'you'],
  trending: ['item', 'crowd'],
  new: ['item'],
  popular: ['item'],
  taste: ['item', 'you'],
  picked: ['item'],
  reduced: ['item'],
  // "“A” costs less than this" would be the contrary in the same words.
  cheaper: [],
}

/** A group of which a word has to stand in the clause: "bought" alone may be read as "you bought". */
export const NEEDED: Partial<Readonly<Record<Licence, Group>>> = {
  bought_together: 'crowd',
  trending: 'crowd',
  bought_before: 'item',
}

export function licenceOf(fact: Fact): Licence {
  switch (fact.kind) {
    case 'shared_attribute':
      return fact.attribute === 'brand'
        ? 'shared_brand'
        : fact.attribute === 'category'
          ? 'shared_category'
          : 'shared_attribute'
    case 'own_item':
      return fact.attribute === 'purchase' ? 'own_purchase' : 'own_view'
    case 'price':
      return fact.attribute === 'cheaper' ? 'cheaper' : 'reduced'
    default:
      return fact.kind
  }
}

/** The words of a language in which reasons are said, lower case; compiled once (vocabulary.ts). */
export interface Words {
  /** Grammar that states nothing. No word that denies, limits or raises is here: no "not", "only", "all", "most". */
  glue: string
  item: string
  you: string
  crowd: string
  /** Words and phrases that make one thing the cause of another. */
  causal: readonly string[]
  said: Readonly<Record<Licence, string>>
  /** What a shop's usual attribute names are called. */
  names: Readonly<Record<string, string>>
  /** Number words, as far as the shared lexicon does not have them. */
  numbers: Readonly<Record<string, number>>
  /** Where the dearer item's title stands in a comparison; T is the title. */
  than: RegExp
  /** Where the former price stands; V is the price. */
  was: RegExp
}
