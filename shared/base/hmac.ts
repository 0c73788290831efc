const encoder = new TextEncoder()
const imported = new Map<string, Promise<CryptoKey>>()
/** Distinct secrets in one isolate: a few per purpose. Beyond this the memo is emptied rather than grown. */
const KEYS_MAX = 64

/**
 * The first `length` bytes of HMAC-SHA256(secret, purpose || 0x00 || message).
 * The purpose keeps one secret from signing for two uses.
 */
export async function mac(secret: string, purpose: string, message: Uint8Array, length: number): Promise<Uint8Array> {
  const head = encoder.encode(`${purpose}\0`)
  const input = new Uint8Array(head.length + message.length)
  input.set(head)
  input.set(message, head.length)
  return new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret), input)).slice(0, length)
}

/** Compares without leaking where the first difference is; false on unequal length. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

function keyOf(secret: string): Promise<CryptoKey> {
  const known = imported.get(secret)
  if (known) return known
  if (imported.size >= KEYS_MAX) imported.clear()
  const key = crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  imported.set(secret, key)
  return key
}
