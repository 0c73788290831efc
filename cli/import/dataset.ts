import * as z from 'zod'
import type { FieldError } from '../../shared/base/problem.ts'
import { fieldErrors } from '../../shared/domain/decode.ts'
import { ANY_MARKET } from '../../shared/domain/ids.ts'

const textId = z.union([z.string(), z.number()]).transform(String)

/** One line of a dataset's items. What the service checks anyway is not checked here. */
const itemSchema = z.object({
  id: textId,
  title: z.string(),
  description: z.string().optional(),
  categories: z.array(z.string()).optional(),
  brand: z.string().optional(),
  price: z.object({ amount: z.number(), currency: z.string() }).optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  stock: z.number().optional(),
})

/** One line of a dataset's events; `ts` is in seconds. */
const eventSchema = z.object({
  user: textId,
  item: textId,
  type: z.enum(['view', 'click', 'add_to_cart', 'purchase', 'rating']),
  value: z.number().optional(),
  ts: z.number(),
  session: textId.optional(),
  country: z.string().optional(),
})

export type Mapped = { ok: true; value: Record<string, unknown> } | { ok: false; errors: FieldError[] }

/** A dataset's item as the API takes it: one offer for every market. An item must have an offer: without a price it costs 0. */
export function datasetItem(raw: unknown, currency: string): Mapped {
  const parsed = itemSchema.safeParse(raw)
  if (!parsed.success) return refuse(parsed.error)
  const { price, stock, ...facts } = parsed.data
  const offer = {
    market: ANY_MARKET,
    currency: price?.currency ?? currency,
    price: price?.amount ?? 0,
    ...(stock === undefined ? {} : { stock }),
  }
  return { ok: true, value: { ...facts, offers: [offer] } }
}

/** A dataset's event as the API takes it, without its id. */
export function datasetEvent(raw: unknown): Mapped {
  const parsed = eventSchema.safeParse(raw)
  if (!parsed.success) return refuse(parsed.error)
  const { user, item, type, value, ts, session, country } = parsed.data
  const at = new Date(ts * 1_000)
  if (Number.isNaN(at.getTime())) return { ok: false, errors: [{ pointer: '/ts', detail: 'not a moment' }] }
  const base = {
    user_id: user,
    item_id: item,
    occurred_at: at.toISOString(),
    ...(session === undefined ? {} : { session_id: session }),
    ...(country === undefined ? {} : { market: country }),
  }
  if (type === 'rating') {
    if (value !== undefined) return { ok: true, value: { ...base, type: 'feedback', value } }
    return { ok: false, errors: [{ pointer: '/value', detail: 'a rating has a value' }] }
  }
  const counted = type === 'purchase' && value !== undefined && Number.isInteger(value) && value >= 1
  return { ok: true, value: { ...base, type, ...(counted ? { quantity: value } : {}) } }
}

function refuse(error: z.ZodError): Mapped {
  return { ok: false, errors: fieldErrors(error) }
}
