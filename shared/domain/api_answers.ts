import * as z from 'zod'
import { PROBLEMS, type ProblemCode } from '../base/problem.ts'
import { eventSchema } from './event.ts'
import { itemDeletionSchema, itemLineSchema, itemOutcomeSchema } from './item.ts'
import { shopBodySchema } from './shop.ts'

/** What the API answers beside shelves; one schema for the documentation and for the tests that hold answers to it. */

const errorsSchema = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }))

export const problemSchema = z.strictObject({
  type: z.string(),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: errorsSchema.optional(),
  request_id: z.string(),
})

export const healthAnswerSchema = z.strictObject({ status: z.literal('ok'), version: z.string() })

export const itemAnswerSchema = z.strictObject({ id: z.string(), outcome: itemOutcomeSchema })

export const itemsBulkAnswerSchema = z.strictObject({
  counts: z.record(itemOutcomeSchema, z.int()),
  results: z.array(
    z.strictObject({
      line: z.int(),
      id: z.string().nullable(),
      outcome: itemOutcomeSchema,
      errors: errorsSchema.optional(),
    }),
  ),
  /** What of a feed was taken with a remark. */
  warnings: z.array(z.strictObject({ line: z.int(), detail: z.string() })).optional(),
})

export const eventsAnswerSchema = z.strictObject({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.strictObject({ index: z.int(), errors: errorsSchema })),
  warnings: z.array(z.strictObject({ index: z.int(), detail: z.string() })),
})

export const eventsBulkAnswerSchema = z.strictObject({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.strictObject({ line: z.int(), errors: errorsSchema })),
  warnings: z.array(z.strictObject({ line: z.int(), detail: z.string() })),
  /** Lines of a history that are valid and say nothing that is kept, such as views of no product. */
  ignored: z.int().optional(),
})

/** A page of items, each as the line that would write it again. */
export const itemsPageSchema = z.strictObject({
  items: z.array(z.union([itemLineSchema, itemDeletionSchema])),
  next_cursor: z.string().nullable(),
})
/** A page of events, each as the line that would send it again; a page may be empty and not the last. */
export const eventsPageSchema = z.strictObject({
  events: z.array(eventSchema),
  /** Whether these wait to be put into their daily partitions; those that are there come by day. */
  waiting: z.boolean(),
  next_cursor: z.string().nullable(),
})
export const shopDetailsSchema = shopBodySchema.extend({ shop: z.string() })

const momentOrNull = z.string().nullable()

const costSchema = z.strictObject({
  calls: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  /** In units of the currency that the model worker's prices are in. */
  money: z.number(),
})

/** What is understood of a shop's items, and what could not be. */
const enrichmentStateSchema = z.strictObject({
  done: z.int(),
  by_rules: z.int(),
  missing: z.int(),
  /** Calls were begun and their end is unknown: they wait for `POST /v1/enrichment:retry`. */
  in_doubt: z.int(),
  quarantined: z.int(),
  /** Answers that were refused, malformed or cut. */
  rejected: z.int(),
  flagged: z.int(),
  kept: z.int(),
  /** Claims that the source did not support, by reason. */
  dropped: z.record(z.string(), z.int()),
  budget: z.strictObject({ daily: z.number().nullable(), spent_today: z.number(), reserved_today: z.number() }),
  quarantine: z.array(
    z.strictObject({ item: z.string(), stage: z.string(), attempts: z.int(), error: z.string(), at: momentOrNull }),
  ),
})

export const jobsAnswerSchema = z.strictObject({
  shop: z.string(),
  items: z.strictObject({ live: z.int(), waiting: z.int() }),
  waiting: z.strictObject({ outbox: z.int(), events: z.int(), dead_letters: z.int() }),
  jobs: z.array(
    z.strictObject({
      job: z.string(),
      state: z.enum(['idle', 'running', 'failed']),
      due: z.boolean(),
      done: z.int(),
      total: z.int(),
      started_at: momentOrNull,
      finished_at: momentOrNull,
      /** Null: it runs when something happens. */
      next_run_at: momentOrNull,
      error: z.string().nullable(),
      cost: z.strictObject({ today: costSchema, total: costSchema }),
      errors: z.record(z.string(), z.int()),
    }),
  ),
  enrichment: enrichmentStateSchema,
})
export const allJobsAnswerSchema = z.strictObject({ shops: z.array(jobsAnswerSchema), next: z.string().nullable() })
export const enrichmentRetryAnswerSchema = z.strictObject({
  shop: z.string(),
  forgotten_calls: z.int(),
  items: z.int(),
  quarantined: z.int(),
})
export const budgetAnswerSchema = z.strictObject({ shop: z.string(), daily: z.number() })

export const shopAnswerSchema = z.strictObject({ shop: z.string(), created: z.boolean() })
export const keyAnswerSchema = z.strictObject({
  key: z.string(),
  hash: z.string(),
  kind: z.enum(['pk', 'sk']),
  label: z.string(),
})
export const revokedAnswerSchema = z.strictObject({ revoked: z.literal(true) })
