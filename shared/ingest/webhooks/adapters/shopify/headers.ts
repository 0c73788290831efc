import type { VerifiedDelivery } from '../../effects.ts'
import { bodyOf, hashedId, sentId, sentTopic } from '../names.ts'
import { momentMs } from '../shapes.ts'

/** A header of either family; Shopify's own library prefers the newer one where both are sent. */
export const shopifyHeader = (headers: Headers, name: string): string | null =>
  headers.get(`shopify-${name}`) ?? headers.get(`x-shopify-${name}`)

/** When Shopify made the delivery, in milliseconds, the same over retries; null when it does not say. */
export const triggeredAtMs = (headers: Headers): number | null => {
  const text = shopifyHeader(headers, 'triggered-at')
  // Nanoseconds are sent; Date.parse is only bound to read milliseconds.
  return momentMs(text?.replace(/(\.\d{3})\d+/, '$1'))
}

export function shopifyName(delivery: VerifiedDelivery): { id: string; topic: string } {
  const { headers } = delivery
  const action = headers.get('shopify-action')
  const raw = shopifyHeader(headers, 'topic')
  const topic = sentTopic(
    headers.has('shopify-topic') && action !== null && !raw?.includes('/') ? `${raw}/${action}` : raw,
  )
  const id = shopifyHeader(headers, 'webhook-id')
  if (id !== null && id !== '') return { id: sentId(id), topic }
  return { id: hashedId(topic, bodyOf(delivery), shopifyHeader(headers, 'triggered-at') ?? ''), topic }
}
