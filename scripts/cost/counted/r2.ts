import type { R2Bucket } from '@cloudflare/workers-types'
import type { Meter } from '../meter.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/** R2 that counts operations by class, and the bytes that stay: on the account that put or removed them. Deletes are free. */
export function countedR2(bucket: R2Bucket, meter: Meter): R2Bucket {
  const sizes = new Map<string, number>()
  const stands = (key: string, bytes: number) => {
    meter.add('r2.storedBytes', bytes - (sizes.get(key) ?? 0))
    if (bytes === 0) sizes.delete(key)
    else sizes.set(key, bytes)
  }
  const counted =
    (method: 'get' | 'head' | 'list', resource: string): Call =>
    (...args) => {
      meter.add(resource, 1)
      return meter.apart(() => (bucket[method] as Call).apply(bucket, args))
    }
  return {
    get: counted('get', 'r2.classB'),
    head: counted('head', 'r2.classB'),
    list: counted('list', 'r2.classA'),
    async put(key: string, ...rest: unknown[]) {
      meter.add('r2.classA', 1)
      const stored = (await meter.apart(() => (bucket.put as Call).call(bucket, key, ...rest))) as {
        size: number
      } | null
      // Null: its condition did not hold, and nothing was put.
      if (stored !== null) stands(key, stored.size)
      return stored
    },
    async delete(keys: string | string[]) {
      await meter.apart(() => bucket.delete(keys))
      for (const key of [keys].flat()) if (sizes.has(key)) stands(key, 0)
    },
  } as unknown as R2Bucket
}
