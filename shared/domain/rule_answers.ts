import * as z from 'zod'
import { RUNGS, recommendationRequestSchema } from './recommendation.ts'
import { ruleEffectSchema, ruleListSchema } from './rule.ts'

/** What the API takes and answers about rules, beside the rules themselves. */

const changesSchema = z.strictObject({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.strictObject({ id: z.string(), fields: z.array(z.string()) })),
})
const warningsSchema = z.array(z.strictObject({ rule: z.string(), detail: z.string() }))

const versionSchema = z.strictObject({
  version: z.int(),
  /** The earlier version whose rules these are. */
  restored_from: z.int().nullable(),
  label: z.string(),
  note: z.string(),
  published_at: z.string().nullable(),
})

/** Version 0: nothing was ever published. */
export const rulesAnswerSchema = versionSchema.extend({ active: z.boolean(), rules: ruleListSchema })

export const rulesPublishedSchema = versionSchema.extend({
  /** False when these rules were active already. */
  created: z.boolean(),
  changes: changesSchema,
  warnings: warningsSchema,
})

export const ruleVersionsSchema = z.strictObject({
  versions: z.array(
    versionSchema.extend({
      active: z.boolean(),
      rules: z.int(),
      /** Against the version before; null where that is no longer kept. */
      changes: changesSchema.nullable(),
    }),
  ),
  /** `below` of the next page. */
  next: z.int().nullable(),
})

/** The body of `POST /v1/shops/{shop}/rules/preview`: a draft, and the shelf that it is tried on. */
export const rulesPreviewBodySchema = z.strictObject({
  rules: ruleListSchema,
  /** Any shopper, market and placement. `as_of` is the moment that rules are judged at; it may lie ahead. */
  request: recommendationRequestSchema,
})

/** Why a rule had no say. */
export const WHY_NOT = ['disabled', 'not_begun', 'over', 'placement', 'market', 'locale', 'query', 'shopper'] as const
export type WhyNot = (typeof WHY_NOT)[number]

const previewShelfSchema = z.strictObject({
  rung: z.enum(RUNGS),
  degraded: z.array(z.string()),
  items: z.array(
    z.strictObject({
      rank: z.int(),
      id: z.string(),
      title: z.string(),
      /** The place that the order alone would give, before variety, caps and rules. */
      base_rank: z.int().nullable(),
      rules: z.array(ruleEffectSchema),
    }),
  ),
})

export const rulesPreviewSchema = z.strictObject({
  shop: z.string(),
  placement: z.string(),
  market: z.string(),
  locale: z.string(),
  /** The moment that both sets of rules were judged at. */
  at: z.string(),
  active_version: z.int(),
  before: previewShelfSchema,
  after: previewShelfSchema,
  /** Items that the draft keeps off the page or back: with their places before, and by which rules. */
  kept_back: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string().nullable(),
      base_rank: z.int().nullable(),
      before_rank: z.int().nullable(),
      rules: z.array(ruleEffectSchema),
    }),
  ),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      in_force: z.boolean(),
      why_not: z.enum(WHY_NOT).nullable(),
      /** Candidates that it touched. */
      touched: z.int(),
      /** Pinned items that cannot be shown here: unknown, not for sale in this market, excluded, filtered or already shown. */
      missing: z.array(z.string()),
    }),
  ),
  warnings: warningsSchema,
})
export type RulesPreview = z.infer<typeof rulesPreviewSchema>
