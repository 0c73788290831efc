const encoder = new TextEncoder()

const PRIME = 0x01000193
const OFFSET = 0x811c9dc5
/** Of the other half of a 64-bit hash. */
const OTHER_OFFSET = 0x9747b28c

/** FNV-1a over UTF-16 code units, 32 bits, unsigned. Fast and stable; not for secrets. */
export function hash32(text: string, seed = OFFSET): number {
  let h = seed >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), PRIME)
  return avalanche(h)
}

/** FNV alone is weak in its high bits on short strings (murmur3 fmix32). */
function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  h ^= h >>> 16
  return h >>> 0
}

const hex = (hash: number) => avalanche(hash).toString(16).padStart(8, '0')

/** 64 bits as 16 hexadecimal digits, from two seeded 32-bit hashes. For change detection, not for secrets. */
export function hash64(text: string): string {
  let high = OFFSET
  let low = OTHER_OFFSET
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, PRIME)
    low = Math.imul(low ^ unit, PRIME)
  }
  return hex(high) + hex(low)
}

/** 128 bits as 32 digits: of the text and of its reverse. For what is told apart by it alone, not for secrets. */
export function hash128(text: string): string {
  let high = OFFSET
  let low = OTHER_OFFSET
  for (let i = text.length - 1; i >= 0; i--) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, PRIME)
    low = Math.imul(low ^ unit, PRIME)
  }
  return hash64(text) + hex(high) + hex(low)
}

/** SHA-256 as base64url without padding (43 characters). */
export async function sha256(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
}

/**
 * Joins fields so that no two different lists give the same text: every field is preceded by its length.
 * `fields('a|b', 'c')` differs from `fields('a', 'b|c')`.
 */
export function lengthPrefixed(fields: readonly string[]): string {
  return fields.map((field) => `${field.length}:${field}`).join('')
}

export function base64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The inverse of base64url; null on anything that it cannot have written. */
export function fromBase64url(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    // Left-over bits would let several texts mean the same bytes.
    return base64url(bytes) === text ? bytes : null
  } catch {
    return null
  }
}

/** Writes JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
