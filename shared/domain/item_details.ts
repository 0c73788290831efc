import * as z from 'zod'
import { localeSchema, marketSchema } from './ids.ts'
import { attributesSchema } from './item.ts'

/** The query of `GET /v1/items/{id}`. */
export const itemDetailsQuerySchema = z.strictObject({
  market: marketSchema.optional(),
  locale: localeSchema.optional(),
})

/** What was understood of an item's text. Every sentence was checked against that text before it was kept. */
export const shownUnderstandingSchema = z.strictObject({
  /** In the asked language where there is one, else in the item's own. */
  summary: z.string().nullable(),
  selling_points: z.array(z.string()),
  attributes: z.record(z.string(), z.array(z.string())),
  use_cases: z.array(z.string()),
  audience: z.array(z.string()),
  questions: z.array(z.strictObject({ question: z.string(), answer: z.string() })),
})

/** An item as one market sees it, with what was understood of it. Stock is told as yes or no: browsers ask this too. */
export const itemDetailsSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  brand: z.string().nullable(),
  categories: z.array(z.string()),
  tags: z.array(z.string()),
  attributes: attributesSchema,
  locale: z.string(),
  url: z.string().nullable(),
  image_url: z.string().nullable(),
  market: z.string(),
  currency: z.string().nullable(),
  available: z.boolean(),
  variants: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string().nullable(),
      options: z.record(z.string(), z.string()),
      price: z.int(),
      list_price: z.int().nullable(),
      available: z.boolean(),
    }),
  ),
  /** Null until the item's present text has been understood. */
  understanding: shownUnderstandingSchema.nullable(),
})
export type ItemDetails = z.infer<typeof itemDetailsSchema>
