import * as z from 'zod'
import { parseMoney } from '../../../base/money.ts'
import { fieldErrors } from '../../../domain/decode.ts'
import { currencySchema } from '../../../domain/ids.ts'
import { type AdapterInput, asked, type Read } from './adapter.ts'
import { type OrderLine, orderEffect, purchaseEffects, refundEffects, shopperOf } from './orders.ts'
import { amount, idLike, lenient, listOf, momentMs, text } from './shapes.ts'

/** Of an order only what was sold; billing and shipping are not read. */
const order = z.object({
  id: idLike,
  status: text,
  currency: lenient(currencySchema),
  customer_id: lenient(idLike),
  date_created_gmt: text,
  date_modified_gmt: text,
  date_paid_gmt: text,
  line_items: listOf(
    z.object({ product_id: lenient(idLike), variation_id: lenient(idLike), quantity: z.number(), price: amount }),
  ),
})

/** Paid; `on-hold` and `pending` wait for the money. */
const BOUGHT = new Set(['processing', 'completed'])
/** Everything went back. Refunds of a part name no lines here and are left out. */
const UNDONE = new Set(['refunded', 'cancelled'])
/** A guest's customer, and the product of a line that was deleted. */
const NONE = '0'

export function readWooOrder({ body, receivedAtMs, context }: AdapterInput): Read {
  const parsed = order.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const currency = read.currency ?? context.currency
  const isMember = read.customer_id !== undefined && read.customer_id !== NONE
  const lines = (read.line_items ?? []).flatMap((line): OrderLine[] => {
    if (line.product_id === undefined || line.product_id === NONE) return []
    const variant = line.variation_id === undefined || line.variation_id === NONE ? null : line.variation_id
    const price = line.price === undefined ? null : parseMoney(line.price, currency)
    return [{ item: line.product_id, variant, quantity: line.quantity, price }]
  })
  const told = {
    source: context.source,
    id: read.id,
    shopper: shopperOf(context.source, read.id, isMember ? read.customer_id! : null),
    atMs: momentMs(read.date_paid_gmt) ?? momentMs(read.date_created_gmt) ?? receivedAtMs,
    currency,
    market: context.market,
    lines,
  }
  const status = read.status ?? ''
  if (BOUGHT.has(status)) return asked([orderEffect(told), ...purchaseEffects(told)])
  if (!UNDONE.has(status)) return asked([orderEffect(told)])
  const atMs = momentMs(read.date_modified_gmt) ?? receivedAtMs
  // One name for both ends, so that an order that is cancelled and refunded goes back once.
  return asked([orderEffect(told), ...refundEffects(told, `${read.id}:undone`, atMs, lines)])
}
