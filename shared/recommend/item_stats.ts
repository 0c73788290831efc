import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { withDeadline } from '../base/deadline.ts'
import { decodeItemStats, type ItemStats } from '../domain/item_stats.ts'
import type { Stages } from '../observe/stages.ts'
import { d1Beside } from './d1_call.ts'
import type { ShelfDeps } from './deps.ts'
import { timeFor } from './time_left.ts'

/** Shops whose statistics an isolate holds: up to about 2 MB each. */
export const STATS_KEPT = 12
export const STATS_HELD_MS = 24 * HOUR_MS
/** Older ones are read again, behind the answer. */
const STATS_YOUNG_MS = MINUTE_MS

/**
 * A shop's item statistics: from isolate memory, renewed behind the answer; the first request of an isolate waits for
 * KV, and for D1 where KV does not answer. Null where there are none: then features that need them say nothing. Rejects
 * when they cannot be read.
 * @param wait false: what is not held is fetched for the next request
 */
export async function readItemStats(
  shop: string,
  wait: boolean,
  deps: ShelfDeps,
  stages: Stages,
): Promise<ItemStats | null> {
  const nowMs = deps.clock.now()
  const held = deps.memory.stats.get(shop, nowMs)
  const keep = (text: string | null) => {
    const stats = text === null ? null : decodeItemStats(text)
    deps.memory.stats.set(shop, { stats, readAtMs: deps.clock.now() }, deps.clock.now())
    return stats
  }
  if (held !== undefined && nowMs - held.readAtMs < STATS_YOUNG_MS) return held.stats
  if (held === undefined && wait) {
    const startMs = stages.elapsedMs()
    return fromKv(shop, keep, deps, stages).catch(async () => {
      // One deadline for both: the wave does not wait longer because KV was asked first.
      const guard = { stage: 'gather', name: 'item_stats', spentMs: stages.elapsedMs() - startMs } as const
      return keep(await d1Beside(guard, deps, stages, () => deps.stats(shop)))
    })
  }
  // Whoever comes meanwhile has what is held: one request renews it.
  if (held !== undefined) deps.memory.stats.set(shop, { ...held, readAtMs: nowMs }, nowMs)
  deps.defer('item_stats', async () => keep(await deps.cache.stats(shop)))
  return held?.stats ?? null
}

async function fromKv<T>(shop: string, keep: (text: string | null) => T, deps: ShelfDeps, stages: Stages): Promise<T> {
  const { kv } = deps.memory
  if (!kv.allows()) throw new Error('the KV breaker is open')
  try {
    const text = await withDeadline(
      'item_stats',
      timeFor('cache', deps, stages),
      stages.storage(() => deps.cache.stats(shop)),
    )
    const kept = keep(text)
    kv.succeeded()
    return kept
  } catch (error) {
    kv.failed()
    throw error
  }
}
