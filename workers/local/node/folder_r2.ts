/**
 * An R2 bucket in a folder, a file an object: put, get, head, delete, list, with ranges. What a command line works on where
 * there is no bucket: partitions that were synchronised from one, and what is learned of them.
 * A put is whole or not there, whenever the process dies. Not offered: conditions, metadata, multipart uploads.
 */
import type { Dirent } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { R2Bucket, R2GetOptions, R2ListOptions } from '@cloudflare/workers-types'

const LIST_MAX = 1_000
/** Of a file that is being written: no key ends so. */
const UNFINISHED = '.unfinished'

export function createFolderR2(folder: string): R2Bucket {
  // A listing goes over the whole tree: pages of it share one walk.
  let walked: { prefix: string; keys: string[] } | null = null
  const changed = () => {
    walked = null
  }
  const bucket = {
    head: async (key: string) => {
      const found = await stat(pathOf(folder, key)).catch(() => null)
      return found?.isFile() ? { key, size: found.size, uploaded: found.mtime } : null
    },
    get: async (key: string, options: R2GetOptions = {}) => {
      const file = await open(pathOf(folder, key)).catch(() => null)
      if (file === null) return null
      try {
        const { size, mtime } = await file.stat()
        const { offset = 0, length = size } = (options.range ?? {}) as { offset?: number; length?: number }
        if (offset > size) throw new Error('get: The requested range is not satisfiable (10039)')
        const bytes = new Uint8Array(Math.min(length, size - offset))
        await file.read(bytes, 0, bytes.length, offset)
        return { key, size, uploaded: mtime, range: { offset, length: bytes.length }, ...bodyOf(bytes) }
      } finally {
        await file.close()
      }
    },
    put: async (key: string, value: string | ArrayBuffer | ArrayBufferView) => {
      const path = pathOf(folder, key)
      await mkdir(dirname(path), { recursive: true })
      const bytes = bytesOf(value)
      await writeFile(path + UNFINISHED, bytes)
      await rename(path + UNFINISHED, path)
      changed()
      return { key, size: bytes.length }
    },
    delete: async (keys: string | string[]) => {
      for (const key of Array.isArray(keys) ? keys : [keys]) await rm(pathOf(folder, key), { force: true })
      changed()
    },
    list: async (options: R2ListOptions = {}) => {
      const prefix = options.prefix ?? ''
      if (walked?.prefix !== prefix) walked = { prefix, keys: await keysOf(folder, prefix) }
      return pageOf(folder, walked.keys, options)
    },
  }
  return bucket as unknown as R2Bucket
}

/** Every segment is encoded, so that no key leaves the folder. */
function pathOf(folder: string, key: string): string {
  const segments = key.split('/').map((segment) => encodeURIComponent(segment))
  if (segments.some((segment) => segment === '.' || segment === '..' || segment === ''))
    throw new Error('the key has a segment that no file can have')
  return join(folder, ...segments)
}

function bytesOf(value: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
}

const bodyOf = (bytes: Uint8Array<ArrayBuffer>) => ({
  arrayBuffer: async () => bytes.buffer,
  bytes: async () => bytes,
  text: async () => new TextDecoder().decode(bytes),
  json: async () => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
})

/** Keys below a prefix, in their order. */
async function keysOf(folder: string, prefix: string): Promise<string[]> {
  const keys: string[] = []
  const walk = async (path: string, key: string) => {
    const entries: Dirent[] = await readdir(path, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const own = key + decodeURIComponent(entry.name)
      if (entry.isDirectory()) {
        if (`${own}/`.startsWith(prefix) || prefix.startsWith(`${own}/`)) await walk(join(path, entry.name), `${own}/`)
      } else if (own.startsWith(prefix) && !own.endsWith(UNFINISHED)) keys.push(own)
    }
  }
  await walk(folder, '')
  return keys.sort((a, b) => Buffer.from(a).compare(Buffer.from(b)))
}

async function pageOf(folder: string, keys: readonly string[], options: R2ListOptions) {
  const { prefix = '', delimiter, limit = LIST_MAX, startAfter } = options
  const after = options.cursor === undefined ? startAfter : Buffer.from(options.cursor, 'base64').toString()
  const objects: Array<{ key: string; size: number; uploaded: Date }> = []
  const groups = new Set<string>()
  let last: string | null = null
  for (const key of keys) {
    if (after !== undefined && key <= after) continue
    const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length)
    const group = cut < 0 ? null : key.slice(0, cut + delimiter!.length)
    if (!(group !== null && groups.has(group)) && objects.length + groups.size === limit)
      return {
        objects,
        truncated: true,
        cursor: Buffer.from(last!).toString('base64'),
        delimitedPrefixes: [...groups],
      }
    if (group !== null) groups.add(group)
    else {
      const { size, mtime } = await stat(pathOf(folder, key))
      objects.push({ key, size, uploaded: mtime })
    }
    last = key
  }
  return { objects, truncated: false, delimitedPrefixes: [...groups] }
}
