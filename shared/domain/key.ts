import { sha256 } from '../base/hash.ts'
import type { KeyKind, StoredKey } from './shop.ts'

/**
 * API keys: `pk_<shop>_<secret>` for browsers, `sk_<shop>_<secret>` for servers. The shop stands in the key so that its
 * configuration can be found; the whole key is checked by its hash.
 */
const KEY = /^(pk|sk)_([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)_([A-Za-z0-9-]{32,64})$/

export const SECRET_PATTERN = /^[A-Za-z0-9-]{32,64}$/

export interface ParsedKey {
  kind: KeyKind
  shop: string
  text: string
}

/** Null for what cannot be a key of any shop. */
export function parseKey(text: string): ParsedKey | null {
  const match = KEY.exec(text)
  return match ? { kind: match[1] as KeyKind, shop: match[2]!, text } : null
}

export const makeKey = (kind: KeyKind, shop: string, secret: string): string => `${kind}_${shop}_${secret}`

export const hashKey = (text: string): Promise<string> => sha256(text)

/** The stored key with this hash, if it may still be used. */
export function findKey(keys: readonly StoredKey[], hash: string, nowMs: number): StoredKey | null {
  const found = keys.find((key) => key.hash === hash)
  if (!found || found.revokedAtMs !== null) return null
  return found.expiresAtMs !== null && found.expiresAtMs <= nowMs ? null : found
}
