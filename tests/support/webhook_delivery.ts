/** Deliveries as a verified sender's, and what they are read with, for unit tests. */
import type { SourceContext, SourceKind } from '../../shared/domain/webhook_source.ts'
import type { Effect, Reading, VerifiedDelivery } from '../../shared/ingest/webhooks/effects.ts'
import { readDelivery } from '../../shared/ingest/webhooks/read_delivery.ts'
import { NOW, SHOP } from './unit_catalogue.ts'

export const contextOf = (kind: SourceKind, over: Partial<SourceContext> = {}): SourceContext => ({
  shop: SHOP,
  source: kind,
  kind,
  market: '*',
  currency: 'EUR',
  locale: 'en',
  mapping: null,
  ...over,
})

/** A delivery of JSON, or of exactly these bytes. */
export function deliveryOf(headers: Record<string, string>, body: unknown, receivedAtMs = NOW): VerifiedDelivery {
  const bytes =
    body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  return { headers: new Headers(headers), bytes, receivedAtMs }
}

export const read = (context: SourceContext, headers: Record<string, string>, body: unknown): Reading =>
  readDelivery(deliveryOf(headers, body), context)

/** The effects of a reading that went well. @throws Error on any other */
export function effectsOf(reading: Reading): readonly Effect[] {
  if (!reading.ok) throw new Error(`not read: ${JSON.stringify(reading.errors)}`)
  return reading.effects
}

export function itemOf(reading: Reading): Extract<Effect, { kind: 'item' }> {
  const item = effectsOf(reading).find((effect) => effect.kind === 'item')
  if (item === undefined) throw new Error('no item was read')
  return item
}
