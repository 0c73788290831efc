import * as z from 'zod'

/** What a shelf is for; each has an order of its own. */
export const PURPOSES = ['home', 'product', 'cart', 'generic', 'again', 'search'] as const
export type Purpose = (typeof PURPOSES)[number]

const finite = z.number()

/**
 * A linear order over named features: a candidate's score is the sum of weight * clip((value - mean) / deviation).
 * Features that it does not name have no say; names that a release does not know are passed over.
 */
export const linearOrderSchema = z.record(
  z.string().max(60),
  z.tuple([finite, finite.min(0), finite]).describe('mean, deviation, weight'),
)
export type LinearOrder = Readonly<z.infer<typeof linearOrderSchema>>

/** The orders of a shop, of one fitting. Purposes without an order of their own are served by the shipped one. */
export const rankerSchema = z.strictObject({
  version: z.string().min(1).max(80),
  orders: z.partialRecord(z.enum(PURPOSES), linearOrderSchema),
})
export type Ranker = z.infer<typeof rankerSchema>

/** Where an order came from and what it is worth; kept beside the ranker, not read by shelves. */
export const rankerReportSchema = z.partialRecord(
  z.enum(PURPOSES),
  z.strictObject({
    /** Lists that it was fitted on, and on which it was judged. */
    lists: z.int().min(0),
    judged: z.int().min(0),
    /** NDCG@10 on the lists that it was judged on: of the order, and of the shipped one. */
    ndcg: finite,
    shipped: finite,
    kept: z.boolean(),
  }),
)
export type RankerReport = z.infer<typeof rankerReportSchema>
