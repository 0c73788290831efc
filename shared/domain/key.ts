import * as z from 'zod'
import { sha256 } from '../base/hash.ts'
import { momentSchema, shortTextSchema } from './ids.ts'
import { type KeyKind, keyKindSchema, type StoredKey } from './shop.ts'

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

const originSchema = z.string().regex(/^https?:\/\/[^/\s]{1,255}$/, 'an origin such as https://shop.example')

/** The body of `POST /v1/shops/{shop}/keys`. */
export const keyBodySchema = z.strictObject({
  kind: keyKindSchema,
  label: shortTextSchema,
  /** Browser keys: origins that may use it; none means every origin. */
  origins: z.array(originSchema).max(50).optional(),
  expires_at: momentSchema.optional(),
  /** 32 to 64 letters, digits and hyphens of the caller's choice, to move a key between installations. */
  secret: z.string().regex(SECRET_PATTERN).optional(),
})
