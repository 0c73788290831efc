import type { D1Database } from '@cloudflare/workers-types'
import { Redis } from '@upstash/redis/cloudflare'
import type { ErasedShoppers } from '../operations/erasures.ts'
import type { UpstashConfig } from './live_upstash.ts'
import { recentKey } from './live_upstash.ts'

/** Removes shoppers from the live store. */
export interface LiveEraser {
  /** The number of shoppers removed; repeatable. */
  erase(shop: string, shoppers: ErasedShoppers): Promise<number>
}

export function createD1LiveEraser(db: D1Database): LiveEraser {
  return {
    async erase(shop, shoppers) {
      const all = shoppers === 'all'
      const { meta } = await db
        .prepare(`DELETE FROM recents WHERE shop = ?1${all ? '' : ' AND shopper IN (SELECT value FROM json_each(?2))'}`)
        .bind(...(all ? [shop] : [shop, JSON.stringify(shoppers)]))
        .run()
      return meta.changes
    },
  }
}

/** Keys of one command; a shop's shoppers are found in pages. */
const KEYS_PER_COMMAND = 500

export function createUpstashLiveEraser(config: UpstashConfig): LiveEraser {
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
  const remove = async (keys: readonly string[]) => {
    let removed = 0
    for (let from = 0; from < keys.length; from += KEYS_PER_COMMAND)
      removed += await client().del(...keys.slice(from, from + KEYS_PER_COMMAND))
    return removed
  }
  return {
    async erase(shop, shoppers) {
      if (shoppers !== 'all') return remove(shoppers.map((shopper) => recentKey(shop, shopper)))
      let [removed, cursor] = [0, '0']
      do {
        // No shop's name holds a character that SCAN's pattern would read as one of its own.
        const [next, keys] = await client().scan(cursor, { match: recentKey(shop, '*'), count: KEYS_PER_COMMAND })
        removed += await remove(keys)
        cursor = String(next)
      } while (cursor !== '0')
      return removed
    },
  }
}
