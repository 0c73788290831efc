/**
 * An R2 bucket in memory: put, get, head, delete, list, with ranges and conditions.
 * Not offered: multipart uploads, encryption with customer keys, conditions given as Headers.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { R2Bucket, R2Conditional, R2GetOptions, R2ListOptions, R2PutOptions } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'

const KEY_BYTES_MAX = 1_024
const LIST_MAX = 1_000
/** Keys in one delete. Documented; the local runtime lets more through. */
const DELETE_MAX = 1_000

/** An object as it lies in the bucket. */
export interface StoredObject {
  key: string
  bytes: Uint8Array
  version: string
  etag: string
  uploaded: Date
  httpMetadata: Record<string, unknown>
  customMetadata: Record<string, string>
}

interface Range {
  offset: number
  length: number
}

export interface MemoryR2Options {
  clock: Clock
  /** What is stored; objects are replaced, never changed. */
  objects?: Map<string, StoredObject>
}

export function createMemoryR2({ clock, objects = new Map() }: MemoryR2Options): R2Bucket {
  const bucket = {
    head: async (key: string) => {
      checkName(key, 'head')
      const stored = objects.get(key)
      return stored === undefined ? null : describe(stored, whole(stored))
    },
    get: async (key: string, options: R2GetOptions = {}) => {
      checkName(key, 'get')
      const stored = objects.get(key)
      if (stored === undefined) return null
      if (!meets(stored, options.onlyIf)) return describe(stored, whole(stored))
      const range = rangeOf(stored, options.range as Partial<Range & { suffix: number }> | undefined)
      const content = body(stored.bytes.subarray(range.offset, range.offset + range.length))
      // Spreading would read the getters once and freeze bodyUsed.
      return Object.defineProperties(describe(stored, range), Object.getOwnPropertyDescriptors(content))
    },
    put: async (key: string, value: unknown, options: R2PutOptions = {}) => {
      checkName(key, 'put')
      const bytes = await bytesOf(value)
      const before = objects.get(key)
      if (!meets(before, options.onlyIf)) return null
      const stored: StoredObject = {
        key,
        bytes,
        version: randomUUID().replaceAll('-', ''),
        etag: createHash('md5').update(bytes).digest('hex'),
        uploaded: new Date(clock.now()),
        httpMetadata: { ...(options.httpMetadata as Record<string, unknown> | undefined) },
        customMetadata: { ...options.customMetadata },
      }
      objects.set(key, stored)
      return describe(stored, undefined)
    },
    delete: async (keys: string | string[]) => {
      const list = Array.isArray(keys) ? keys : [keys]
      if (list.length > DELETE_MAX)
        throw new Error(`delete: at most ${DELETE_MAX} keys in one call, but got ${list.length}`)
      for (const key of list) {
        checkName(key, 'delete')
        objects.delete(key)
      }
    },
    list: async (options: R2ListOptions = {}) => listObjects(objects, options),
    createMultipartUpload: () => Promise.reject(new Error('multipart uploads are not part of this stand-in')),
    resumeMultipartUpload: () => {
      throw new Error('multipart uploads are not part of this stand-in')
    },
  }
  return bucket as unknown as R2Bucket
}

function checkName(key: string, operation: string): void {
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) {
    throw new Error(`${operation}: The specified object name is not valid. (10020)`)
  }
}

const whole = (stored: StoredObject): Range => ({ offset: 0, length: stored.bytes.length })

function describe({ key, bytes, version, etag, uploaded, httpMetadata, customMetadata }: StoredObject, range?: Range) {
  return {
    key,
    version,
    size: bytes.length,
    etag,
    httpEtag: `"${etag}"`,
    uploaded,
    httpMetadata,
    customMetadata,
    ...(range === undefined ? {} : { range }),
    storageClass: 'Standard',
    checksums: { md5: Buffer.from(etag, 'hex'), toJSON: () => ({ md5: etag }) },
    writeHttpMetadata: (headers: Headers) => {
      for (const [name, value] of Object.entries(httpMetadata)) {
        headers.set(
          name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
          String(value),
        )
      }
    },
  }
}

