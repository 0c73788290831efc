import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import type { SampleKind } from './samples.ts'

/** A secret of the form that the kind's platform makes. */
export const makeSecret = (kind: SampleKind): string =>
  kind === 'standard' ? `whsec_${randomBytes(32).toString('base64')}` : randomBytes(32).toString('hex')

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64')

/** The headers that the platform sends with a body: its signature, its name of the delivery, its topic. */
export function signedHeaders(
  kind: SampleKind,
  secret: string,
  topic: string,
  body: string,
  nowMs: number,
): Record<string, string> {
  const id = randomUUID()
  switch (kind) {
    case 'shopify':
      return {
        'x-shopify-topic': topic,
        'x-shopify-webhook-id': id,
        'x-shopify-event-id': randomUUID(),
        'x-shopify-shop-domain': 'sample.example',
        'x-shopify-triggered-at': new Date(nowMs).toISOString(),
        'x-shopify-hmac-sha256': hmac(secret, body),
      }
    case 'woocommerce': {
      const [resource = '', event = ''] = topic.split('.')
      return {
        'x-wc-webhook-topic': topic,
        'x-wc-webhook-resource': resource,
        'x-wc-webhook-event': event,
        'x-wc-webhook-delivery-id': id,
        'x-wc-webhook-signature': hmac(secret, body),
      }
    }
    case 'standard':
    case 'bigcommerce': {
      const timestamp = String(Math.floor(nowMs / 1_000))
      const key = kind === 'standard' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : secret
      return {
        'webhook-id': `msg_${id}`,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${hmac(key, `msg_${id}.${timestamp}.${body}`)}`,
      }
    }
  }
}
