import * as z from 'zod'
import { EVENT_TYPES } from './event.ts'
import { filterSchema } from './filter.ts'
import { idSchema, localeSchema, marketSchema, momentSchema, placementNameSchema } from './ids.ts'
import { LIMITS } from './limits.ts'
import { ruleEffectSchema } from './rule.ts'

/** A past item: its id, or its id and the second at which it happened. Equal times are a set, without order. */
const pastItemSchema = z.union([idSchema, z.tuple([idSchema, z.number().min(0).max(32_503_680_000)])])

const recentSchema = z.strictObject({
  item_id: idSchema,
  type: z.enum(EVENT_TYPES).optional(),
  occurred_at: momentSchema.optional(),
})

/** The body of `POST /v1/recommendations`; its GET twin carries the same names in the query string. */
export const recommendationRequestSchema = z.strictObject({
  placement: placementNameSchema.default('generic').describe('Where on the site the shelf stands'),
  user_id: idSchema.optional(),
  anonymous_id: idSchema.optional(),
  session_id: idSchema.optional(),
  item_ids: z.array(idSchema).max(LIMITS.seedItems).optional().describe('Seed items: what the page is about'),
  cart_item_ids: z.array(idSchema).max(LIMITS.cartItems).optional(),
  history: z
    .array(pastItemSchema)
    .max(LIMITS.historyItems)
    .optional()
    .describe('Past items, oldest first, as id or [id, seconds]'),
  recent: z
    .array(recentSchema)
    .max(LIMITS.recentEvents)
    .optional()
    .describe('Recent events, newest last; then no shared store is asked'),
  query: z.string().min(1).max(LIMITS.queryChars).optional(),
  limit: z.int().min(1).max(LIMITS.shelfLimit).optional(),
  market: marketSchema.optional(),
  locale: localeSchema.optional(),
  filter: filterSchema.optional(),
  exclude_item_ids: z.array(idSchema).max(LIMITS.excludeItems).optional(),
  diversity: z.number().min(0).max(1).optional(),
  explain: z.enum(['none', 'short', 'full', 'trace']).optional(),
  freshness: z.enum(['normal', 'strict']).optional(),
  cursor: z.string().max(LIMITS.cursorChars).optional(),
  wait_ms: z
    .int()
    .min(0)
    .max(LIMITS.waitMs)
    .optional()
    .describe('How long the shelf may wait for an order of a language model that is not there yet; 0 by default'),
  as_of: momentSchema.optional().describe('Secret keys only: answer as if it were this moment'),
})
export type RecommendationRequest = z.infer<typeof recommendationRequestSchema>

/** The body of `POST /v1/rerank`: a shelf of the shop's own candidates, all of which come back unless they cannot be sold. */
export const rerankRequestSchema = recommendationRequestSchema.omit({ cursor: true, wait_ms: true }).extend({
  candidate_item_ids: z.array(idSchema).min(1).max(LIMITS.rerankItems).describe('What is to be put in order'),
  limit: z.int().min(1).max(LIMITS.rerankItems).optional(),
})

/** Best first. L0 and L1 are orders by a language model; L2 is the base order; below it something is down. */
export const RUNGS = ['L0', 'L1', 'L2', 'L3', 'L4', 'L5'] as const
export type Rung = (typeof RUNGS)[number]

/** Where a candidate came from. */
export const SOURCES = [
  'vector_seed',
  'vector_recent',
  'vector_text',
  'text',
  'bought_together',
  'complement',
  'bought_before',
  'trending',
  'new',
  'popular',
] as const
export type Source = (typeof SOURCES)[number]

export const EVIDENCE_KINDS = [
  'shared_attribute',
  'bought_together',
  'complement',
  'bought_before',
  'similar',
  'matches_query',
  'trending',
  'new',
  'popular',
  /** Of reasons that a language model tells: what the shopper did with a named item, likes, is shown first, or pays. */
  'own_item',
  'taste',
  'picked',
  'price',
] as const

/** A fact that a reason rests on; its id is what the reason cites. */
export const evidenceSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(EVIDENCE_KINDS),
  item_id: z.string().optional(),
  attribute: z.string().optional(),
  value: z.string().optional(),
  count: z.number().optional(),
  market: z.string().optional(),
  since: z.string().optional(),
})
export type Evidence = z.infer<typeof evidenceSchema>

const moneySchema = z.strictObject({ amount: z.int(), currency: z.string() })

