import { fromBase64 } from '../../../base/base64.ts'

/** Bytes of an HMAC-SHA256; 44 characters of base64, 64 of hexadecimal. */
const SIGNATURE_BYTES = 32
const BASE64_SIGNATURE = /^[A-Za-z0-9+/]{43}=$/
const HEX_SIGNATURE = /^(?:[0-9a-f]{64}|[0-9A-F]{64})$/

/** A signature's 32 bytes from their one spelling; null for every other text. */
export function signatureBytes(text: string, encoding: 'base64' | 'hex'): Uint8Array<ArrayBuffer> | null {
  if (encoding === 'base64') return BASE64_SIGNATURE.test(text) ? fromBase64(text) : null
  if (!HEX_SIGNATURE.test(text)) return null
  const bytes = new Uint8Array(SIGNATURE_BYTES)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
