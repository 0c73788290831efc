import { type Clock, HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import type { Lru } from '../base/lru.ts'
import { indexTastes, type TasteIndex } from '../domain/taste_lifts.ts'
import type { CacheStore } from '../store/cache.ts'

/** Tastes of a shop as an isolate holds them; null where it has none. */
export interface HeldTastes {
  tastes: TasteIndex | null
  readAtMs: number
}

/** Shops whose tastes an isolate holds: up to about a megabyte each. */
export const TASTES_KEPT = 12
export const TASTES_HELD_MS = 24 * HOUR_MS
/** Older ones are read again, behind the answer: learning publishes every ten minutes. */
const TASTES_YOUNG_MS = 5 * MINUTE_MS

export interface TasteDeps {
  clock: Clock
  cache: Pick<CacheStore, 'tastes'>
  memory: { tastes: Lru<HeldTastes> }
  /** Runs after the answer has left; failures are logged. */
  defer(label: string, work: () => Promise<unknown>): void
}

/** A shop's tastes, as far as the isolate holds them: a shelf never waits for them, the next one has them. */
export function heldTastes(shop: string, deps: TasteDeps): TasteIndex | null {
  const { memory, clock } = deps
  const nowMs = clock.now()
  const held = memory.tastes.get(shop, nowMs)
  if (held !== undefined && nowMs - held.readAtMs < TASTES_YOUNG_MS) return held.tastes
  // Whoever comes meanwhile has what is held: one request renews it.
  const { tastes } = held ?? { tastes: null }
  memory.tastes.set(shop, { tastes, readAtMs: nowMs }, nowMs)
  deps.defer('tastes', async () => {
    const read = indexTastes(await deps.cache.tastes(shop))
    memory.tastes.set(shop, { tastes: read, readAtMs: clock.now() }, clock.now())
  })
  return tastes
}
