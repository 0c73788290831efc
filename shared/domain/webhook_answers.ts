import * as z from 'zod'
import { currencySchema, localeSchema, marketSchema, momentSchema } from './ids.ts'
import { mappingSchema, SOURCE_KINDS } from './webhook_source.ts'

/** What the webhook door and its keepers answer; for the documentation and for the tests that hold answers to it. */

const errorsSchema = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }))
const outcomes = ['applied', 'waiting', 'ignored', 'partial', 'dead_letter'] as const
const countsSchema = z.record(z.string(), z.int())

/** What became of a delivery. */
export const receiptSchema = z.strictObject({
  outcome: z.enum([...outcomes, 'duplicate']),
  id: z.string().optional(),
  topic: z.string().optional(),
  /** What it asked for, by kind; zeroes left out. */
  counts: countsSchema.optional(),
  ignored: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  errors: errorsSchema.optional(),
})

/** A source as it is shown: its secrets by number and fingerprint alone. */
export const webhookSourceAnswerSchema = z.strictObject({
  source: z.string(),
  /** Where the platform sends to, on the service's own host. */
  path: z.string(),
  kind: z.enum(SOURCE_KINDS),
  market: marketSchema.optional(),
  currency: currencySchema.optional(),
  locale: localeSchema.optional(),
  mapping: mappingSchema.optional(),
  since: momentSchema.optional(),
  secrets: z.array(z.strictObject({ fingerprint: z.string() })),
  api: z.strictObject({ url: z.string() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})
export const webhookSourcesAnswerSchema = z.strictObject({ sources: z.array(webhookSourceAnswerSchema) })
export const sourceRemovedSchema = z.strictObject({ source: z.string(), removed: z.literal(true) })

export const deliveriesAnswerSchema = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      source: z.string(),
      id: z.string(),
      topic: z.string(),
      outcome: z.enum(outcomes),
      counts: countsSchema,
      received_at: z.string(),
    }),
  ),
  cursor: z.string().nullable(),
})

/** Where a letter comes from, as a list of them may be asked for. */
export const letterOriginSchema = z
  .string()
  .regex(/^[a-z]{1,20}(?::[a-z0-9-]{1,80})?$/, 'such as webhook:shopify or queue:shelfwise-events')

const letterFields = {
  seq: z.int(),
  /** `webhook:<source>` or `queue:<name>`. */
  origin: z.string(),
  shop: z.string(),
  /** A delivery that was not taken, an effect that a taken one still owed, a queue's message, or a notice to a person. */
  kind: z.enum(['delivery', 'effect', 'message', 'notice']),
  topic: z.string(),
  ref: z.string(),
  code: z.string(),
  detail: z.string(),
  bytes: z.int(),
  attempts: z.int(),
  created_at: z.string(),
  last_at: z.string(),
}
export const deadLettersAnswerSchema = z.strictObject({
  dead_letters: z.array(z.strictObject(letterFields)),
  cursor: z.string().nullable(),
})
export const deadLetterAnswerSchema = z.strictObject({
  ...letterFields,
  /** What it takes to read the body again; never a signature. */
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  body_encoding: z.enum(['utf8', 'base64']),
})
export const replayAnswerSchema = z.strictObject({
  seq: z.int(),
  /** True: it was taken and the letter is gone. False: it failed again, for this reason. */
  replayed: z.boolean(),
  receipt: receiptSchema.optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
})
export const droppedAnswerSchema = z.strictObject({ seq: z.int(), dropped: z.literal(true) })
