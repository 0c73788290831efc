import { canonicalJson, hash64, lengthPrefixed, sha256 } from '../base/hash.ts'
import { FACETS, type Facet, type ItemFacts, type Understanding } from '../domain/enrichment.ts'
import type { ShopConfig } from '../domain/shop.ts'
import type { CompleterInfo } from '../model/completer_rpc.ts'
import { recipeOf } from '../prompt/item_prompt.ts'
import type { Enrichment } from '../store/catalogue/enrichments.ts'
import { RULES_RECIPE } from './understand/rules.ts'

/** What a shop's items are to be understood with now. */
export interface Wanted {
  /** Null: no model is configured, the rules answer. */
  model: string | null
  locales: readonly string[]
  /** Of everything below; a row of another recipe is due again. */
  recipe: string
  /** How rows that rules made say so. */
  rulesRecipe: string
  /** Facet -> prompt version and model. */
  marks: Readonly<Record<Facet, string>>
  expansionMark: string
}

export function wantedOf(config: ShopConfig, info: CompleterInfo | null): Wanted {
  const locales = [...new Set([config.locale, ...config.markets.map((own) => own.locale)])].sort()
  const rulesRecipe = `${RULES_RECIPE} | ${locales.join(',')}`
  const model = info?.model ?? null
  const by = model ?? RULES_RECIPE
  const mark = (facet: Facet) =>
    // Only summaries are written in the shop's languages: a new market re-asks nothing else.
    `${recipeOf([facet])} ${by}${facet === 'summary' ? ` ${locales.join(',')}` : ''}`
  return {
    model,
    locales,
    recipe: model === null ? rulesRecipe : `${recipeOf(FACETS)} | ${model} | ${locales.join(',')}`,
    rulesRecipe,
    marks: Object.fromEntries(FACETS.map((facet) => [facet, mark(facet)])) as Record<Facet, string>,
    expansionMark: `${recipeOf(['expansion'])} ${by}`,
  }
}

/** Facets of this item that are to be asked for: of a text that has not changed, those whose prompt or model has. */
export function dueFacets(row: Enrichment | null, textHash: string, wanted: Wanted): Facet[] {
  return row === null || row.textHash !== textHash
    ? [...FACETS]
    : FACETS.filter((facet) => row.facets[facet] !== wanted.marks[facet])
}

/**
 * What of an item is said: equal facts of one shop are one question, whatever the item is called. Options and offers come
 * in the order of variants and markets, whose names say nothing: another order is no other question.
 */
function saidOf({ id: _id, ...said }: ItemFacts): string {
  const options = Object.fromEntries(Object.entries(said.options).map(([name, values]) => [name, values.toSorted()]))
  return canonicalJson({ ...said, options, localised: said.localised.map((own) => canonicalJson(own)).sort() })
}

/**
 * The key of a question about an item. The vocabulary is not in it: it grows with the shop, and an answer that was paid
 * for under an earlier one is checked against the present one all the same.
 */
export const understandingKey = (shop: string, facts: ItemFacts, askRecipe: string, wanted: Wanted): Promise<string> =>
  sha256(lengthPrefixed(['understand', shop, saidOf(facts), askRecipe, wanted.locales.join(','), wanted.model ?? '']))

export const expansionKey = (
  shop: string,
  facts: ItemFacts,
  neighbours: readonly unknown[],
  wanted: Wanted,
): Promise<string> =>
  sha256(lengthPrefixed(['expand', shop, saidOf(facts), canonicalJson(neighbours), wanted.expansionMark]))

/** Of what search text and vectors are made of. */
export const enrichmentHash = (understanding: Understanding, expansion: readonly string[]): string =>
  hash64(canonicalJson([understanding, expansion]))
