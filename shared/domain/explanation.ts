import * as z from 'zod'
import { EVENT_TYPES } from './event.ts'
import { filterSchema } from './filter.ts'
import { idSchema } from './ids.ts'
import { featureShareSchema, RUNGS, recommendationRequestSchema, whySchema } from './recommendation.ts'
import { ruleSchema } from './rule.ts'

/**
 * The query of `GET /v1/explain`: a shelf's own parameters, and which item of it is asked about. How much the shelf was to
 * explain, and how long it was to wait, say nothing here.
 */
export const explainRequestSchema = recommendationRequestSchema.extend({
  item_id: idSchema.describe('The item that is to be explained'),
  instead_of: idSchema.optional().describe('An item to compare it with'),
})

/**
 * Why an item is not on a shelf, in the order in which they are looked at: an explanation tells the first. Browser keys
 * are told `not_chosen` for what a shop keeps to itself, and `unknown_item` for what it does not show.
 */
export const WHY_NOT_CAUSES = [
  /** The shop has no such item, or had none at the moment asked about. */
  'unknown_item',
  'deleted',
  /** The item's offer in this market is not visible. */
  'hidden',
  'not_sellable',
  /** Named by the request: left out, what the page is about, or in the cart. */
  'excluded_by_request',
  'already_owned',
  'disliked',
  'earlier_page',
  'filtered',
  'rule_hidden',
  'rule_buried',
  'rule_capped',
  /** No source brings it for this shopper, page or query; or others are brought with more. */
  'not_recalled',
  /** Others score higher. */
  'ranked_below',
  /** The order alone would show it: variety, caps, newcomers or a language model's order gave its place to another. */
  'not_varied',
] as const
export type WhyNotCause = (typeof WHY_NOT_CAUSES)[number]

/** What an offer lacks to be sold: no offer in this market, no price, no stock, or another time. */
export const OFFER_LACKS = ['market', 'price', 'stock', 'window'] as const
/** Lists of a request that keep the items that they name off its shelf. */
export const EXCLUDING_LISTS = ['exclude_item_ids', 'item_ids', 'cart_item_ids'] as const
/** Who gave the place to another where the order alone would not. */
export const MOVERS = ['variety', 'newcomers', 'model'] as const

/** A part of the request's filter, by its JSON pointer. */
const clauseSchema = z.strictObject({ pointer: z.string(), clause: filterSchema })

export const whyNotItemSchema = z.strictObject({
  cause: z.enum([...WHY_NOT_CAUSES, 'not_chosen']),
  /** Of `not_sellable`. */
  lacks: z.enum(OFFER_LACKS).optional(),
  /** Of `excluded_by_request`. */
  list: z.enum(EXCLUDING_LISTS).optional(),
  /** Of `filtered`: the innermost part that it does not pass. */
  filter: clauseSchema.optional(),
  /** Of `rule_…`: the rule's id. */
  rule: z.string().optional(),
  /** Of `ranked_below` and `not_varied`: its place in the order alone, among so many. */
  rank: z.int().optional(),
  of: z.int().optional(),
  /** Of `ranked_below`: what its log odds lack to the last place that the order gives. */
  gap: z.number().optional(),
  /** Of `not_varied`. */
  by: z.enum(MOVERS).optional(),
})
export type WhyNotItem = z.infer<typeof whyNotItemSchema>

/** What decides between two items that stand beside each other, or that are compared. */
export const DECIDERS = ['order', ...MOVERS, 'rule'] as const

const neighbourSchema = z.strictObject({
  item_id: z.string(),
  /** Secret keys only, as all that follows: what put the higher one there. `order`: it scores higher. */
  by: z.enum(DECIDERS).optional(),
  /** The asked item's log odds less the other's. */
  log_odds: z.number().optional(),
  /** The features in which they differ most: the asked item's less the other's. */
  features: z.array(featureShareSchema).optional(),
})
export type Neighbour = z.infer<typeof neighbourSchema>

const comparisonSchema = neighbourSchema.extend({
  shown: z.int().nullable(),
  /** Which of the two stands higher; null where neither can be ranked, and for browser keys where neither is shown. */
  higher: z.string().nullable(),
})

/** The closed list of changes that are tried. Each has what is needed to make it. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('put_in_stock'), units: z.int() }),
  z.strictObject({ kind: z.literal('remove_exclusion'), list: z.enum(EXCLUDING_LISTS) }),
  z.strictObject({ kind: z.literal('remove_filter_clause'), filter: clauseSchema }),
  z.strictObject({ kind: z.literal('larger_limit'), limit: z.int() }),
  z.strictObject({ kind: z.literal('lower_diversity'), diversity: z.number() }),
  z.strictObject({
    kind: z.literal('raise_cap'),
    /** A rule's cap, or the placement's own. */
    rule: z.string().nullable(),
    per: z.string(),
    to: z.int(),
  }),
  z.strictObject({ kind: z.literal('remove_rule'), rule: z.string() }),
  /** The rule as it would be published. */
  z.strictObject({ kind: z.literal('boost'), factor: z.number(), rule: ruleSchema }),
  z.strictObject({ kind: z.literal('seed'), item_id: z.string() }),
  z.strictObject({ kind: z.literal('recent_event'), item_id: z.string(), type: z.enum(EVENT_TYPES) }),
])
export type Change = z.infer<typeof changeSchema>

export const explanationSchema = z.strictObject({
  item_id: z.string(),
  placement: z.string(),
  market: z.string(),
  locale: z.string(),
  /** Its place on the page, counted from 1; null when it is not there. */
  shown: z.int().nullable(),
  /** Items on the page. */
  of: z.int(),
  /** Null for what was not scored. */
  why: whySchema.nullable(),
  /** The items above and below it on the page; of an item that is not shown the last one of the page is above. */
  here: z.strictObject({ above: neighbourSchema.nullable(), below: neighbourSchema.nullable() }).nullable(),
  /** Null when it is shown. */
  why_not: whyNotItemSchema.nullable(),
  instead_of: comparisonSchema.nullable(),
  /** Secret keys only. With the place that the item had when the change was tried on the shelf. */
  smallest_change: z.strictObject({ change: changeSchema, shown: z.int() }).nullable().optional(),
  /** Why there is none, where the item is not shown and nothing on the list shows it. */
  no_change: z.string().nullable().optional(),
  served: z.strictObject({
    rung: z.enum(RUNGS),
    degraded: z.array(z.string()),
    order: z.string(),
    ms: z.number(),
    /** Shelves that were made for this answer. */
    shelves: z.int(),
  }),
})
export type Explanation = z.infer<typeof explanationSchema>
