/** Hashes of features and artefacts: synchronous, the same on every engine, not for secrets. */

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a over the UTF-16 code units of `text[from, to)`, starting from `state`; unsigned 32 bits, not yet mixed. */
export function fnv(text: string, state: number = FNV_OFFSET, from = 0, to: number = text.length): number {
  let hash = state
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  return hash >>> 0
}

/** MurmurHash3's finaliser: every input bit reaches every output bit. Unsigned 32 bits. */
export function mix32(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** 64-bit content hash of bytes as 16 hex digits (two multiply-rotate lanes over 32-bit words, then mixed). */
export function contentHash(bytes: Uint8Array): string {
  let a = FNV_OFFSET
  let b = 0x9e3779b9 ^ bytes.length
  const words = bytes.length >>> 2
  // A DataView costs twice as much here; the caller's bytes may be unaligned, so those are copied once.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const view = new Uint32Array(aligned.buffer, aligned.byteOffset, words)
  for (let i = 0; i < words; i++) {
    const word = view[i]!
    a = Math.imul(a ^ word, 0x85ebca6b)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b ^ word, 0xc2b2ae35)
    b = (b << 17) | (b >>> 15)
  }
  for (let i = words * 4; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, FNV_PRIME)
    b = Math.imul(b ^ bytes[i]!, 0x27d4eb2f)
  }
  return hex32(mix32(a ^ (b >>> 7))) + hex32(mix32(b ^ Math.imul(a, 0x9e3779b1)))
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0')
}
