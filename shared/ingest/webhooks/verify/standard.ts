import { anySigned, headed, type VerifyKey } from './hmac.ts'
import { signatureBytes } from './signature_bytes.ts'
import { isRecent } from './timestamp.ts'

/** Signatures of one delivery that are looked at: one a secret while several are rotated. */
const SIGNATURES_MAX = 20
/** The dots part what is signed: an id with one could say the same bytes in another way. */
const ID = /^[^.\s]{1,200}$/

/**
 * Standard Webhooks 1.0, which BigCommerce follows too: HMAC-SHA256 over `{id}.{timestamp}.{body}`, in a list of
 * `v1,<base64>` separated by spaces. Other versions in the list are passed over.
 */
export async function verifyStandard(
  headers: Headers,
  body: Uint8Array,
  keys: readonly VerifyKey[],
  nowMs: number,
): Promise<boolean> {
  const id = headers.get('webhook-id')
  const timestamp = headers.get('webhook-timestamp')
  const list = headers.get('webhook-signature')
  if (id === null || timestamp === null || list === null) return false
  if (!ID.test(id) || !isRecent(timestamp, nowMs)) return false
  const signatures = list
    .split(' ', SIGNATURES_MAX)
    .flatMap((entry) => (entry.startsWith('v1,') ? (signatureBytes(entry.slice(3), 'base64') ?? []) : []))
  if (signatures.length === 0) return false
  return anySigned(keys, signatures, headed(`${id}.${timestamp}.`, body))
}
