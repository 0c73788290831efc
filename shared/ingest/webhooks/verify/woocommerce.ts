import { anySigned, headed, type VerifyKey } from './hmac.ts'
import { signatureBytes } from './signature_bytes.ts'

/** WooCommerce: base64 HMAC-SHA256 of the body. */
export async function verifyWooCommerce(
  headers: Headers,
  body: Uint8Array,
  keys: readonly VerifyKey[],
): Promise<boolean> {
  const text = headers.get('x-wc-webhook-signature')
  const signature = text === null ? null : signatureBytes(text, 'base64')
  return signature !== null && anySigned(keys, [signature], headed('', body))
}

/**
 * The unsigned form that WooCommerce posts when a webhook is saved, `webhook_id=<n>`: the save shows an error unless it
 * is answered with exactly 200. It is answered for every address, so that it tells nobody which sources there are.
 */
export function isWooCommercePing(headers: Headers, body: Uint8Array): boolean {
  if (headers.has('x-wc-webhook-signature') || body.length > 40) return false
  return /^webhook_id=\d{1,20}$/.test(new TextDecoder().decode(body))
}
