import { hash64 } from '../../../base/hash.ts'
import { LIMITS } from '../../../domain/limits.ts'
import type { Effect } from '../effects.ts'
import { isoOf } from './shapes.ts'

type RefundLine = Extract<Effect, { kind: 'refund' }>['lines'][number]

/** A line of an order in the product's terms; nothing of the buyer. */
export interface OrderLine {
  item: string
  variant: string | null
  quantity: number
  /** A unit's price in minor units. */
  price: number | null
}

export type Shopper = { user_id: string } | { anonymous_id: string }

export interface Order {
  source: string
  id: string
  shopper: Shopper
  atMs: number
  currency: string | null
  market: string
  lines: readonly OrderLine[]
}

/** The largest quantity that the schemas of events take. */
const MOST_QUANTITY = 100_000

/** An event id within its limit: long names are hashed. */
const named = (id: string): string => (id.length <= LIMITS.idChars ? id : `hash:${hash64(id)}`)

/** A customer is known by the platform's number; a guest by the order alone, so that a refund finds the same shopper. */
export const shopperOf = (source: string, order: string, customer: string | null): Shopper =>
  customer === null ? { anonymous_id: named(`order:${source}:${order}`) } : { user_id: customer }

export const orderEffect = ({ id, shopper }: Pick<Order, 'id' | 'shopper'>): Effect => ({
  kind: 'order',
  order: id,
  shopper,
})

const isCounted = (line: OrderLine) => Number.isSafeInteger(line.quantity) && line.quantity > 0
const units = (line: OrderLine) => Math.min(line.quantity, MOST_QUANTITY)

/** The order as purchases of up to 200 lines each, every one with an id that is the same however often it is told. */
export function purchaseEffects(order: Order): Effect[] {
  const lines = order.lines.filter(isCounted)
  const events: unknown[] = []
  for (let from = 0; from < lines.length; from += LIMITS.purchaseItems) {
    const suffix = from === 0 ? '' : `:${from / LIMITS.purchaseItems + 1}`
    events.push({
      type: 'purchase',
      event_id: named(`${order.source}:order:${order.id}${suffix}`),
      order_id: order.id,
      ...order.shopper,
      ...(order.market === '*' ? {} : { market: order.market }),
      ...(order.currency === null ? {} : { currency: order.currency }),
      occurred_at: isoOf(order.atMs),
      items: lines.slice(from, from + LIMITS.purchaseItems).map((line) => {
        return {
          item_id: line.item,
          ...(line.variant === null ? {} : { variant_id: line.variant }),
          quantity: units(line),
          ...(line.price === null ? {} : { price: line.price }),
        }
      }),
    })
  }
  return events.length === 0 ? [] : [{ kind: 'events', events }]
}

/** Returned lines; none when nothing of them was counted. */
export function refundEffects(
  order: Pick<Order, 'id' | 'currency'>,
  refund: string,
  atMs: number,
  returned: readonly OrderLine[],
): Effect[] {
  const lines: RefundLine[] = returned.filter(isCounted).map((line) => ({
    item: line.item,
    variant: line.variant,
    quantity: units(line),
    price: line.price,
  }))
  return lines.length === 0 ? [] : [{ kind: 'refund', refund, order: order.id, atMs, currency: order.currency, lines }]
}
