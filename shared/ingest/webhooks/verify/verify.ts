import type { Mapping, SourceKind } from '../../../domain/webhook_source.ts'
import type { VerifyKey } from './hmac.ts'
import { verifyMapping } from './mapping.ts'
import { verifyShopify } from './shopify.ts'
import { verifyStandard } from './standard.ts'
import { verifyWooCommerce } from './woocommerce.ts'

/** How a source signs, ready to verify with. */
export interface Signing {
  kind: SourceKind
  keys: readonly VerifyKey[]
  mapping: Mapping | null
}

/**
 * Whether a delivery was signed by its source: with any of the source's secrets, over exactly these bytes. Never throws,
 * whatever is sent.
 */
export function verifyDelivery(
  headers: Headers,
  body: Uint8Array,
  { kind, keys, mapping }: Signing,
  nowMs: number,
): Promise<boolean> {
  switch (kind) {
    case 'standard':
    case 'bigcommerce':
      return verifyStandard(headers, body, keys, nowMs)
    case 'shopify':
      return verifyShopify(headers, body, keys)
    case 'woocommerce':
      return verifyWooCommerce(headers, body, keys)
    case 'mapping':
      // A mapping source without a mapping cannot be stored; nothing is accepted of one.
      return mapping === null ? Promise.resolve(false) : verifyMapping(headers, body, keys, mapping.signature, nowMs)
  }
}
