import { equalBytes } from '../../../base/hmac.ts'

const encoder = new TextEncoder()

/** A secret ready to verify with. */
export type VerifyKey = CryptoKey

/** @returns null for an empty key, which would verify what anybody can sign */
export async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<VerifyKey | null> {
  if (bytes.length === 0) return null
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

/**
 * Whether any of the keys made any of the signatures over the message. Compares in constant time. The message is hashed
 * once a key, however many signatures are sent along: strangers choose their number, and the message's length.
 */
export async function anySigned(
  keys: readonly VerifyKey[],
  signatures: ReadonlyArray<Uint8Array<ArrayBuffer>>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const key of keys) {
    const own = new Uint8Array(await crypto.subtle.sign('HMAC', key, message))
    if (signatures.some((signature) => equalBytes(signature, own))) return true
  }
  return false
}

/** The bytes of a text followed by the body's. */
export function headed(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = encoder.encode(head)
  const whole = new Uint8Array(first.length + body.length)
  whole.set(first)
  whole.set(body, first.length)
  return whole
}
