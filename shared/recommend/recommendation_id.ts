import { base64url, fromBase64url, hash32 } from '../base/hash.ts'
import { equalBytes, mac } from '../base/hmac.ts'
import { RUNGS, type Rung } from '../domain/recommendation.ts'

/**
 * The id of a shelf, made without a write and checked without a read. Layout: version (1 byte), seconds (4),
 * placement's hash (4), rung and holdout (1), unique (6), MAC over all of it and the shop (8): 24 bytes, 32 characters.
 */
const VERSION = 1
const BODY_BYTES = 16
const MAC_BYTES = 8
const HOLDOUT_BIT = 0x80
const PURPOSE = 'recommendation_id'

export interface RecommendationFacts {
  placement: string
  rung: Rung
  holdout: boolean
  atMs: number
}

/** @param unique six random bytes */
export async function signRecommendationId(
  secret: string,
  shop: string,
  facts: RecommendationFacts,
  unique: Uint8Array,
): Promise<string> {
  const body = new Uint8Array(BODY_BYTES)
  const view = new DataView(body.buffer)
  view.setUint8(0, VERSION)
  view.setUint32(1, Math.floor(facts.atMs / 1_000))
  view.setUint32(5, hash32(facts.placement))
  view.setUint8(9, RUNGS.indexOf(facts.rung) | (facts.holdout ? HOLDOUT_BIT : 0))
  body.set(unique.subarray(0, 6), 10)
  const bytes = new Uint8Array(BODY_BYTES + MAC_BYTES)
  bytes.set(body)
  bytes.set(await sealOf(secret, shop, body), BODY_BYTES)
  return base64url(bytes)
}

/** What a recommendation id says; null when this shop's shelf never had it. */
export async function verifyRecommendationId(
  secret: string,
  shop: string,
  id: string,
): Promise<{ atMs: number; placementHash: number; rung: Rung; holdout: boolean } | null> {
  const bytes = fromBase64url(id)
  if (bytes === null || bytes.length !== BODY_BYTES + MAC_BYTES || bytes[0] !== VERSION) return null
  const body = bytes.slice(0, BODY_BYTES)
  if (!equalBytes(await sealOf(secret, shop, body), bytes.slice(BODY_BYTES))) return null
  const view = new DataView(body.buffer)
  const flags = view.getUint8(9)
  const rung = RUNGS[flags & ~HOLDOUT_BIT]
  return rung === undefined
    ? null
    : { atMs: view.getUint32(1) * 1_000, placementHash: view.getUint32(5), rung, holdout: (flags & HOLDOUT_BIT) !== 0 }
}

function sealOf(secret: string, shop: string, body: Uint8Array): Promise<Uint8Array> {
  const name = new TextEncoder().encode(`${shop}\0`)
  const message = new Uint8Array(name.length + body.length)
  message.set(name)
  message.set(body, name.length)
  return mac(secret, PURPOSE, message, MAC_BYTES)
}

/** One shopper in twenty judges the others: stateless, the same on every shelf of a shop. */
const HOLDOUT_SHARE = 0.05

export function inHoldout(shop: string, shopper: string | null): boolean {
  return shopper !== null && hash32(`holdout\0${shop}\0${shopper}`) / 2 ** 32 < HOLDOUT_SHARE
}
