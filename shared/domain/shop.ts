import * as z from 'zod'
import { gatesSchema } from './gate.ts'
import {
  currencySchema,
  localeSchema,
  marketSchema,
  placementNameSchema,
  shopIdSchema,
  shortTextSchema,
} from './ids.ts'
import { LIMITS } from './limits.ts'
import { rankerSchema } from './ranker.ts'
import { activeRulesSchema, NO_RULES } from './rule.ts'
import { searchConfigSchema } from './vector_space.ts'

export const marketConfigSchema = z.strictObject({
  market: marketSchema,
  currency: currencySchema,
  locale: localeSchema,
})

/** The body of `PUT /v1/shops/{shop}`. */
export const shopBodySchema = z.strictObject({
  name: shortTextSchema,
  locale: localeSchema,
  /** The market of a request that names none. */
  market: marketSchema,
  markets: z.array(marketConfigSchema).min(1).max(LIMITS.marketsPerShop),
})
export type ShopBody = z.infer<typeof shopBodySchema>

export const keyKindSchema = z.enum(['pk', 'sk'])
export type KeyKind = z.infer<typeof keyKindSchema>

/** An API key as it is kept: its hash, never itself. */
export const storedKeySchema = z.object({
  hash: z.string(),
  kind: keyKindSchema,
  label: z.string(),
  /** Origins that a browser may use the key from; empty means every origin. */
  origins: z.array(z.string()),
  expiresAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
})
export type StoredKey = z.infer<typeof storedKeySchema>

export const STRATEGIES = ['home', 'product', 'cart', 'generic', 'again'] as const
export type Strategy = (typeof STRATEGIES)[number]

/** What a placement shows and how, kept per shop so that it changes without a deploy. */
export const placementBodySchema = z.strictObject({
  /** Titles by locale; the shop's locale serves the rest. */
  title: z.record(localeSchema, shortTextSchema),
  /** What the shelf is for. `again` shows what the shopper has bought before, and nothing else. */
  strategy: z.enum(STRATEGIES),
  limit: z.int().min(1).max(LIMITS.shelfLimit).default(12),
  diversity: z.number().min(0).max(1).default(0.3),
  explain: z.enum(['none', 'short', 'trace']).default('short'),
  /** Items of one brand, and of one particular category, among a page. */
  max_per_brand: z.int().min(1).max(LIMITS.shelfLimit).default(LIMITS.shelfLimit),
  max_per_category: z.int().min(1).max(LIMITS.shelfLimit).default(LIMITS.shelfLimit),
  /** Whether items that the shopper already bought may come again. */
  repeat_purchases: z.boolean().default(false),
})
export type PlacementBody = z.infer<typeof placementBodySchema>

/** All that a request needs to know of its shop before it starts; one value, cached whole. */
export const shopConfigSchema = shopBodySchema.extend({
  shop: shopIdSchema,
  keys: z.array(storedKeySchema),
  placements: z.record(placementNameSchema, placementBodySchema),
  /** Which vectors and texts a search may ask. */
  search: searchConfigSchema.default({ space: null, found: false }),
  /** The rules in force. A copy that another release wrote may hold what this one does not know: then a shelf without rules. */
  rules: activeRulesSchema.catch(NO_RULES),
  /** The learned order in force; null: the shipped one. */
  ranker: rankerSchema.nullable().catch(null),
  /** Where orders of a language model serve; a placement that is not named is off. */
  gates: gatesSchema.catch({}),
})
export type ShopConfig = z.infer<typeof shopConfigSchema>

const titles = (en: string, de: string, ja: string, zh: string) => ({ en, de, ja, zh })

/** The placements that every shop starts with. */
export const DEFAULT_PLACEMENTS: Record<string, PlacementBody> = {
  home: placementBodySchema.parse({
    title: titles('Picked for you', 'Für Sie ausgesucht', 'あなたへのおすすめ', '為您推薦'),
    strategy: 'home',
    max_per_category: 4,
  }),
  product: placementBodySchema.parse({
    title: titles('Goes well with this', 'Passt dazu', 'この商品に合うもの', '搭配推薦'),
    strategy: 'product',
    diversity: 0.2,
  }),
  cart: placementBodySchema.parse({
    title: titles('Others also took', 'Dazu gekauft', '一緒に選ばれています', '大家也選了'),
    strategy: 'cart',
    diversity: 0.2,
  }),
  again: placementBodySchema.parse({
    title: titles('Buy again', 'Noch einmal kaufen', 'もう一度購入', '再次購買'),
    strategy: 'again',
    diversity: 0,
    repeat_purchases: true,
  }),
  generic: placementBodySchema.parse({
    title: titles('You may like', 'Das könnte Ihnen gefallen', 'こちらもいかがですか', '您可能喜歡'),
    strategy: 'generic',
  }),
}

/** The text of a table by locale, for `de-AT`: exact, then language, then the shop's, then English, then any. */
export function localised(table: Record<string, string>, locale: string, shopLocale: string): string {
  const language = (tag: string) => tag.split('-', 1)[0]!
  for (const tag of [locale, language(locale), shopLocale, language(shopLocale), 'en']) {
    if (Object.hasOwn(table, tag)) return table[tag]!
  }
  return Object.values(table)[0] ?? ''
}
