import * as z from 'zod'
import { currencySchema, idSchema, marketSchema, minorSchema, momentSchema } from './ids.ts'
import { LIMITS } from './limits.ts'

/** What shoppers do; the meanings are those of GA4's ecommerce events. */
export const EVENT_TYPES = ['impression', 'click', 'view', 'add_to_cart', 'purchase', 'refund', 'feedback'] as const
export type EventType = (typeof EVENT_TYPES)[number]

const base = {
  event_id: idSchema.optional(),
  user_id: idSchema.optional(),
  anonymous_id: idSchema.optional(),
  session_id: idSchema.optional(),
  recommendation_id: z.string().max(64).optional(),
  market: marketSchema.optional(),
  occurred_at: momentSchema.optional(),
}

const oneItem = { item_id: idSchema, variant_id: idSchema.optional(), position: z.int().min(1).max(1_000).optional() }

const lineSchema = z.strictObject({
  item_id: idSchema,
  variant_id: idSchema.optional(),
  quantity: z.int().min(1).max(100_000).optional(),
  price: minorSchema.optional(),
})

const money = {
  order_id: idSchema.optional(),
  currency: currencySchema.optional(),
  quantity: z.int().min(1).max(100_000).optional(),
  price: minorSchema.optional(),
  item_id: idSchema.optional(),
  items: z.array(lineSchema).min(1).max(LIMITS.purchaseItems).optional(),
}

const namesAnItem = (event: { item_id?: string | undefined; items?: unknown }) =>
  event.item_id !== undefined || event.items !== undefined
const identified = (event: {
  user_id?: string | undefined
  anonymous_id?: string | undefined
  session_id?: string | undefined
}) => event.user_id !== undefined || event.anonymous_id !== undefined || event.session_id !== undefined

/** One thing that a shopper did, as it is sent. */
export const eventSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...base,
      type: z.literal('impression'),
      item_ids: z.array(idSchema).min(1).max(LIMITS.impressionItems),
    }),
    z.strictObject({ ...base, ...oneItem, type: z.literal('click') }),
    z.strictObject({ ...base, ...oneItem, type: z.literal('view') }),
    z.strictObject({
      ...base,
      ...oneItem,
      type: z.literal('add_to_cart'),
      quantity: z.int().min(1).max(100_000).optional(),
    }),
    z.strictObject({ ...base, ...money, type: z.literal('purchase') }),
    z.strictObject({ ...base, ...money, type: z.literal('refund') }),
    z.strictObject({
      ...base,
      type: z.literal('feedback'),
      item_id: idSchema,
      value: z.union([z.enum(['like', 'dislike', 'hide']), z.number().min(0).max(5)]),
    }),
  ])
  .refine(identified, { path: ['user_id'], message: 'an event names a user_id, an anonymous_id or a session_id' })
  .refine((event) => (event.type !== 'purchase' && event.type !== 'refund') || namesAnItem(event), {
    path: ['item_id'],
    message: 'a purchase or refund names an item_id or items',
  })

export type ShopEvent = z.infer<typeof eventSchema>

/** One shopper, one item, one moment: what learning reads. An event of several items gives several. */
export interface Interaction {
  eventId: string
  shopper: string
  item: string
  type: EventType
  atMs: number
  market: string | null
  quantity: number
  /** Minor units; null when not told. */
  price: number | null
  /** Feedback: 1 likes, -1 dislikes or hides, a rating scaled to [-1, 1]; null otherwise. */
  value: number | null
  recommendationId: string | null
}

/** A shopper's key: users and anonymous visitors never share one. */
export function shopperKey(who: {
  user_id?: string | undefined
  anonymous_id?: string | undefined
  session_id?: string | undefined
}): string | null {
  if (who.user_id !== undefined) return `u:${who.user_id}`
  if (who.anonymous_id !== undefined) return `a:${who.anonymous_id}`
  return who.session_id === undefined ? null : `s:${who.session_id}`
}

/** What one event says about how much the shopper wants the item, relative to a purchase; refunds and dislikes are negative. */
export const INTENT: Record<EventType, number> = {
  impression: 0,
  click: 0.3,
  view: 0.3,
  add_to_cart: 0.7,
  purchase: 1,
  refund: -0.5,
  feedback: 0.5,
}
