import { anySigned, headed, type VerifyKey } from './hmac.ts'
import { signatureBytes } from './signature_bytes.ts'

/**
 * Shopify: base64 HMAC-SHA256 of the body. Where both families of headers are present the newer one counts, as in
 * Shopify's own library. No timestamp is signed; the delivery's id and the items' clocks stop replays.
 */
export async function verifyShopify(headers: Headers, body: Uint8Array, keys: readonly VerifyKey[]): Promise<boolean> {
  const text = headers.get('shopify-hmac-sha256') ?? headers.get('x-shopify-hmac-sha256')
  const signature = text === null ? null : signatureBytes(text, 'base64')
  return signature !== null && anySigned(keys, [signature], headed('', body))
}
