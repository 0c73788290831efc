import { base64url, fromBase64url } from '../base/hash.ts'
import { equalBytes, mac } from '../base/hmac.ts'
import { LIMITS } from '../domain/limits.ts'

/**
 * A page's cursor: which items the shopper was shown, as 32-bit hashes, with the second of issue and a MAC over both
 * and over what the cursor belongs to. Layout: version (1 byte), seconds (4), MAC (8), hashes (4 each), big endian.
 * A hash shared by two items (one in eight million at 500 shown) hides an item; it never repeats one.
 */
const VERSION = 1
const HEAD_BYTES = 5
const MAC_BYTES = 8
const PURPOSE = 'cursor'

/** What a cursor may be used with: the same shop and placement. */
export interface CursorScope {
  shop: string
  placement: string
}

export async function writeCursor(
  secret: string,
  scope: CursorScope,
  shown: Iterable<number>,
  nowMs: number,
): Promise<string> {
  const hashes = [...shown].slice(-LIMITS.cursorItems)
  const body = new Uint8Array(HEAD_BYTES + hashes.length * 4)
  const view = new DataView(body.buffer)
  view.setUint8(0, VERSION)
  view.setUint32(1, Math.floor(nowMs / 1_000))
  for (const [index, hash] of hashes.entries()) view.setUint32(HEAD_BYTES + index * 4, hash)
  const seal = await sealOf(secret, scope, body)
  const bytes = new Uint8Array(body.length + MAC_BYTES)
  bytes.set(body.subarray(0, HEAD_BYTES))
  bytes.set(seal, HEAD_BYTES)
  bytes.set(body.subarray(HEAD_BYTES), HEAD_BYTES + MAC_BYTES)
  return base64url(bytes)
}

/** The hashes of the items shown so far; null for a cursor that is foreign, damaged or older than 30 minutes. */
export async function readCursor(
  secret: string,
  scope: CursorScope,
  cursor: string,
  nowMs: number,
): Promise<Set<number> | null> {
  const bytes = fromBase64url(cursor)
  if (
    bytes === null ||
    bytes.length < HEAD_BYTES + MAC_BYTES ||
    (bytes.length - HEAD_BYTES - MAC_BYTES) % 4 !== 0 ||
    bytes[0] !== VERSION
  )
    return null
  const body = new Uint8Array(bytes.length - MAC_BYTES)
  body.set(bytes.subarray(0, HEAD_BYTES))
  body.set(bytes.subarray(HEAD_BYTES + MAC_BYTES), HEAD_BYTES)
  if (!equalBytes(await sealOf(secret, scope, body), bytes.slice(HEAD_BYTES, HEAD_BYTES + MAC_BYTES))) return null
  const view = new DataView(body.buffer)
  const age = nowMs - view.getUint32(1) * 1_000
  if (age > LIMITS.cursorTtlMs) return null
  const shown = new Set<number>()
  for (let at = HEAD_BYTES; at < body.length; at += 4) shown.add(view.getUint32(at))
  return shown
}

function sealOf(secret: string, scope: CursorScope, body: Uint8Array): Promise<Uint8Array> {
  const belongs = new TextEncoder().encode(`${scope.shop}\0${scope.placement}\0`)
  const message = new Uint8Array(belongs.length + body.length)
  message.set(belongs)
  message.set(body, belongs.length)
  return mac(secret, PURPOSE, message, MAC_BYTES)
}
