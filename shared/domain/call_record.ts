import * as z from 'zod'

/** Of what an answer is made, so that it can be found and asked for again. */
export const callTraceSchema = z.strictObject({
  /** The prompt's id and version. */
  prompt: z.string(),
  version: z.int(),
  of: z.string().describe('What the answer belongs to: the digest of an order, a recommendation id. Never a shopper'),
})
export type CallTrace = z.infer<typeof callTraceSchema>

const costSchema = z.strictObject({
  inputTokens: z.number(),
  outputTokens: z.number(),
  microCost: z.number().describe("Millionths of the budget's currency unit"),
})

/** One call to a language model as it was made and answered. */
export const callRecordSchema = z.strictObject({
  v: z.literal(1),
  key: z.string(),
  shop: z.string(),
  purpose: z.string(),
  model: z.string().describe('`provider/model` that answered'),
  trace: callTraceSchema,
  promptHash: z
    .string()
    .describe('SHA-256 of the length of the system text, the system text and the user text, as sent'),
  system: z.string(),
  user: z.string(),
  schemaName: z.string(),
  schema: z.record(z.string(), z.unknown()),
  maxOutputTokens: z.int(),
  answer: z.string().nullable().describe('Null where the answer was of no use; `reason` says why'),
  reason: z.string().nullable(),
  cost: costSchema,
  askedAtMs: z.number(),
})
export type CallRecord = z.infer<typeof callRecordSchema>

/** The answer of `POST /v1/model/calls/{key}/again`. */
export const callAgainSchema = z.strictObject({
  before: callRecordSchema,
  now: z.union([
    z.object({ ok: z.literal(true), text: z.string(), cost: costSchema }),
    z.object({ ok: z.literal(false), reason: z.string() }),
  ]),
  same: z.boolean().describe('Whether both gave the same text'),
})
