// What the CLI reads of the answers about the base order. Unknown fields are dropped, not refused: the API only ever adds.
import * as z from 'zod'

const reportSchema = z.record(
  z.string(),
  z.object({ lists: z.number(), judged: z.number(), ndcg: z.number(), shipped: z.number(), kept: z.boolean() }),
)

export const stateSchema = z.object({
  version: z.string(),
  shipped: z.boolean(),
  held: z.boolean(),
  previous: z.string().nullable(),
})
export type State = z.infer<typeof stateSchema>

export const rankerSchema = stateSchema.extend({
  versions: z.array(
    z.object({ version: z.string(), in_force: z.boolean(), learned_at: z.string(), report: reportSchema }),
  ),
})
export type RankerList = z.infer<typeof rankerSchema>

export const versionSchema = z.object({
  version: z.string(),
  in_force: z.boolean(),
  learned_at: z.string().nullable(),
  report: reportSchema,
  orders: z.record(
    z.string(),
    z.object({
      learned: z.boolean(),
      features: z.array(z.object({ feature: z.string(), mean: z.number(), deviation: z.number(), weight: z.number() })),
    }),
  ),
})
export type ShownVersion = z.infer<typeof versionSchema>
