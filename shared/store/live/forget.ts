import type { D1Database } from '@cloudflare/workers-types'
import type { Redis } from '@upstash/redis/cloudflare'
import { chunk } from '../../base/batch.ts'
import type { ErasedShoppers } from '../operations/erasures.ts'
import { recentKey } from './live_upstash.ts'
import {
  asking,
  createUpstashClient,
  type UpstashClient,
  type UpstashConfig,
  UpstashFailure,
} from './upstash_client.ts'

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

/**
 * Every command of one erasure goes through one client, and the first of them writes: its sync token makes the reads
 * that follow see all that was written before it, also where a region near the caller answers them.
 * @throws UpstashFailure
 */
export function createUpstashLiveEraser(
  config: UpstashConfig,
  clientOf: UpstashClient = createUpstashClient,
): LiveEraser {
  const remove = async (client: Redis, keys: readonly string[]) => {
    let removed = 0
    for (const part of chunk(keys, KEYS_PER_COMMAND)) {
      const count: unknown = await client.del(...part)
      if (typeof count !== 'number') throw new UpstashFailure('unreadable')
      removed += count
    }
    return removed
  }
  return {
    erase: (shop, shoppers) =>
      asking(async () => {
        const client = clientOf(config)
        const keys = shoppers === 'all' ? [recentKey(shop, '')] : shoppers.map((shopper) => recentKey(shop, shopper))
        let removed = await remove(client, keys)
        if (shoppers !== 'all') return removed
        let cursor = '0'
        do {
          // No shop's name holds a character that SCAN's pattern would read as one of its own.
          const page: unknown = await client.scan(cursor, { match: recentKey(shop, '*'), count: KEYS_PER_COMMAND })
          const [next, found] = Array.isArray(page) ? (page as unknown[]) : []
          // A cursor is 64 bits: as a number it would be another one.
          if (typeof next !== 'string' || !Array.isArray(found)) throw new UpstashFailure('unreadable')
          removed += await remove(client, found as string[])
          cursor = next
        } while (cursor !== '0')
        return removed
      }),
  }
}
