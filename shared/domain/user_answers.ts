import * as z from 'zod'
import { EVENT_TYPES } from './event.ts'
import { idSchema } from './ids.ts'

/** What the API takes and answers where it is asked for all that is held of a shopper, or to forget one. */

/** Other names at most: an erasure looks for each of them. */
const NAMES_MAX = 50
const idsSchema = z.array(idSchema).max(NAMES_MAX)

/** What else the shopper is called. */
export const userNamesSchema = z.strictObject({
  user_ids: idsSchema.optional(),
  anonymous_ids: idsSchema.optional(),
  session_ids: idsSchema.optional(),
  emails: z
    .array(z.email().max(320))
    .max(NAMES_MAX)
    .optional()
    .describe('Shoppers of an imported history may be known by a hash of their address alone'),
})
export type UserNames = z.infer<typeof userNamesSchema>

const moment = z.iso.datetime()

const profileSchema = z.strictObject({
  events: z.int(),
  made_by: z.string(),
  updated_at: moment,
  text: z.string(),
  tastes: z.strictObject({
    categories: z.array(z.tuple([z.string(), z.number()])),
    brands: z.array(z.tuple([z.string(), z.number()])),
    attributes: z.array(z.tuple([z.string(), z.number()])),
    markets: z.array(z.tuple([z.string(), z.number()])),
    topics: z.array(z.string()),
    price: z.strictObject({ currency: z.string(), low: z.number(), high: z.number() }).nullable(),
  }),
  representative_item_ids: z.array(z.string()),
})
export type ProfileOfUser = z.infer<typeof profileSchema>

const habitsSchema = z.strictObject({
  visits: z.int(),
  items: z.array(z.strictObject({ item_id: z.string(), visits: z.int(), quantity: z.number() })),
  liked_item_ids: z.array(z.string()),
  disliked_item_ids: z.array(z.string()),
})
export type HabitsOfUser = z.infer<typeof habitsSchema>

/** The last 20 events of each name, and what is computed of all. */
const heldSchema = z.strictObject({
  recent_events: z.array(
    z.strictObject({
      item_id: z.string(),
      type: z.enum(EVENT_TYPES),
      occurred_at: moment,
      value: z.number().nullable(),
    }),
  ),
  profile: profileSchema.nullable().describe('Of the first name that has one'),
  habits: habitsSchema.nullable().describe('Of the first name that has some'),
  further: z
    .array(z.strictObject({ name: z.string(), profile: profileSchema.nullable(), habits: habitsSchema.nullable() }))
    .describe('Of each other name that has a profile or habits'),
  orders: z.array(z.strictObject({ source: z.string(), order_id: z.string(), created_at: moment })),
  waiting_refunds: z.array(z.strictObject({ source: z.string(), order_id: z.string(), created_at: moment })),
})
export type HeldOfUser = z.infer<typeof heldSchema>

/** A shelf that was shown. */
const shelfSchema = z.strictObject({
  recommendation_id: z.string(),
  shown_at: moment,
  placement: z.string(),
  market: z.string(),
  locale: z.string(),
  query: z.string().nullable(),
  seed_item_ids: z.array(z.string()),
  cart_item_ids: z.array(z.string()),
  item_ids: z.array(z.string()),
})
export type ShelfOfUser = z.infer<typeof shelfSchema>

export const userPageSchema = z.strictObject({
  user_id: z.string(),
  /** `u:` users, `a:` anonymous visitors, `s:` sessions. */
  names: z.array(z.string()).describe('By which it was looked for: those asked for, and of the orders’ guests'),
  forgetting: z.boolean().describe('An erasure is under way, or was done lately'),
  held: heldSchema
    .nullable()
    .describe('On the first page; on the next ones too while names are left, each with those names’'),
  events: z.array(z.looseObject({ event_id: z.string(), type: z.enum(EVENT_TYPES), occurred_at: moment })),
  shelves: z.array(shelfSchema),
  dead_letters: z
    .array(z.strictObject({ seq: z.int(), origin: z.string(), topic: z.string(), created_at: moment }))
    .describe('What could not be taken and names the shopper; GET /v1/dead-letters/{seq} has it whole'),
  next_cursor: z.string().nullable(),
})
export type UserPage = z.infer<typeof userPageSchema>

export const erasureReceiptSchema = z.strictObject({
  erasure: z.string().describe('By which this receipt is asked for again'),
  state: z.enum(['waiting', 'done']),
  asked_at: moment,
  finished_at: moment.nullable(),
  removed: z.record(z.string(), z.int()).describe('By place; so far, while it waits'),
  error: z.string().nullable().describe('The kind of the last failure; it is tried again each minute'),
})
