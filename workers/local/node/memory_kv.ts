/**
 * Workers KV in memory: strongly consistent, with the platform's limits and error texts. Expiry follows the clock.
 * Not enforced: one write a second per key, and caching at a location (see laggingKv).
 */
import type { KVNamespace } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'
import { EXPIRATION_TTL_SECONDS_MIN, LIST_MAX, METADATA_BYTES_MAX, VALUE_BYTES_MAX } from './kv_limits.ts'
import { checkKey, type KvEntry, kvError, kvReader, toBytes } from './kv_values.ts'

interface PutOptions {
  expiration?: number
  expirationTtl?: number
  metadata?: unknown
}

interface ListOptions {
  prefix?: string | null
  limit?: number
  cursor?: string | null
}

export interface MemoryKvOptions {
  clock: Clock
  /** What is stored; entries are replaced, never changed. */
  entries?: Map<string, KvEntry>
}

/** A KVNamespace on a clock. */
export function createMemoryKv({ clock, entries = new Map() }: MemoryKvOptions): KVNamespace {
  const nowSeconds = () => Math.floor(clock.now() / 1_000)
  const lookup = (key: string): KvEntry | null => {
    const entry = entries.get(key)
    if (entry === undefined) return null
    if (entry.expiration === null || entry.expiration > nowSeconds()) return entry
    entries.delete(key)
    return null
  }
  const kv = {
    ...kvReader(lookup),
    put: async (name: string, value: unknown, options: PutOptions = {}) => {
      const key = String(name)
      checkKey(key, 'PUT')
      const expiration = expirationOf(options, nowSeconds())
      const metadata = metadataOf(options.metadata)
      const bytes = await toBytes(value)
      if (bytes.length > VALUE_BYTES_MAX) {
        throw kvError('PUT', 413, `Value length of ${bytes.length} exceeds limit of ${VALUE_BYTES_MAX}.`)
      }
      entries.set(key, { bytes, metadata, expiration })
    },
    delete: async (name: string) => {
      checkKey(String(name), 'DELETE')
      entries.delete(String(name))
    },
    list: async (options: ListOptions = {}) => {
      for (const key of [...entries.keys()]) lookup(key)
      return listEntries(entries, options)
    },
  }
  return kv as unknown as KVNamespace
}

/** When a put expires, in seconds since the epoch; throws as KV does. */
export function expirationOf({ expiration, expirationTtl }: PutOptions, nowSeconds: number): number | null {
  if (expirationTtl !== undefined) {
    // The wire carries a whole number; what is not one arrives as 0.
    const ttl = Math.trunc(Number(expirationTtl)) || 0
    if (ttl <= 0) throw kvError('PUT', 400, `Invalid expiration_ttl of ${ttl}. Please specify integer greater than 0.`)
    if (ttl < EXPIRATION_TTL_SECONDS_MIN) {
      throw kvError(
        'PUT',
        400,
        `Invalid expiration_ttl of ${ttl}. Expiration TTL must be at least ${EXPIRATION_TTL_SECONDS_MIN}.`,
      )
    }
    return nowSeconds + ttl
  }
  if (expiration === undefined) return null
  const at = Math.trunc(Number(expiration)) || 0
  if (at <= nowSeconds) {
    const rule = 'Please specify integer greater than the current number of seconds since the UNIX epoch.'
    throw kvError('PUT', 400, `Invalid expiration of ${at}. ${rule}`)
  }
  if (at < nowSeconds + EXPIRATION_TTL_SECONDS_MIN) {
    const rule = `Expiration times must be at least ${EXPIRATION_TTL_SECONDS_MIN} seconds in the future.`
    throw kvError('PUT', 400, `Invalid expiration of ${at}. ${rule}`)
  }
  return at
}

function metadataOf(metadata: unknown): unknown {
  if (metadata === undefined || metadata === null) return null
  const text = JSON.stringify(metadata)
  const length = Buffer.byteLength(text)
  if (length > METADATA_BYTES_MAX) {
    throw kvError('PUT', 413, `Metadata length of ${length} exceeds limit of ${METADATA_BYTES_MAX}.`)
  }
  return JSON.parse(text)
}

/** Keys in UTF-8 order, a page at a time; the cursor is the last key of the page before. */
function listEntries(entries: ReadonlyMap<string, KvEntry>, { prefix, limit, cursor }: ListOptions) {
  // As at the binding: zero and negative limits are not sent.
  const size = limit !== undefined && limit > 0 ? limit : LIST_MAX
  if (size > LIST_MAX) {
    const rule = `Please specify an integer less than ${LIST_MAX}.`
    throw kvError('GET', 400, `Invalid key_count_limit of ${size}. ${rule}`)
  }
  const after = cursor ? Buffer.from(cursor, 'base64') : null
  const names = [...entries.keys()]
    .filter((name) => name.startsWith(prefix ?? ''))
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .filter(({ bytes }) => after === null || bytes.compare(after) > 0)
    .sort((a, b) => a.bytes.compare(b.bytes))
  const page = names.slice(0, size)
  const keys = page.map(({ name }) => {
    const { expiration, metadata } = entries.get(name)!
    return { name, ...(expiration === null ? {} : { expiration }), ...(metadata === null ? {} : { metadata }) }
  })
  if (page.length === names.length) return { keys, list_complete: true, cacheStatus: null }
  const next = page.at(-1)!.bytes.toString('base64')
  return { keys, list_complete: false, cursor: next, cacheStatus: null }
}