/** The readable half of an object: one use, as with a Response. */
function body(bytes: Uint8Array) {
  const response = new Response(bytes.slice())
  return {
    get body() {
      return response.body
    },
    get bodyUsed() {
      return response.bodyUsed
    },
    text: () => response.text(),
    json: () => response.json(),
    arrayBuffer: () => response.arrayBuffer(),
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
    blob: () => response.blob(),
  }
}

function meets(stored: StoredObject | undefined, condition: R2GetOptions['onlyIf']): boolean {
  if (condition === undefined) return true
  const { etagMatches, etagDoesNotMatch, uploadedBefore, uploadedAfter } = condition as R2Conditional
  const same = (tag: string) => stored !== undefined && (tag === '*' || tag === stored.etag)
  if (etagMatches !== undefined && !same(etagMatches)) return false
  if (etagDoesNotMatch !== undefined && same(etagDoesNotMatch)) return false
  if (uploadedBefore !== undefined && !(stored !== undefined && stored.uploaded < uploadedBefore)) return false
  return !(uploadedAfter !== undefined && stored !== undefined && stored.uploaded <= uploadedAfter)
}

function rangeOf(stored: StoredObject, range: Partial<Range & { suffix: number }> | undefined): Range {
  const size = stored.bytes.length
  if (range === undefined) return { offset: 0, length: size }
  if (range.suffix !== undefined) {
    const length = Math.min(range.suffix, size)
    return { offset: size - length, length }
  }
  const offset = range.offset ?? 0
  if (offset > size || (offset === size && size > 0)) {
    throw new Error('get: The requested range is not satisfiable (10039)')
  }
  return { offset, length: Math.min(range.length ?? size, size - offset) }
}

async function bytesOf(value: unknown): Promise<Uint8Array> {
  if (value === null || value === undefined) return new Uint8Array()
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0))
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
  if (value instanceof Blob) return new Uint8Array(await value.arrayBuffer())
  if (value instanceof ReadableStream) return new Uint8Array(await new Response(value).arrayBuffer())
  throw new TypeError(
    "Failed to execute 'put' on 'R2Bucket': parameter 2 is not of type 'JsReadableStream or ArrayBuffer or " +
      "ArrayBufferView or string or Blob'.",
  )
}

function listObjects(objects: ReadonlyMap<string, StoredObject>, options: R2ListOptions) {
  const limit = options.limit ?? LIST_MAX
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
    throw new Error('list: MaxKeys params must be positive integer <= 1000. (10022)')
  }
  const prefix = options.prefix ?? ''
  const after = options.cursor === undefined ? (options.startAfter ?? null) : fromCursor(options.cursor)
  const keys = [...objects.keys()].filter(
    (key) => key.startsWith(prefix) && (after === null || compare(key, after) > 0),
  )
  keys.sort(compare)
  const listed: ReturnType<typeof describe>[] = []
  const prefixes = new Set<string>()
  let last: string | null = null
  for (const key of keys) {
    const cut = options.delimiter === undefined ? -1 : key.indexOf(options.delimiter, prefix.length)
    const group = cut < 0 ? null : key.slice(0, cut + options.delimiter!.length)
    const known = group !== null && prefixes.has(group)
    if (!known && listed.length + prefixes.size === limit) {
      return { objects: listed, truncated: true, cursor: toCursor(last!), delimitedPrefixes: [...prefixes] }
    }
    if (group !== null) prefixes.add(group)
    else listed.push(describe(bare(objects.get(key)!, options.include ?? [])))
    last = key
  }
  return { objects: listed, truncated: false, delimitedPrefixes: [...prefixes] }
}

/** A listing carries metadata only when asked. */
function bare(stored: StoredObject, include: readonly string[]): StoredObject {
  return {
    ...stored,
    httpMetadata: include.includes('httpMetadata') ? stored.httpMetadata : {},
    customMetadata: include.includes('customMetadata') ? stored.customMetadata : {},
  }
}

const compare = (a: string, b: string): number => Buffer.from(a).compare(Buffer.from(b))
const toCursor = (key: string): string => Buffer.from(key).toString('base64')
const fromCursor = (cursor: string): string => Buffer.from(cursor, 'base64').toString()
