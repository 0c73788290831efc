import * as z from 'zod'
import { GATE_MODES, GATE_REASONS, gateFigureSchema, worthSchema } from './gate.ts'

/** What the API takes and answers about where a language model's order serves. */

/** The body of `PUT /v1/gates/{placement}`. */
export const gateBodySchema = z.strictObject({
  mode: z.enum(GATE_MODES),
  crossing: z
    .int()
    .min(0)
    .max(1_000)
    .nullable()
    .default(null)
    .describe(
      'Items in a shopper’s history up to which the model’s order serves; null: the default, in a trial no limit',
    ),
})

/** The body of `PUT /v1/gates:worth`. */
export const worthBodySchema = worthSchema

const evidenceAnswerSchema = z.strictObject({
  why: z.enum(GATE_REASONS),
  /** Whose orders were compared, and what in; null before the first. */
  basis: z.string().nullable(),
  /** Trials that were begun with it. */
  attempts: z.int(),
  /** No trial, and no replay, before this day. */
  rest_until: z.string().nullable(),
  /** Drafts won less drafts lost, a draft: -1 to 1. */
  preference: gateFigureSchema.nullable(),
  /** What the model's order brings more than the base order, a 1,000 shelves, in `unit`. */
  gain: gateFigureSchema.nullable(),
  /** What the model takes for as many, in `unit`; null where nobody said what shelves are worth. */
  cost: z.number().nullable(),
  /** Millionths of the budget's currency, or clicks. */
  unit: z.enum(['micro', 'clicks']),
})

export const gateAnswerSchema = z.strictObject({
  placement: z.string(),
  mode: z.enum(GATE_MODES),
  /** Items in a shopper's history up to which the model's order serves; null: the default, in a trial no limit. */
  crossing: z.int().nullable(),
  /** A person fixed it: evidence does not move it. */
  held: z.boolean(),
  /** The day since which it is so; null where nothing was ever decided. */
  since: z.string().nullable(),
  evidence: evidenceAnswerSchema,
})
export type GateAnswer = z.infer<typeof gateAnswerSchema>

export const gatesAnswerSchema = z.strictObject({
  /** Every placement of the shop, by name. */
  gates: z.array(gateAnswerSchema),
  /** Where `crossing` is null and the model's order serves. */
  default_crossing: z.int(),
  /** What orders took, by the ledger: of all placements, whether or not a shelf had them. */
  spent: z.strictObject({ days: z.int(), micro: z.number() }),
  worth: worthSchema.nullable(),
})
export type GatesAnswer = z.infer<typeof gatesAnswerSchema>

export const worthAnswerSchema = z.strictObject({ worth: worthSchema.nullable() })
export type WorthAnswer = z.infer<typeof worthAnswerSchema>
