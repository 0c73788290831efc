import { fromBase64, toBase64 } from '../../base/base64.ts'
import { gunzip, gzip } from '../../base/gzip.ts'

/** Bodies beyond this are kept compressed. */
const PLAIN_BYTES = 200_000
/** Characters of one row's piece of a body; D1 takes rows of 2 MB. */
export const PIECE_CHARS = 1_500_000

/** A body as rows hold it: readable text where that is possible, and in pieces that fit. */
export interface PackedBody {
  encoding: 'text' | 'base64' | 'gzip'
  pieces: string[]
}

export async function packBody(bytes: Uint8Array<ArrayBuffer>): Promise<PackedBody> {
  if (bytes.length > PLAIN_BYTES) return { encoding: 'gzip', pieces: pieces(toBase64(await gzip(bytes))) }
  const text = asText(bytes)
  return text === null ? { encoding: 'base64', pieces: pieces(toBase64(bytes)) } : { encoding: 'text', pieces: [text] }
}

/** @throws Error when the pieces are not what packBody() made */
export async function unpackBody({ encoding, pieces }: PackedBody): Promise<Uint8Array<ArrayBuffer>> {
  const text = pieces.join('')
  if (encoding === 'text') return new TextEncoder().encode(text)
  const bytes = fromBase64(text)
  if (bytes === null) throw new Error('a kept body is damaged')
  return encoding === 'gzip' ? gunzip(bytes) : bytes
}

/** The bytes as text that gives the same bytes again; null when there is none. A NUL would end SQLite's text early. */
export function asText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

function pieces(text: string): string[] {
  const list: string[] = []
  for (let from = 0; from < text.length; from += PIECE_CHARS) list.push(text.slice(from, from + PIECE_CHARS))
  return list
}
