import type { Vectorize } from '@cloudflare/workers-types'
import type { Meter } from '../meter.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/**
 * Vectorize that counts dimensions: of each vector that is asked with, of those that are fetched by id (apart: the price
 * list names queries alone) and of those that stay.
 */
export function countedVectorize(index: Vectorize, dimensions: number, meter: Meter): Vectorize {
  const stored = new Set<string>()
  const asked =
    (method: 'query' | 'queryById'): Call =>
    (first, ...rest) => {
      meter.add('vectorize.queriedDimensions', dimensions)
      return meter.apart(() => (index[method] as Call).call(index, first, ...rest))
    }
  const written =
    (method: 'insert' | 'upsert'): Call =>
    async (vectors) => {
      const answer = await meter.apart(() => (index[method] as Call).call(index, vectors))
      const before = stored.size
      for (const { id } of vectors as Array<{ id: string }>) stored.add(id)
      meter.add('vectorize.storedDimensions', (stored.size - before) * dimensions)
      return answer
    }
  return {
    describe: () => index.describe(),
    query: asked('query'),
    queryById: asked('queryById'),
    getByIds(ids: string[]) {
      meter.add('vectorize.fetchedDimensions', ids.length * dimensions)
      return meter.apart(() => index.getByIds(ids))
    },
    insert: written('insert'),
    upsert: written('upsert'),
    async deleteByIds(ids: string[]) {
      const answer = await meter.apart(() => index.deleteByIds(ids))
      const before = stored.size
      for (const id of ids) stored.delete(id)
      meter.add('vectorize.storedDimensions', (stored.size - before) * dimensions)
      return answer
    },
  } as unknown as Vectorize
}
