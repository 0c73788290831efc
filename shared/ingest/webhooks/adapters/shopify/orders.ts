import * as z from 'zod'
import { parseMoney } from '../../../../base/money.ts'
import { fieldErrors } from '../../../../domain/decode.ts'
import { currencySchema } from '../../../../domain/ids.ts'
import { type AdapterInput, asked, type Read } from '../adapter.ts'
import { type OrderLine, orderEffect, purchaseEffects, refundEffects, shopperOf } from '../orders.ts'
import { amount, flag, idLike, lenient, listOf, momentMs, text } from '../shapes.ts'
import { triggeredAtMs } from './headers.ts'

const line = z.object({
  id: lenient(idLike),
  /** Null: sold by hand, or deleted since. */
  product_id: lenient(idLike),
  variant_id: lenient(idLike),
  quantity: z.number(),
  price: amount,
})

const refund = z.object({
  id: idLike,
  order_id: lenient(idLike),
  created_at: text,
  processed_at: text,
  refund_line_items: listOf(
    z.object({ line_item_id: lenient(idLike), quantity: z.number(), line_item: lenient(line) }),
  ),
})
type Refund = z.infer<typeof refund>

/** Of an order only what was sold; the buyer is a number here and nowhere more. */
const order = z.object({
  id: idLike,
  customer: lenient(z.object({ id: lenient(idLike) })),
  currency: lenient(currencySchema),
  financial_status: text,
  created_at: text,
  processed_at: text,
  cancelled_at: text,
  test: flag,
  line_items: listOf(line),
  refunds: listOf(refund),
})

/** Money has changed hands, or is promised by a bank. A refunded order was bought before. */
const BOUGHT = new Set(['authorized', 'paid', 'partially_paid', 'partially_refunded', 'refunded'])
/** Nothing was ever promised: there is nothing to take back. */
const NEVER_BOUGHT = new Set(['pending', 'expired'])

const toLines = (lines: ReadonlyArray<z.infer<typeof line>>, currency: string): OrderLine[] =>
  lines.flatMap((one) =>
    one.product_id === undefined
      ? []
      : [
          {
            item: one.product_id,
            variant: one.variant_id ?? null,
            quantity: one.quantity,
            price: one.price === undefined ? null : parseMoney(one.price, currency),
          },
        ],
  )

const returnedLines = (
  one: Refund,
  ordered: ReadonlyMap<string, z.infer<typeof line>>,
  currency: string,
): OrderLine[] =>
  (one.refund_line_items ?? []).flatMap((entry) => {
    const known = entry.line_item ?? (entry.line_item_id === undefined ? undefined : ordered.get(entry.line_item_id))
    return known === undefined ? [] : toLines([{ ...known, quantity: entry.quantity }], currency)
  })

export function readOrder({ topic, body, headers, receivedAtMs, context }: AdapterInput): Read {
  const parsed = order.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  if (read.test === true) return { ignored: 'a test order' }
  const status = read.financial_status ?? ''
  const currency = read.currency ?? context.currency
  const lines = read.line_items ?? []
  const byId = new Map(lines.flatMap((one) => (one.id === undefined ? [] : [[one.id, one] as const])))
  const told = {
    source: context.source,
    id: read.id,
    shopper: shopperOf(context.source, read.id, read.customer?.id ?? null),
    atMs: momentMs(read.processed_at) ?? momentMs(read.created_at) ?? triggeredAtMs(headers) ?? receivedAtMs,
    currency,
    market: context.market,
    lines: toLines(lines, currency),
  }
  const isCancelled = topic === 'orders/cancelled' || read.cancelled_at !== undefined
  const refunds = (read.refunds ?? []).flatMap((one) =>
    refundEffects(
      told,
      one.id,
      momentMs(one.processed_at) ?? momentMs(one.created_at) ?? told.atMs,
      returnedLines(one, byId, currency),
    ),
  )
  const effects = [orderEffect(told), ...refunds]
  if (isCancelled) {
    if (!NEVER_BOUGHT.has(status)) {
      const atMs = momentMs(read.cancelled_at) ?? triggeredAtMs(headers) ?? receivedAtMs
      effects.push(
        ...refundEffects(told, `${read.id}:cancelled`, atMs, toLines(remaining(lines, read.refunds ?? []), currency)),
      )
    }
  } else if (BOUGHT.has(status) || (topic === 'orders/paid' && status === '')) {
    effects.splice(1, 0, ...purchaseEffects(told))
  }
  return asked(effects)
}

/** What of an order was not given back yet. */
function remaining(lines: ReadonlyArray<z.infer<typeof line>>, refunds: readonly Refund[]) {
  const back = new Map<string, number>()
  for (const entry of refunds.flatMap((one) => one.refund_line_items ?? [])) {
    const id = entry.line_item_id ?? entry.line_item?.id
    if (id !== undefined) back.set(id, (back.get(id) ?? 0) + entry.quantity)
  }
  return lines.map((one) => ({ ...one, quantity: one.quantity - (back.get(one.id ?? '') ?? 0) }))
}

export function readRefund({ body, headers, receivedAtMs, context }: AdapterInput): Read {
  const parsed = refund.extend({ order_id: idLike }).safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const atMs = momentMs(read.processed_at) ?? momentMs(read.created_at) ?? triggeredAtMs(headers) ?? receivedAtMs
  const { currency } = context
  const lines = returnedLines(read, new Map(), currency)
  const effects = refundEffects({ id: read.order_id, currency }, read.id, atMs, lines)
  return effects.length === 0 ? { ignored: 'a refund of money and of no product' } : asked(effects)
}
