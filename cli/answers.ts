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
    }),
  ),
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
          outcome: z.string(),
        }),
      ),
    })
    .optional(),
})
export type Shelf = z.infer<typeof shelfSchema>
