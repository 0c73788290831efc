import * as z from 'zod'
import { fromBase64 } from '../base/base64.ts'
import { currencySchema, localeSchema, marketSchema, momentSchema } from './ids.ts'

/** How a sender signs and what its bodies look like. */
export const SOURCE_KINDS = ['standard', 'shopify', 'woocommerce', 'bigcommerce', 'mapping'] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

/** What a Standard Webhooks secret begins with; base64 follows. */
const STANDARD_SECRET_PREFIX = 'whsec_'
/** The specification asks for 24 to 64 random bytes; some senders make 16. */
const SECRET_BYTES_MIN = 16

/** A source's name in its address, `/webhooks/{source}/{shop}`; by custom its kind. */
export const sourceNameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'lower case letters, digits and inner hyphens, 40 at most')
  .refine((name) => name !== 'deliveries', 'is the address of the list of deliveries')

/** Where a value stands in a body: `data.product.title`, `variants[0].price`, `tags[]` for every entry of a list. */
const pathSchema = z
  .string()
  .regex(/^[A-Za-z0-9_$-]+(?:\[\d*\])*(?:\.[A-Za-z0-9_$-]+(?:\[\d*\])*)*$/)
  .max(200)

/** A header that a sender may use. Those of the door itself never reach the reader: they carry our own keys. */
const headerSchema = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,80}$/)
  .refine(
    (name) => !/^(?:authorization|cookie|host|x-shelfwise-.*|x-request-id|cf-.*)$/i.test(name),
    'is a header that is not passed on',
  )

/** How the bodies of a sender that follows no standard are signed and read. */
export const mappingSchema = z.strictObject({
  signature: z.strictObject({
    header: headerSchema,
    /** Text before the signature itself, such as `sha256=`. */
    prefix: z.string().max(40).optional(),
    encoding: z.enum(['base64', 'hex']),
    /** Signed together with the body as `{timestamp}.{body}`; then old deliveries are refused. */
    timestamp_header: headerSchema.optional(),
  }),
  /** A header that names the delivery, the same over retries; without one the body's hash does. */
  id_header: headerSchema.optional(),
  /** Where one product stands, or (with `[]`) each of many; the whole body when absent. */
  item: pathSchema.optional(),
  fields: z.strictObject({
    id: pathSchema,
    title: pathSchema,
    description: pathSchema.optional(),
    brand: pathSchema.optional(),
    categories: pathSchema.optional(),
    tags: pathSchema.optional(),
    url: pathSchema.optional(),
    image_url: pathSchema.optional(),
    price: pathSchema.optional(),
    list_price: pathSchema.optional(),
    stock: pathSchema.optional(),
    currency: pathSchema.optional(),
    updated_at: pathSchema.optional(),
    /** A counter that grows with every change of the product. */
    version: pathSchema.optional(),
  }),
  /** Attributes by name. */
  attributes: z.record(z.string().min(1).max(200), pathSchema).optional(),
  /** Prices are in minor units already; else they are decimal numbers or text. */
  minor_units: z.boolean().optional(),
  /** The delivery is a delete where this path has this value. */
  deleted: z.strictObject({ path: pathSchema, equals: z.union([z.string(), z.number(), z.boolean()]) }).optional(),
})
export type Mapping = z.infer<typeof mappingSchema>

/** The key bytes of a Standard Webhooks secret, base64 behind its prefix; null for anything else. */
export function standardSecretBytes(secret: string): Uint8Array<ArrayBuffer> | null {
  if (!secret.startsWith(STANDARD_SECRET_PREFIX)) return null
  const bytes = fromBase64(secret.slice(STANDARD_SECRET_PREFIX.length))
  return bytes !== null && bytes.length >= SECRET_BYTES_MIN ? bytes : null
}

/** The body of `PUT /v1/webhooks/{source}`. */
export const webhookSourceBodySchema = z
  .strictObject({
    kind: z.enum(SOURCE_KINDS),
    /** As the sender shows them: `whsec_...` for Standard Webhooks, the app's client secret for Shopify and BigCommerce. Several while one is being rotated. */
    secrets: z.array(z.string().min(8).max(500)).min(1).max(5),
    /** The market whose offers the source writes; `*`, every market, when absent. */
    market: marketSchema.optional(),
    /** Of prices that name none; the market's own when absent. */
    currency: currencySchema.optional(),
    /** Of texts that name none; the shop's when absent. */
    locale: localeSchema.optional(),
    mapping: mappingSchema.optional(),
    /** BigCommerce: where the thin bodies' products are fetched, and with which token. */
    api: z.strictObject({ url: z.url({ protocol: /^https$/ }).max(300), token: z.string().min(8).max(500) }).optional(),
    /** Items written by this source are dated by it; a source that starts over may be given a later start. */
    since: momentSchema.optional(),
  })
  .superRefine((source, context) => {
    const refuse = (path: Array<string | number>, message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined })
    if (source.kind === 'mapping' && source.mapping === undefined)
      refuse(['mapping'], 'a mapping source needs a mapping')
    if (source.kind !== 'mapping' && source.mapping !== undefined) refuse(['mapping'], 'is for sources of kind mapping')
    if (source.kind !== 'bigcommerce' && source.api !== undefined) refuse(['api'], 'is for sources of kind bigcommerce')
    if (source.kind !== 'standard') return
    for (const [index, secret] of source.secrets.entries()) {
      if (standardSecretBytes(secret) === null)
        refuse(
          ['secrets', index],
          `${STANDARD_SECRET_PREFIX} and then the base64 of at least ${SECRET_BYTES_MIN} bytes`,
        )
    }
  })
export type WebhookSourceBody = z.infer<typeof webhookSourceBodySchema>

/** What a delivery is read with. */
export interface SourceContext {
  shop: string
  source: string
  kind: SourceKind
  market: string
  currency: string
  locale: string
  mapping: Mapping | null
  /** The source's `since`, by default its first configuration: dates items whose sender has a counter and no clock. */
  sinceMs?: number
}
