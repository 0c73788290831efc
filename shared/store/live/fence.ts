import type { D1Database } from '@cloudflare/workers-types'
import { Redis } from '@upstash/redis/cloudflare'
import { chunk } from '../../base/batch.ts'
import { SECOND_MS } from '../../base/clock.ts'
import { AFTERMATH_MS, EVERYBODY, FORGOTTEN_KEPT_MS, forgottenKey } from '../../domain/forgotten.ts'
import type { ErasedShoppers } from '../operations/erasures.ts'
import type { LiveStore } from './live.ts'
import { recentKey } from './live_upstash.ts'
import { asking, CLIENT_OPTIONS, type UpstashConfig } from './upstash_client.ts'

/**
 * Keeps forgotten shoppers out of the live store: a write that was under way while they were removed comes late. It is
 * raised before they are removed, so that a write is either removed with them or meets it.
 */
export interface LiveFence {
  /** Repeatable: the latest one holds. @param nowMs what happened up to now, and a little beyond, is not taken any more */
  raise(shop: string, shoppers: ErasedShoppers, nowMs: number): Promise<void>
}

const keysOf = (shop: string, shoppers: ErasedShoppers): string[] =>
  shoppers === 'all' ? [EVERYBODY] : shoppers.map((shopper) => forgottenKey(shop, shopper))

/** The D1 form; `createD1LiveStore` asks it in the statement that writes. */
export function createD1LiveFence(db: D1Database): LiveFence {
  return {
    async raise(shop, shoppers, nowMs) {
      await db
        .prepare(
          `INSERT INTO forgotten (shop, who, until_at, expires_at) SELECT ?1, value, ?3, ?4 FROM json_each(?2) WHERE true
           ON CONFLICT (shop, who) DO UPDATE SET until_at = MAX(until_at, excluded.until_at),
             expires_at = MAX(expires_at, excluded.expires_at)`,
        )
        .bind(shop, JSON.stringify(keysOf(shop, shoppers)), nowMs + AFTERMATH_MS, nowMs + FORGOTTEN_KEPT_MS)
        .run()
    },
  }
}

const markKey = (shop: string, who: string) => `forgotten:v1:${shop}:${who}`
/** Marks of one request. */
const MARKS_PER_REQUEST = 500

const clientOf = (config: UpstashConfig) =>
  new Redis({
    ...CLIENT_OPTIONS,
    url: config.url,
    token: config.token,
    signal: () => AbortSignal.timeout(config.timeoutMs),
  })

/** The form for Upstash: a mark a shopper, which ends by itself. @throws UpstashFailure */
export function createUpstashLiveFence(config: UpstashConfig): LiveFence {
  return {
    raise: (shop, shoppers, nowMs) =>
      asking(async () => {
        const client = clientOf(config)
        for (const part of chunk(keysOf(shop, shoppers), MARKS_PER_REQUEST)) {
          const transaction = client.multi()
          for (const who of part)
            transaction.set(markKey(shop, who), String(nowMs + AFTERMATH_MS), { ex: FORGOTTEN_KEPT_MS / SECOND_MS })
          await transaction.exec()
        }
      }),
  }
}

/**
 * Up to when nothing of these shoppers is taken; who was not forgotten is not among them.
 * @throws UpstashFailure
 */
const marksOf = (config: UpstashConfig, shop: string, shoppers: readonly string[]): Promise<Map<string, number>> =>
  asking(async () => {
    const found = new Map<string, number>()
    const client = clientOf(config)
    for (const part of chunk([...new Set(shoppers)], MARKS_PER_REQUEST)) {
      // As a transaction, which the primary answers: a region near the caller may not know of the mark.
      const marks = client.multi()
      for (const who of [EVERYBODY, ...part.map((shopper) => forgottenKey(shop, shopper))])
        marks.get(markKey(shop, who))
      const [all, ...own] = (await marks.exec()) as Array<string | null>
      for (const [at, shopper] of part.entries()) {
        const untilMs = Math.max(Number(all ?? -1), Number(own[at] ?? -1))
        if (untilMs >= 0) found.set(shopper, untilMs)
      }
    }
    return found
  })

/**
 * The live store in Upstash with its fence. What a mark keeps out is not written: nothing that fails later leaves it
 * there. The marks are looked for again after the writing, so that no erasure slips in between.
 * @throws UpstashFailure
 */
export function behindUpstashFence(store: LiveStore, config: UpstashConfig): LiveStore {
  return {
    recent: store.recent,
    async append(shop, rows, nowMs) {
      const before = await marksOf(
        config,
        shop,
        rows.map((row) => row.shopper),
      )
      const taken = rows
        .map(({ shopper, events }) => {
          const untilMs = before.get(shopper) ?? -1
          return { shopper, events: events.filter((event) => event.atMs > untilMs) }
        })
        .filter(({ events }) => events.length > 0)
      if (taken.length === 0) return
      await store.append(shop, taken, nowMs)
      const after = await marksOf(
        config,
        shop,
        taken.map((row) => row.shopper),
      )
      await asking(async () => {
        for (const [shopper, untilMs] of after)
          await clientOf(config).zremrangebyscore(recentKey(shop, shopper), '-inf', untilMs)
      })
    },
  }
}
