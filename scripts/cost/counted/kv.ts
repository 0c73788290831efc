import type { KVNamespace } from '@cloudflare/workers-types'
import type { Meter } from '../meter.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/** KV that counts keys: a bulk read is billed for each key that it asks for, whether found or not. */
export function countedKv(kv: KVNamespace, meter: Meter): KVNamespace {
  const counted =
    (method: keyof KVNamespace, resource: string): Call =>
    (first, ...rest) => {
      meter.add(resource, Array.isArray(first) ? first.length : 1)
      return meter.apart(() => (kv[method] as Call).call(kv, first, ...rest))
    }
  return {
    get: counted('get', 'kv.reads'),
    getWithMetadata: counted('getWithMetadata', 'kv.reads'),
    put: counted('put', 'kv.writes'),
    delete: counted('delete', 'kv.deletes'),
    list: counted('list', 'kv.lists'),
  } as unknown as KVNamespace
}
