import * as z from 'zod'
import { currencySchema, placementNameSchema } from './ids.ts'

/**
 * What a placement does with orders of a language model: nothing; makes and logs them; serves drafts of both orders to
 * compare them; serves them.
 */
export const GATE_MODES = ['off', 'shadow', 'trial', 'live'] as const
export type GateMode = (typeof GATE_MODES)[number]

/** As shelves read it, with their shop's configuration. */
export const gateSchema = z.strictObject({
  mode: z.enum(GATE_MODES),
  /** Items in a shopper's history up to which the model's order serves; null: the default. */
  crossing: z.int().min(0).nullable(),
})
export type Gate = z.infer<typeof gateSchema>

/** By placement; one that is not named is off. */
export const gatesSchema = z.record(placementNameSchema, gateSchema)
export type Gates = z.infer<typeof gatesSchema>

/** What a shop says that shelves are worth, in millionths of the unit of its model budget's currency. */
export const worthSchema = z.strictObject({
  click_micro: z.int().min(0),
  /** The share of a price that is earned. */
  margin: z.number().min(0).max(1),
  /** Of the budget; sales in others are counted as clicks alone. */
  currency: currencySchema,
  /** The most that one shelf may count for, either way: a single large order must not decide. */
  cap_micro: z.int().min(1),
})
export type Worth = z.infer<typeof worthSchema>

/** What a shelf with an order of a model did with it: noted it, drafted from both, served it. */
export const TALLY_MODES = ['shadow', 'draft', 'served'] as const
export type TallyMode = (typeof TALLY_MODES)[number]

/** A shelf for which there was an order of a model: part of the record of what was shown. */
export const llmShelfSchema = z.object({
  mode: z.enum(TALLY_MODES),
  /** Who made the order: `provider/model rank@1`. */
  maker: z.string().max(200),
  /** The name under which the order is kept. */
  order: z.string().max(100),
  /** Items in the shopper's history. */
  history: z.number().min(0),
  /** The page in the base order, where that is not what was shown. */
  base: z.array(z.string()).optional(),
  /** The page in the model's order, as far as it may move things, where that is not what was shown. */
  wanted: z.array(z.string()).optional(),
  /** Of a draft: whose each shown item is, a letter each. */
  teams: z.string().optional(),
})
export type LlmShelf = z.infer<typeof llmShelfSchema>

/** Why a gate stands as it does. */
export const GATE_REASONS = [
  'new',
  'held',
  'waits',
  'replay_better',
  'orders_enough',
  'better',
  'worse',
  'not_worth_it',
  'not_shown',
  'crossing_lowered',
  'other_maker',
] as const
export type GateReason = (typeof GATE_REASONS)[number]

/** A mean a shelf with its bounds, and out of how many shelves. */
export const gateFigureSchema = z.strictObject({
  n: z.number(),
  mean: z.number(),
  lower: z.number(),
  upper: z.number(),
})
export type GateFigure = z.infer<typeof gateFigureSchema>

/** What the cron remembers of a gate, and shows to people. */
export const gateEvidenceSchema = z.strictObject({
  why: z.enum(GATE_REASONS),
  /** Whose orders were compared, and what in; evidence of another is none. */
  basis: z.string().max(300).nullable(),
  /** Trials that were begun with it: each may err less than the one before. */
  attempts: z.int().min(0),
  /** No trial, and no replay, before this day. */
  restUntil: z.string().nullable(),
  /** Drafts won less drafts lost, a draft. */
  preference: gateFigureSchema.nullable(),
  /** Gain of value a 1,000 shelves, and what the model costs for as many; in `unit`. */
  gain: gateFigureSchema.nullable(),
  cost: z.number().nullable(),
  unit: z.enum(['micro', 'clicks']),
})
export type GateEvidence = z.infer<typeof gateEvidenceSchema>

export const NO_EVIDENCE: GateEvidence = {
  ...{
    why: 'new',
    basis: null,
    attempts: 0,
    restUntil: null,
    preference: null,
    gain: null,
    cost: null,
    unit: 'clicks',
  },
}
