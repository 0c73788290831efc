import { Redis } from '@upstash/redis/cloudflare'
import { LIMITS } from '../../domain/limits.ts'
import { type LiveStore, packRecent, RECENT_TTL_SECONDS, type RecentTuple, unpackRecent } from './live.ts'

export interface UpstashConfig {
  url: string
  token: string
  /** Milliseconds a command may take. The client itself has no limit. */
  timeoutMs: number
}

/**
 * The live store in Upstash Redis: one list a shopper.
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
      const packed = await client().lrange<string>(key(shop, shopper), -LIMITS.recentEventsKept, -1)
      const seen = new Set<string>()
      const fresh = packed.filter((text) => !seen.has(text) && seen.add(text))
      return fresh.map((text) => unpackRecent(JSON.parse(text) as RecentTuple)).sort((a, b) => a.atMs - b.atMs)
    },
    async append(shop, rows) {
      if (rows.length === 0) return
      const pipeline = client().pipeline()
      for (const row of rows) {
        const name = key(shop, row.shopper)
        pipeline.rpush(
          name,
          ...row.events.slice(-LIMITS.recentEventsKept).map((event) => JSON.stringify(packRecent(event))),
        )
        pipeline.ltrim(name, -LIMITS.recentEventsKept, -1)
        pipeline.expire(name, RECENT_TTL_SECONDS)
      }
      await pipeline.exec()
    },
  }
}

const key = (shop: string, shopper: string) => `recent:v1:${shop}:${shopper}`
