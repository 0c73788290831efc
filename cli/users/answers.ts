import * as z from 'zod'

export const userPageSchema = z.looseObject({
  names: z.array(z.string()),
  held: z
    .looseObject({
      recent_events: z.array(z.unknown()),
      profile: z.unknown().nullable(),
      habits: z.unknown().nullable(),
      further: z.array(z.unknown()).default([]),
      orders: z.array(z.unknown()),
      waiting_refunds: z.array(z.unknown()),
    })
    .nullable(),
  forgetting: z.boolean(),
  events: z.array(z.unknown()),
  shelves: z.array(z.unknown()),
  dead_letters: z.array(z.unknown()),
  next_cursor: z.string().nullable(),
})
export type UserPage = z.infer<typeof userPageSchema>

export const receiptSchema = z.looseObject({
  erasure: z.string(),
  state: z.string(),
  asked_at: z.string(),
  finished_at: z.string().nullable(),
  removed: z.record(z.string(), z.number()),
  error: z.string().nullable(),
})
export type Receipt = z.infer<typeof receiptSchema>
