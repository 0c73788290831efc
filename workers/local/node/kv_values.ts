/** Values of KV: bytes inside, text, JSON, buffers or streams outside. */
import { BULK_BYTES_MAX, BULK_GET_MAX, CACHE_TTL_SECONDS_MIN, KEY_BYTES_MAX } from './kv_limits.ts'

/** One stored value. */
export interface KvEntry {
  bytes: Uint8Array
  metadata: unknown
  /** Seconds since the epoch, or null. */
  expiration: number | null
}

export type KvReadOptions = string | { type?: string; cacheTtl?: number } | undefined
/** Finds the entry that a read sees now. */
export type KvLookup = (key: string) => KvEntry | null | Promise<KvEntry | null>

/** Key rules shared by every operation; `operation` is GET, PUT or DELETE. */
export function checkKey(key: string, operation: string): void {
  if (key === '') throw new TypeError('Key name cannot be empty.')
  if (key === '.' || key === '..') throw new TypeError(`"${key}" is not allowed as a key name.`)
  const length = Buffer.byteLength(key)
  if (length > KEY_BYTES_MAX) {
    throw kvError(operation, 414, `UTF-8 encoded length of ${length} exceeds key length limit of ${KEY_BYTES_MAX}.`)
  }
}

/** get and getWithMetadata, of one key or of many, over any lookup. */
export function kvReader(lookup: KvLookup) {
  const single = async (key: string, options: KvReadOptions) => {
    checkKey(key, 'GET')
    const type = readType(options)
    checkCacheTtl(options, 'GET')
    const entry = await lookup(key)
    return { value: entry === null ? null : decode(entry.bytes, type), metadata: entry?.metadata ?? null }
  }
  return {
    get: async (key: string | string[], options?: KvReadOptions) => {
      if (!Array.isArray(key)) return (await single(String(key), options)).value
      return bulk(lookup, key, options, (value) => value)
    },
    getWithMetadata: async (key: string | string[], options?: KvReadOptions) => {
      if (!Array.isArray(key)) return { ...(await single(String(key), options)), cacheStatus: null }
      return bulk(lookup, key, options, (value, entry) => ({ value, metadata: entry.metadata ?? null }))
    },
  }
}

async function bulk<T>(
  lookup: KvLookup,
  keys: string[],
  options: KvReadOptions,
  shape: (value: unknown, entry: KvEntry) => T,
): Promise<Map<string, T | null>> {
  const type = (typeof options === 'string' ? options : options?.type) ?? 'text'
  if (type !== 'text' && type !== 'json') {
    throw kvError('GET_BULK', 400, `"${type}" is not a valid type. Use "json" or "text"`)
  }
  if (keys.length > BULK_GET_MAX) throw kvError('GET_BULK', 400, `You can request a maximum of ${BULK_GET_MAX} keys`)
  if (keys.length < 1) throw kvError('GET_BULK', 400, 'You must request a minimum of 1 key')
  const found = new Map<string, T | null>()
  let total = 0
  for (const key of keys) {
    checkKey(key, 'GET_BULK')
    checkCacheTtl(options, 'GET_BULK')
    const entry = await lookup(key)
    total += entry?.bytes.length ?? 0
    found.set(key, entry === null ? null : shape(decodeBulk(entry.bytes, type), entry))
  }
  if (total > BULK_BYTES_MAX) {
    throw kvError('GET_BULK', 413, `Total size of request exceeds the limit of ${BULK_BYTES_MAX / 1_024 / 1_024}MB`)
  }
  return found
}

/** A value as bytes; streams are read to their end. */
export async function toBytes(value: unknown): Promise<Uint8Array> {
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0))
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
  if (value instanceof ReadableStream) return new Uint8Array(await new Response(value).arrayBuffer())
  if (typeof value === 'object' && value !== null) {
    throw new TypeError('KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.')
  }
  // Not Buffer.from: its slice() shares a pool.
  return new TextEncoder().encode(String(value))
}

/** An error as the binding throws it. */
export const kvError = (operation: string, status: number, text: string): Error =>
  new Error(`KV ${operation} failed: ${status} ${text}`)

function readType(options: KvReadOptions): string {
  const type = (typeof options === 'string' ? options : options?.type) ?? 'text'
  if (!['text', 'json', 'arrayBuffer', 'stream'].includes(type)) {
    throw new TypeError('Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".')
  }
  return type
}

function checkCacheTtl(options: KvReadOptions, operation: string): void {
  const cacheTtl = typeof options === 'object' ? options.cacheTtl : undefined
  if (cacheTtl === undefined || cacheTtl >= CACHE_TTL_SECONDS_MIN) return
  const text = `Invalid cache_ttl of ${cacheTtl}. Cache TTL must be at least ${CACHE_TTL_SECONDS_MIN}.`
  throw kvError(operation, 400, text)
}

function decode(bytes: Uint8Array, type: string): unknown {
  if (type === 'arrayBuffer') return bytes.slice().buffer
  if (type === 'stream') return new Blob([bytes.slice()]).stream()
  const text = new TextDecoder().decode(bytes)
  return type === 'json' ? JSON.parse(text) : text
}

function decodeBulk(bytes: Uint8Array, type: string): unknown {
  try {
    return decode(bytes, type)
  } catch {
    throw kvError('GET_BULK', 400, `At least one of the requested keys corresponds to a non-${type} value`)
  }
}
