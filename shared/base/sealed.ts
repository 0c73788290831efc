import { base64url, fromBase64url, lengthPrefixed } from './hash.ts'

const encoder = new TextEncoder()
/** AES-GCM's own nonce size. */
const NONCE_BYTES = 12
const VERSION = 'v1.'
/** A key is made from the secret for each purpose, so that none of them can be used as another. */
const PURPOSES = { seal: 'shelfwise seal v1', fingerprint: 'shelfwise fingerprint v1' } as const

/** Keeps texts that must be read again but never shown: AES-256-GCM under a key derived from a worker's secret. */
export interface Sealer {
  /** @param context what the text belongs to; it opens with the same only, so that a sealed text cannot be moved */
  seal(text: string, context: readonly string[]): Promise<string>
  /** @returns null when it was sealed with another secret, for another context, or not at all */
  open(sealed: string, context: readonly string[]): Promise<string | null>
  /** Eight hexadecimal digits that tell secrets apart and say nothing of them to who lacks the worker's secret. */
  fingerprint(text: string): Promise<string>
}

/** @param secret of high entropy: it is stretched into keys by HKDF-SHA256 (RFC 5869), which makes no weak secret strong */
export function createSealer(secret: string): Sealer {
  const held = new Map<string, Promise<CryptoKey>>()
  const keyFor = (purpose: keyof typeof PURPOSES): Promise<CryptoKey> => {
    const known = held.get(purpose)
    if (known) return known
    const key = derive(secret, purpose)
    held.set(purpose, key)
    return key
  }
  return {
    async seal(text, context) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const parameters = { name: 'AES-GCM', iv, additionalData: encoder.encode(lengthPrefixed(context)) }
      const sealed = await crypto.subtle.encrypt(parameters, await keyFor('seal'), encoder.encode(text))
      const whole = new Uint8Array(NONCE_BYTES + sealed.byteLength)
      whole.set(iv)
      whole.set(new Uint8Array(sealed), NONCE_BYTES)
      return VERSION + base64url(whole)
    },
    async open(sealed, context) {
      const bytes = sealed.startsWith(VERSION) ? fromBase64url(sealed.slice(VERSION.length)) : null
      if (bytes === null || bytes.length <= NONCE_BYTES) return null
      const additionalData = encoder.encode(lengthPrefixed(context))
      const parameters = { name: 'AES-GCM', iv: bytes.slice(0, NONCE_BYTES), additionalData }
      const key = await keyFor('seal')
      try {
        return new TextDecoder().decode(await crypto.subtle.decrypt(parameters, key, bytes.slice(NONCE_BYTES)))
      } catch {
        // The tag does not fit: another key, another context, or changed bytes; the platform does not say which.
        return null
      }
    },
    async fingerprint(text) {
      const mac = await crypto.subtle.sign('HMAC', await keyFor('fingerprint'), encoder.encode(text))
      return [...new Uint8Array(mac).slice(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    },
  }
}

async function derive(secret: string, purpose: keyof typeof PURPOSES): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey'])
  const info = encoder.encode(PURPOSES[purpose])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return purpose === 'seal'
    ? crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    : crypto.subtle.deriveKey(hkdf, base, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])
}
