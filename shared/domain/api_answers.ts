import * as z from 'zod'
import { PROBLEMS, type ProblemCode } from '../base/problem.ts'
import { itemOutcomeSchema } from './item.ts'

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
})

const momentOrNull = z.string().nullable()

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
      error: z.string().nullable(),
    }),
  ),
})

export const shopAnswerSchema = z.strictObject({ shop: z.string(), created: z.boolean() })
export const keyAnswerSchema = z.strictObject({
  key: z.string(),
  hash: z.string(),
  kind: z.enum(['pk', 'sk']),
  label: z.string(),
})
export const revokedAnswerSchema = z.strictObject({ revoked: z.literal(true) })
