import { type SourceKind, standardSecretBytes } from '../../../domain/webhook_source.ts'
import { importKey, type VerifyKey } from './hmac.ts'

/**
 * The key bytes of a secret as its sender shows it: what follows `whsec_` is base64, every other secret is its own
 * UTF-8 text. BigCommerce signs the Standard way with the client secret's text.
 * @returns null for a secret that no such sender uses
 */
export function secretBytes(kind: SourceKind, secret: string): Uint8Array<ArrayBuffer> | null {
  if (kind !== 'standard') return secret === '' ? null : new TextEncoder().encode(secret)
  return standardSecretBytes(secret)
}

/** The keys of all live secrets; those that cannot be keys are left out. */
export async function verifyKeys(kind: SourceKind, secrets: readonly string[]): Promise<VerifyKey[]> {
  const keys: VerifyKey[] = []
  for (const secret of secrets) {
    const bytes = secretBytes(kind, secret)
    const key = bytes === null ? null : await importKey(bytes)
    if (key !== null) keys.push(key)
  }
  return keys
}
