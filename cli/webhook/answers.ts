// What the CLI reads of the webhook door's answers. Unknown fields are dropped, not refused: the API only ever adds.
import * as z from 'zod'

const errorsSchema = z.array(z.object({ pointer: z.string(), detail: z.string() }))

export const receiptSchema = z.object({
  outcome: z.string(),
  id: z.string().optional(),
  topic: z.string().optional(),
  counts: z.record(z.string(), z.number()).default({}),
  ignored: z.string().optional(),
  warnings: z.array(z.string()).default([]),
  errors: errorsSchema.default([]),
})
export type Receipt = z.infer<typeof receiptSchema>

export const sourceSchema = z.object({ source: z.string(), kind: z.string(), path: z.string() })

const letterSchema = z.object({
  ...{ seq: z.number(), origin: z.string(), kind: z.string(), topic: z.string(), ref: z.string() },
  ...{ code: z.string(), detail: z.string(), attempts: z.number(), last_at: z.string() },
})
export const lettersSchema = z.object({ dead_letters: z.array(letterSchema), cursor: z.string().nullable() })
export type Letter = z.infer<typeof letterSchema>

export const deliveriesSchema = z.object({
  deliveries: z.array(
    z.object({
      ...{ source: z.string(), id: z.string(), topic: z.string(), outcome: z.string(), received_at: z.string() },
      counts: z.record(z.string(), z.number()).default({}),
    }),
  ),
  cursor: z.string().nullable(),
})
export type Deliveries = z.infer<typeof deliveriesSchema>['deliveries']

export const replaySchema = z.object({
  ...{ seq: z.number(), replayed: z.boolean(), code: z.string().optional(), detail: z.string().optional() },
  receipt: receiptSchema.optional(),
})
export const droppedSchema = z.object({ seq: z.number(), dropped: z.boolean() })
