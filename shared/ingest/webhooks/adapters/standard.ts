import * as z from 'zod'
import { fieldErrors } from '../../../domain/decode.ts'
import { eventSchema } from '../../../domain/event.ts'
import { idSchema } from '../../../domain/ids.ts'
import { itemLineSchema } from '../../../domain/item.ts'
import { LIMITS } from '../../../domain/limits.ts'
import { type Adapter, type AdapterInput, asked, type Read, wrong } from './adapter.ts'
import { readCommerceProduct } from './commerce_product.ts'
import { bodyOf, hashedId, sentId, sentTopic } from './names.ts'
import { orderEffect, purchaseEffects, refundEffects, shopperOf } from './orders.ts'
import { isoOf, momentMs, text } from './shapes.ts'

const envelope = z.object({ type: z.string(), timestamp: z.unknown(), data: z.unknown() })

/** What every kind of data is read with: the envelope's moment is its clock, the same over retries. */
interface Told extends AdapterInput {
  data: unknown
  atMs: number
}

const under = (pointer: string, read: Read): Read =>
  'errors' in read
    ? { errors: read.errors.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` })) }
    : read

/**
 * Our own form of an item is held to its schema, since whoever writes it can mend it; the standards' form of a product
 * is taken as platforms' bodies are, what is too long being cut.
 */
function readProduct({ data, atMs, context }: Told): Read {
  const isOwn = typeof data === 'object' && data !== null && Object.hasOwn(data, 'offers')
  if (!isOwn) return readCommerceProduct(data, atMs, context)
  const parsed = itemLineSchema.safeParse({ ...data, updated_at: isoOf(atMs) })
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const line = { ...parsed.data, locale: parsed.data.locale ?? context.locale }
  return asked([{ kind: 'item', line, inventory: [] }])
}

const deletion = z.object({ id: idSchema, version: z.int().min(0).optional() })

function readDeletion({ data, atMs }: Told): Read {
  const parsed = deletion.safeParse(data)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  return asked([{ kind: 'delete', deletion: { ...parsed.data, deleted: true, updated_at: isoOf(atMs) } }])
}

/** Lines as our events have them: prices in minor units. */
const order = z.object({
  order_id: idSchema,
  refund_id: idSchema.optional(),
  user_id: idSchema.optional(),
  anonymous_id: idSchema.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  items: z
    .array(
      z.object({
        item_id: idSchema,
        variant_id: idSchema.optional(),
        quantity: z.int().min(1).max(100_000).optional(),
        price: z.int().min(0).optional(),
      }),
    )
    .min(1)
    .max(10_000),
})

const orderOf = ({ data, atMs, context }: Told) => {
  const parsed = order.safeParse(data)
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) } as const
  const { order_id: id, user_id, anonymous_id, refund_id, items, currency } = parsed.data
  const lines = items.map((line) => ({
    item: line.item_id,
    variant: line.variant_id ?? null,
    quantity: line.quantity ?? 1,
    price: line.price ?? null,
  }))
  const { source, market } = context
  const isNamed = user_id !== undefined || anonymous_id !== undefined
  const shopper =
    user_id === undefined && anonymous_id !== undefined ? { anonymous_id } : shopperOf(source, id, user_id ?? null)
  return {
    ok: true,
    refund: refund_id,
    isNamed,
    told: { source, id, shopper, atMs, currency: currency ?? null, market, lines },
  } as const
}

function readOrder(input: Told): Read {
  const read = orderOf(input)
  return read.ok ? asked([orderEffect(read.told), ...purchaseEffects(read.told)]) : { errors: read.errors }
}

function readRefund(input: Told): Read {
  const read = orderOf(input)
  if (!read.ok) return { errors: read.errors }
  const { told } = read
  const refunds = refundEffects(told, read.refund ?? input.id, input.atMs, told.lines)
  // An order that names nobody here was told before, and its shopper with it.
  return asked(read.isNamed ? [orderEffect(told), ...refunds] : refunds)
}

function readEvents({ id, topic, data, atMs, context }: Told): Read {
  const list = topic === 'event.created' ? [data] : Array.isArray(data) ? data : listIn(data)
  if (list === null) return wrong('/events', 'a list of events')
  if (list.length === 0 || list.length > LIMITS.eventsPerRequest)
    return wrong('/events', `1 to ${LIMITS.eventsPerRequest} events`)
  const events: unknown[] = []
  for (const [index, event] of list.entries()) {
    const parsed = eventSchema.safeParse(event)
    if (!parsed.success)
      return under(topic === 'event.created' ? '' : `/events/${index}`, { errors: fieldErrors(parsed.error) })
    // Without a moment of its own an event was when the envelope says, however late a retry of it comes.
    events.push({ event_id: hashedId(context.source, id, String(index)), occurred_at: isoOf(atMs), ...parsed.data })
  }
  return asked([{ kind: 'events', events }])
}

const listIn = (data: unknown): unknown[] | null => {
  const parsed = z.object({ events: z.array(z.unknown()) }).safeParse(data)
  return parsed.success ? parsed.data.events : null
}

const TYPES: Readonly<Record<string, (told: Told) => Read>> = {
  'product.created': readProduct,
  'product.updated': readProduct,
  'product.deleted': readDeletion,
  'order.created': readOrder,
  'order.refunded': readRefund,
  'event.created': readEvents,
  'events.created': readEvents,
}

/** Standard Webhooks 1.0.0: `{type, timestamp, data}` (github.com/standard-webhooks/standard-webhooks). */
export const standard: Adapter = {
  name(delivery, body) {
    const own = z.object({ type: text }).safeParse(body)
    const id = delivery.headers.get('webhook-id')
    return {
      id: id !== null && id !== '' ? sentId(id) : hashedId(bodyOf(delivery)),
      topic: sentTopic(own.success ? own.data.type : null),
    }
  },
  read(input) {
    const parsed = envelope.safeParse(input.body)
    if (!parsed.success) return { errors: fieldErrors(parsed.error) }
    const { type, timestamp, data } = parsed.data
    if (!Object.hasOwn(TYPES, type)) return wrong('/type', 'a type that is not known')
    const atMs = momentMs(timestamp)
    if (atMs === null) return wrong('/timestamp', 'is no moment')
    return under('/data', TYPES[type]!({ ...input, data, atMs }))
  },
}
