import { Redis } from '@upstash/redis/cloudflare'
import { LIMITS } from '../../domain/limits.ts'
import { type LiveStore, packEach, RECENT_TTL_SECONDS, type RecentTuple, unpackRecent } from './live.ts'

export interface UpstashConfig {
  url: string
  token: string
  /** Milliseconds a command may take. The client itself has no limit. */
  timeoutMs: number
}

/**
 * The live store in Upstash Redis: one sorted set a shopper, by time, so that a repeated event is one member and a late
 * one of long ago pushes nothing newer out.
 * The client's traps are switched off: no retries (six by default), ids stay text, and the abort signal is given as a
 * function, because only then does an abort throw instead of resolving like a miss.
 */
export function createUpstashLiveStore(config: UpstashConfig): LiveStore {
  // One client a call: it keeps a sync token that must not leak from one shopper's request to another's.
  const client = () =>
    new Redis({
      url: config.url,
      token: config.token,
      retry: false,
      automaticDeserialization: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
      signal: () => AbortSignal.timeout(config.timeoutMs),
    })
  return {
    async recent(shop, shopper) {
      const packed = await client().zrange<string[]>(recentKey(shop, shopper), -LIMITS.recentEventsKept, -1)
      return packed.map((text) => unpackRecent(JSON.parse(text) as RecentTuple))
    },
    async append(shop, rows) {
      if (rows.length === 0) return
      const pipeline = client().pipeline()
      for (const row of rows) {
        const name = recentKey(shop, row.shopper)
        for (const { atMs, packed } of packEach(row.events).slice(-LIMITS.recentEventsKept)) {
          pipeline.zadd(name, { score: atMs, member: packed })
        }
        pipeline.zremrangebyrank(name, 0, -LIMITS.recentEventsKept - 1)
        pipeline.expire(name, RECENT_TTL_SECONDS)
      }
      await pipeline.exec()
    },
  }
}

/** Where a shopper's past is. */
export const recentKey = (shop: string, shopper: string) => `recent:v2:${shop}:${shopper}`
