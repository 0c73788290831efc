// What the CLI reads of the answers about gates. Unknown fields are dropped, not refused: the API only ever adds.
import * as z from 'zod'

const figureSchema = z.object({ n: z.number(), mean: z.number(), lower: z.number(), upper: z.number() })
export type Figure = z.infer<typeof figureSchema>

export const gateSchema = z.object({
  placement: z.string(),
  mode: z.string(),
  crossing: z.number().nullable(),
  held: z.boolean(),
  since: z.string().nullable(),
  evidence: z.object({
    why: z.string(),
    basis: z.string().nullable(),
    attempts: z.number(),
    rest_until: z.string().nullable(),
    preference: figureSchema.nullable(),
    gain: figureSchema.nullable(),
    cost: z.number().nullable(),
    unit: z.enum(['micro', 'clicks']),
  }),
})
export type Gate = z.infer<typeof gateSchema>

const worthFieldsSchema = z.object({
  click_micro: z.number(),
  margin: z.number(),
  currency: z.string(),
  cap_micro: z.number(),
})
export type Worth = z.infer<typeof worthFieldsSchema>

export const gatesSchema = z.object({
  gates: z.array(gateSchema),
  default_crossing: z.number(),
  spent: z.object({ days: z.number(), micro: z.number() }),
  worth: worthFieldsSchema.nullable(),
})
export type Gates = z.infer<typeof gatesSchema>

export const worthSchema = z.object({ worth: worthFieldsSchema.nullable() })
