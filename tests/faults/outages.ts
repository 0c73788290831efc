/** Every way in which the dependencies of a shelf can fail together, and what the ladder then owes. */
import type { KVNamespace, Vectorize } from '@cloudflare/workers-types'
import { DEADLINES, type Deadlines } from '../../shared/domain/limits.ts'
import type { Rung } from '../../shared/domain/recommendation.ts'
import { createCacheStore } from '../../shared/store/cache.ts'
import { createLearningStore } from '../../shared/store/catalogue/learning.ts'
import { createShelfReads } from '../../shared/store/catalogue/shelf_reads.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createVectorStore } from '../../shared/store/vectors.ts'
import { emptyD1, strangeEmbed, strangeKv, strangeLive, strangeVectors } from '../support/garbage.ts'
import type { Location, ShelfParts } from '../support/world.ts'

export const PARTS = ['d1', 'cache', 'vectors', 'live', 'model'] as const
export type Part = (typeof PARTS)[number]
export const MODES = ['error', 'hang', 'garbage'] as const
export type Mode = (typeof MODES)[number]
export const KINDS = ['home', 'product', 'cart', 'query'] as const
export type Kind = (typeof KINDS)[number]

/** Every subset but the empty one. */
export function subsets(): Part[][] {
  return Array.from({ length: 2 ** PARTS.length - 1 }, (_, n) => PARTS.filter((_part, bit) => ((n + 1) >> bit) & 1))
}

/** Milliseconds that a hanging dependency costs; nothing else here takes real time. */
const HANG_MS = 25
const tiny = Object.fromEntries(Object.keys(DEADLINES).map((stage) => [stage, HANG_MS])) as unknown as Deadlines

/** An isolate whose garbage, if any, can be switched on: `failing` is read at every call. */
export function isolateOf(location: Location, failing: { parts: readonly Part[]; mode: Mode }): ShelfParts {
  return location.isolate((parts) => {
    const garbled = (part: Part) => failing.mode === 'garbage' && failing.parts.includes(part)
    const either = <T extends object>(part: Part, well: T, garbage: T): T =>
      new Proxy(well, { get: (_target, name) => Reflect.get(garbled(part) ? garbage : well, name) })
    return {
      ...parts,
      deadlines: tiny,
      reads: either('d1', parts.reads, createShelfReads(emptyD1, 'replica')),
      strictReads: either('d1', parts.strictReads, createShelfReads(emptyD1, 'primary')),
      lists: (shop, market) => (garbled('d1') ? createLearningStore(emptyD1).lists : parts.lists)(shop, market),
      cache: either('cache', parts.cache, createCacheStore(strangeKv as unknown as KVNamespace)),
      vectors: either('vectors', parts.vectors, createVectorStore({ a: strangeVectors as unknown as Vectorize })),
      live: either('live', parts.live, createD1LiveStore(strangeLive)),
      embed: (...args) => (garbled('model') ? strangeEmbed() : parts.embed(...args)),
    }
  })
}

export function breakDown(location: Location, parts: readonly Part[], mode: Mode): void {
  for (const part of PARTS) location[part].up()
  if (mode === 'garbage') return
  for (const part of parts)
    location[part].down(mode === 'hang' ? { mode: 'hang' } : { mode: 'error', message: `${part} is down` })
}

/** The rung that answers; null where the request has to fail with `unavailable`. */
export function rungOwed(kind: Kind, failing: readonly Part[], warm: boolean): Rung | null {
  const down = (part: Part) => failing.includes(part)
  if (!down('d1')) return 'L2'
  if (down('cache')) return warm ? 'L5' : null
  // Without D1 the way to neighbours is the request's own items, the live store's, or the words' vector.
  const reaches: Record<Kind, boolean> = {
    home: !down('live'),
    product: true,
    cart: true,
    query: !down('vectors') && !down('model'),
  }
  return reaches[kind] ? 'L3' : 'L4'
}

/** What `degraded` has to name: whatever was asked and failed, on a warm isolate, whose lists are in its memory. */
export function namesOwed(kind: Kind, failing: readonly Part[], mode: Mode): string[] {
  const down = (part: Part) => failing.includes(part)
  const names: string[] = []
  if (down('d1')) names.push('catalogue')
  if (down('d1') && down('cache')) names.push('cache')
  // A live store without rows knows nothing of the shopper, as one that was never told.
  if (kind === 'home' && down('live')) names.push('live')
  if (kind === 'product' && down('vectors') && !(mode === 'garbage')) names.push('vector_seed')
  if (kind === 'query' && (down('model') || down('vectors'))) names.push('vector_text')
  return names
}