/** What a feature adds to an item's log odds: over the average candidate's, or over another item's. */
export const featureShareSchema = z.strictObject({ feature: z.string(), log_odds: z.number() })

/** Why an item scores as it does. Browser keys are told facts alone, without shares, features and rules. */
export const whySchema = z.strictObject({
  /** By what gave to the score, the largest first. */
  evidence: z.array(
    z.strictObject({
      source: z.enum(SOURCES),
      /** Of all that speaks for the item. */
      share: z.number().optional(),
      /** What can be proved of it, and the sentence that says so; null where nothing can. */
      fact: evidenceSchema.nullable(),
      text: z.string().nullable(),
    }),
  ),
  /** The weightiest, for and against. */
  features: z.array(featureShareSchema).optional(),
  rules: z.array(ruleEffectSchema).optional(),
})
export type Why = z.infer<typeof whySchema>

export const shelfItemSchema = z.strictObject({
  id: z.string(),
  variant_id: z.string(),
  rank: z.int(),
  title: z.string(),
  url: z.string().nullable(),
  image_url: z.string().nullable(),
  brand: z.string().nullable(),
  categories: z.array(z.string()),
  price: moneySchema,
  list_price: moneySchema.nullable(),
  sources: z.array(z.enum(SOURCES)),
  reason: z.strictObject({ text: z.string(), evidence: z.array(evidenceSchema) }).nullable(),
  /** With `explain=full`. */
  why: whySchema.optional(),
})
export type ShelfItem = z.infer<typeof shelfItemSchema>

export const traceSchema = z.strictObject({
  stages: z.array(z.strictObject({ stage: z.string(), ms: z.number(), outcome: z.string() })),
  sources: z.record(z.string(), z.int()),
  candidates: z.array(
    z.strictObject({
      id: z.string(),
      score: z.number(),
      sources: z.record(z.string(), z.number()),
      /** What each feature adds to its log odds over the average candidate's; the weightiest alone. */
      features: z.record(z.string(), z.number()),
      outcome: z.string(),
      /** Secret keys only: what the shop's rules did to it. */
      rules: z.array(ruleEffectSchema).optional(),
    }),
  ),
  storage: z.strictObject({ waves: z.int(), calls: z.int() }),
  /** Secret keys only. `hidden`: candidates that rules took away by their ids, before anything was ranked. */
  rules: z
    .strictObject({
      version: z.int(),
      in_force: z.array(z.string()),
      hidden: z.array(z.strictObject({ id: z.string(), rule: z.string() })),
    })
    .optional(),
})
export type Trace = z.infer<typeof traceSchema>

export const servedLlmSchema = z.strictObject({
  /** `draft`: both orders take turns, to be compared; `served`: the model's, as far as it may move things. */
  use: z.enum(['draft', 'served']),
  made_at: z.string(),
  passes: z.int(),
  /** How much the passes agree, 0 to 1; 0 of one pass. */
  agreement: z.number(),
  /** What making the order took, once for all shelves that have it; in millionths of the budget's currency. */
  cost: z.strictObject({ input_tokens: z.int(), output_tokens: z.int(), micro: z.number() }),
  /** Whether this request waited for it: then it is this request's cost. */
  waited: z.boolean(),
})

export type ServedLlm = z.infer<typeof servedLlmSchema>

export const servedSchema = z.strictObject({
  rung: z.enum(RUNGS),
  /** What was slow, down or stale for this answer; empty when nothing was. */
  degraded: z.array(z.string()),
  strategy: z.string(),
  /** The order that ranked: a shop's own, or the shipped one. */
  order: z.string(),
  cache: z.enum(['none', 'hit']),
  /** The order of a language model that this shelf has; null where it has none. */
  llm: servedLlmSchema.nullable(),
  /** True for the stateless five per cent of shoppers whose shelves judge the others. */
  holdout: z.boolean(),
  ms: z.number(),
  /** Set when availability was not read from D1 for this answer: the moment it was last known. */
  availability_as_of: z.string().nullable(),
})

export const recommendationResponseSchema = z.strictObject({
  recommendation_id: z.string(),
  placement: z.string(),
  title: z.string(),
  market: z.string(),
  locale: z.string(),
  items: z.array(shelfItemSchema),
  served: servedSchema,
  next_cursor: z.string().nullable(),
  missing_item_ids: z.array(z.string()),
  trace: traceSchema.optional(),
})
export type RecommendationResponse = z.infer<typeof recommendationResponseSchema>
