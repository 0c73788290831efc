import * as z from 'zod'
import { PURPOSES, rankerReportSchema } from './ranker.ts'

/** What the API takes and answers about the base order. */

const versionNameSchema = z.string().min(1).max(80)

/** The body of `POST /v1/ranker:rollback`. */
export const rankerRollbackBodySchema = z.strictObject({
  version: versionNameSchema
    .nullable()
    .optional()
    .describe('Null or `shipped`: the shipped order. Absent: the version before the one in force'),
})

export const rankerStateAnswerSchema = z.strictObject({
  /** The version in force, as `served.order` names it. */
  version: z.string(),
  shipped: z.boolean(),
  /** Somebody chose it: learning does not replace it. */
  held: z.boolean(),
  /** What going back without a name would put in force; null: there is nothing to go back to. */
  previous: z.string().nullable(),
})
export type RankerStateAnswer = z.infer<typeof rankerStateAnswerSchema>

export const rankerAnswerSchema = rankerStateAnswerSchema.extend({
  /** What was learned and is kept, newest first. */
  versions: z.array(
    z.strictObject({
      version: z.string(),
      in_force: z.boolean(),
      learned_at: z.string(),
      report: rankerReportSchema,
    }),
  ),
})

export const rankerVersionAnswerSchema = z.strictObject({
  version: z.string(),
  in_force: z.boolean(),
  /** Null: it came with the release. */
  learned_at: z.string().nullable(),
  report: rankerReportSchema,
  orders: z.record(
    z.enum(PURPOSES),
    z.strictObject({
      /** False: nothing better was learned for it, and the shipped order serves. */
      learned: z.boolean(),
      /** Weightiest first. */
      features: z.array(
        z.strictObject({ feature: z.string(), mean: z.number(), deviation: z.number(), weight: z.number() }),
      ),
    }),
  ),
})
export type RankerVersionAnswer = z.infer<typeof rankerVersionAnswerSchema>
