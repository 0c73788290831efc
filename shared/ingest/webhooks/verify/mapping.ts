import type { Mapping } from '../../../domain/webhook_source.ts'
import { anySigned, headed, type VerifyKey } from './hmac.ts'
import { signatureBytes } from './signature_bytes.ts'
import { isRecent } from './timestamp.ts'

/** A sender of its own: HMAC-SHA256 of the body, or of `{timestamp}.{body}`, in the header, prefix and encoding it is said to use. */
export async function verifyMapping(
  headers: Headers,
  body: Uint8Array,
  keys: readonly VerifyKey[],
  signing: Mapping['signature'],
  nowMs: number,
): Promise<boolean> {
  const text = headers.get(signing.header)
  const prefix = signing.prefix ?? ''
  if (text === null || !text.startsWith(prefix)) return false
  const signature = signatureBytes(text.slice(prefix.length), signing.encoding)
  if (signature === null) return false
  if (signing.timestamp_header === undefined) return anySigned(keys, [signature], headed('', body))
  const timestamp = headers.get(signing.timestamp_header)
  if (timestamp === null || !isRecent(timestamp, nowMs)) return false
  return anySigned(keys, [signature], headed(`${timestamp}.`, body))
}
