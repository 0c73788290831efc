// What the CLI reads of the answers about calls to language models. Unknown fields are dropped, not refused.
import * as z from 'zod'

const costSchema = z.object({ inputTokens: z.number(), outputTokens: z.number(), microCost: z.number() })

export const recordSchema = z.object({
  key: z.string(),
  purpose: z.string(),
  model: z.string(),
  trace: z.object({ prompt: z.string(), version: z.number(), of: z.string() }),
  promptHash: z.string(),
  system: z.string(),
  user: z.string(),
  answer: z.string().nullable(),
  reason: z.string().nullable(),
  cost: costSchema,
  askedAtMs: z.number(),
})
export type ShownCall = z.infer<typeof recordSchema>

export const againSchema = z.object({
  before: recordSchema,
  now: z.union([
    z.object({ ok: z.literal(true), text: z.string(), cost: costSchema }),
    z.object({ ok: z.literal(false), reason: z.string() }),
  ]),
  same: z.boolean(),
})
export type ShownAgain = z.infer<typeof againSchema>
