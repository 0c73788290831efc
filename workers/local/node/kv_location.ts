/** Workers KV as it is in the world: one truth, and locations that keep what they read, misses too. */
import type { KVNamespace } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'
import { CACHE_TTL_SECONDS_MIN } from './kv_limits.ts'
import { type KvEntry, kvError, kvReader } from './kv_values.ts'

/** Until a location looks again, when a read does not say otherwise (developers.cloudflare.com/kv/concepts/how-kv-works). */
const CACHE_TTL_SECONDS = 60
/** Writes of one key, all locations together (developers.cloudflare.com/kv/platform/limits). */
const WRITES_EVERY_MS = 1_000

export interface KvWorld {
  /** A namespace as one location sees it; each has a memory of its own. */
  location(): KVNamespace
}

interface Seen {
  entry: KvEntry | null
  atMs: number
}

/**
 * Locations over one truth. A location answers a key that it has read within 60 s, or within the read's `cacheTtl`, from
 * its memory, a miss as well; its own writes it sees at once. A second write of a key within a second is refused with 429.
 * list() and bulk reads of keys that are not remembered ask the truth.
 */
export function createKvWorld({ truth, clock }: { truth: KVNamespace; clock: Clock }): KvWorld {
  const writtenAtMs = new Map<string, number>()
  const read = async (key: string): Promise<KvEntry | null> => {
    const { value, metadata } = await truth.getWithMetadata(key, 'arrayBuffer')
    return value === null ? null : { bytes: new Uint8Array(value), metadata, expiration: null }
  }
  const write = (method: 'PUT' | 'DELETE', key: string): void => {
    if (clock.now() - (writtenAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < WRITES_EVERY_MS)
      throw kvError(method, 429, 'Too Many Requests')
    writtenAtMs.set(key, clock.now())
  }
  return {
    location() {
      const memory = new Map<string, Seen>()
      const lookup = (ttlSeconds: number) => async (key: string) => {
        const held = memory.get(key)
        if (held !== undefined && clock.now() - held.atMs < ttlSeconds * 1_000) return held.entry
        const entry = await read(key)
        memory.set(key, { entry, atMs: clock.now() })
        return entry
      }
      const readerFor = (options: unknown) => kvReader(lookup(ttlOf(options)))
      const kv = {
        get: (key: never, options?: never) => readerFor(options).get(key, options),
        getWithMetadata: (key: never, options?: never) => readerFor(options).getWithMetadata(key, options),
        list: truth.list.bind(truth),
        put: async (...args: Parameters<KVNamespace['put']>) => {
          const key = String(args[0])
          write('PUT', key)
          await truth.put(...args)
          memory.set(key, { entry: await read(key), atMs: clock.now() })
        },
        delete: async (key: string) => {
          write('DELETE', key)
          await truth.delete(key)
          memory.set(key, { entry: null, atMs: clock.now() })
        },
      }
      return kv as unknown as KVNamespace
    },
  }
}

function ttlOf(options: unknown): number {
  const asked =
    typeof options === 'object' && options !== null ? (options as { cacheTtl?: number }).cacheTtl : undefined
  return asked === undefined ? CACHE_TTL_SECONDS : Math.max(CACHE_TTL_SECONDS_MIN, asked)
}
