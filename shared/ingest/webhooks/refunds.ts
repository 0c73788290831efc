import { chunk } from '../../base/batch.ts'
import { sha256 } from '../../base/hash.ts'
import { LIMITS } from '../../domain/limits.ts'
import type { WaitingEffect } from '../../store/catalogue/deliveries.ts'
import { shopperOf as guestOf } from './adapters/orders.ts'
import type { Effect } from './effects.ts'

export type Refund = Extract<Effect, { kind: 'refund' }>
export type Fetch = Extract<Effect, { kind: 'fetch' }>
type Shopper = Extract<Effect, { kind: 'order' }>['shopper']

/** A shopper as one text, as events name them: users and anonymous visitors never share one. */
export const shopperText = (shopper: Shopper): string =>
  'user_id' in shopper ? `u:${shopper.user_id}` : `a:${shopper.anonymous_id}`

const shopperOf = (text: string): Shopper =>
  text.startsWith('u:') ? { user_id: text.slice(2) } : { anonymous_id: text.slice(2) }

/** The shopper of an order that never became known: the order itself, as for guests. */
export const unknownShopper = (source: string, order: string): string => shopperText(guestOf(source, order, null))

/** An id that fits; the long ones are hashed, the same every time. */
async function fitting(id: string): Promise<string> {
  return id.length <= LIMITS.idChars ? id : `sha256:${await sha256(id)}`
}

/** The refund as events of its shopper, each with an id that is the same over retries. */
export async function refundEvents(source: string, refund: Refund, shopper: string): Promise<unknown[]> {
  const parts = chunk(refund.lines, LIMITS.purchaseItems)
  const events: unknown[] = []
  for (const [index, lines] of parts.entries()) {
    events.push({
      type: 'refund',
      event_id: await fitting(`${source}:refund:${refund.refund}${index === 0 ? '' : `#${index}`}`),
      ...shopperOf(shopper),
      order_id: await fitting(refund.order),
      occurred_at: new Date(refund.atMs).toISOString(),
      ...(refund.currency === null ? {} : { currency: refund.currency }),
      items: lines.map(({ item, variant, quantity, price }) => ({
        ...{ item_id: item, quantity },
        ...(variant === null ? {} : { variant_id: variant }),
        ...(price === null ? {} : { price }),
      })),
    })
  }
  return events
}

/** Orders usually come within seconds of their refund; the order's own arrival makes it due at once. */
export const REFUND_FIRST_MS = 60_000

export const waitingRefund = (source: string, refund: Refund, nowMs: number): WaitingEffect => ({
  ...{ source, key: `refund:${refund.refund}`, kind: 'refund', ref: refund.order, effect: JSON.stringify(refund) },
  ...{ atMs: refund.atMs, createdAtMs: nowMs, dueAtMs: nowMs + REFUND_FIRST_MS },
})

export const waitingFetch = (source: string, fetch: Fetch, nowMs: number): WaitingEffect => ({
  ...{
    source,
    key: `fetch:${fetch.resource}:${fetch.id}`,
    kind: 'fetch',
    ref: fetch.id,
    effect: JSON.stringify(fetch),
  },
  ...{ atMs: fetch.atMs, createdAtMs: nowMs, dueAtMs: nowMs },
})
