// What the CLI reads of each answer. Unknown fields are dropped, not refused: the API only ever adds.
import * as z from 'zod'

const fieldErrorSchema = z.object({ pointer: z.string(), detail: z.string() })

export const problemSchema = z.object({
  code: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  errors: z.array(fieldErrorSchema).optional(),
  request_id: z.string().optional(),
})

export const healthSchema = z.object({ status: z.string(), version: z.string() })
export const shopAnswerSchema = z.object({ shop: z.string(), created: z.boolean() })
export const keyAnswerSchema = z.object({ key: z.string(), kind: z.string(), label: z.string() })

export const itemsBulkSchema = z.object({
  counts: z.record(z.string(), z.number()),
  results: z.array(
    z.object({
      line: z.number(),
      id: z.string().nullish(),
      outcome: z.string(),
      errors: z.array(fieldErrorSchema).optional(),
    }),
  ),
})

export const eventsBulkSchema = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.array(z.object({ line: z.number(), errors: z.array(fieldErrorSchema) })),
  warnings: z.array(z.object({ line: z.number(), detail: z.string() })).default([]),
})

export const eventsAnswerSchema = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.array(z.object({ index: z.number(), errors: z.array(fieldErrorSchema) })),
  warnings: z.array(z.object({ index: z.number(), detail: z.string() })).default([]),
})

const momentSchema = z.union([z.number(), z.string()]).nullable()

const jobCostSchema = z.object({
  calls: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  money: z.number(),
})

const enrichmentSchema = z.object({
  done: z.number(),
  by_rules: z.number(),
  missing: z.number(),
  in_doubt: z.number(),
  quarantined: z.number(),
  rejected: z.number(),
  flagged: z.number(),
  kept: z.number(),
  dropped: z.record(z.string(), z.number()),
  budget: z.object({ daily: z.number().nullable(), spent_today: z.number(), reserved_today: z.number() }),
  quarantine: z.array(
    z.object({ item: z.string(), stage: z.string(), attempts: z.number(), error: z.string(), at: momentSchema }),
  ),
})
export type EnrichmentState = z.infer<typeof enrichmentSchema>

export const retrySchema = z.object({ forgotten_calls: z.number(), items: z.number(), quarantined: z.number() })

export const jobsSchema = z.object({
  shop: z.string(),
  items: z.object({ live: z.number(), waiting: z.number() }),
  waiting: z.object({ outbox: z.number(), events: z.number(), dead_letters: z.number() }),
  jobs: z.array(
    z.object({
      job: z.string(),
      state: z.string(),
      due: z.boolean().default(false),
      done: z.number(),
      total: z.number(),
      started_at: momentSchema,
      finished_at: momentSchema,
      error: z.string().nullable(),
      next_run_at: momentSchema.default(null),
      cost: z.object({ today: jobCostSchema, total: jobCostSchema }).optional(),
      errors: z.record(z.string(), z.number()).default({}),
    }),
  ),
  enrichment: enrichmentSchema.optional(),
})
export type Jobs = z.infer<typeof jobsSchema>

const moneySchema = z.object({ amount: z.number(), currency: z.string() })

export const shelfSchema = z.object({
  placement: z.string(),
  title: z.string(),
  market: z.string(),
  locale: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      rank: z.number(),
      title: z.string(),
      price: moneySchema,
      list_price: moneySchema.nullish(),
      sources: z.array(z.string()),
      reason: z
        .object({ text: z.string(), evidence: z.array(z.looseObject({ id: z.string(), kind: z.string() })) })
        .nullable(),
    }),
  ),
  served: z.object({
    rung: z.string(),
    degraded: z.array(z.string()),
    strategy: z.string(),
    /** The order that ranked. */
    order: z.string().optional(),
    cache: z.string(),
    ms: z.number(),
    availability_as_of: z.string().nullish(),
  }),
  missing_item_ids: z.array(z.string()),
  trace: z
    .object({
      stages: z.array(z.object({ stage: z.string(), ms: z.number(), outcome: z.string() })),
      sources: z.record(z.string(), z.number()),
      candidates: z.array(
        z.object({
          id: z.string(),
          score: z.number(),
          sources: z.record(z.string(), z.number()),
          features: z.record(z.string(), z.number()).default({}),
          outcome: z.string(),
          rules: z.array(z.object({ rule: z.string(), effect: z.string() })).default([]),
        }),
      ),
      rules: z.object({ hidden: z.array(z.object({ id: z.string(), rule: z.string() })) }).optional(),
    })
    .optional(),
})
export type Shelf = z.infer<typeof shelfSchema>

const featuresSchema = z.array(z.object({ feature: z.string(), log_odds: z.number() })).default([])
const besideSchema = z.object({
  item_id: z.string(),
  by: z.string().optional(),
  log_odds: z.number().optional(),
  features: featuresSchema,
})

export const explanationSchema = z.object({
  item_id: z.string(),
  placement: z.string(),
  market: z.string(),
  shown: z.number().nullable(),
  of: z.number(),
  why: z
    .object({
      evidence: z.array(
        z.object({ source: z.string(), share: z.number().optional(), fact: z.unknown(), text: z.string().nullable() }),
      ),
      features: featuresSchema,
      rules: z.array(z.object({ rule: z.string(), effect: z.string() })).default([]),
    })
    .nullable(),
  here: z.object({ above: besideSchema.nullable(), below: besideSchema.nullable() }).nullable(),
  why_not: z
    .object({
      cause: z.string(),
      lacks: z.string().optional(),
      list: z.string().optional(),
      filter: z.object({ pointer: z.string(), clause: z.unknown() }).optional(),
      rule: z.string().optional(),
      rank: z.number().optional(),
      of: z.number().optional(),
      gap: z.number().optional(),
      by: z.string().optional(),
    })
    .nullable(),
  instead_of: besideSchema.extend({ shown: z.number().nullable(), higher: z.string().nullable() }).nullable(),
  smallest_change: z
    .object({ change: z.looseObject({ kind: z.string() }), shown: z.number() })
    .nullable()
    .default(null),
  no_change: z.string().nullable().default(null),
  served: z.object({
    rung: z.string(),
    degraded: z.array(z.string()),
    order: z.string(),
    ms: z.number(),
    shelves: z.number(),
  }),
})
export type Explanation = z.infer<typeof explanationSchema>

/** The settings of a shop, and pages of what is in it. */
export const shopDetailsSchema = z.object({
  name: z.string(),
  locale: z.string(),
  market: z.string(),
  markets: z.array(z.object({ market: z.string(), currency: z.string(), locale: z.string() })),
})
const lineSchema = z.record(z.string(), z.unknown())
export const itemsPageSchema = z.object({ items: z.array(lineSchema), next_cursor: z.string().nullable() })
export const eventsPageSchema = z.object({
  events: z.array(lineSchema),
  waiting: z.boolean(),
  next_cursor: z.string().nullable(),
})

export const audienceSchema = z.object({
  item_id: z.string(),
  basis: z.string(),
  shoppers: z.number(),
  own_share: z.number(),
  tastes: z.array(
    z.object({
      name: z.string(),
      shoppers: z.number(),
      share_of_shoppers: z.number(),
      lift: z.number(),
      top_items: z.array(z.object({ id: z.string(), title: z.string(), shoppers: z.number() })),
    }),
  ),
})
export type Audience = z.infer<typeof audienceSchema>
