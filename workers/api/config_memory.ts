import type { Clock } from '../../shared/base/clock.ts'
import { withDeadline } from '../../shared/base/deadline.ts'
import { Problem } from '../../shared/base/problem.ts'
import { DEADLINES } from '../../shared/domain/limits.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import type { Log } from '../../shared/observe/log.ts'
import type { CacheStore } from '../../shared/store/cache.ts'
import type { ShopStore } from '../../shared/store/catalogue/shop_config.ts'

/** Refreshed behind an answer from this age on. */
const REFRESH_MS = 15_000
/** A revoked key works no longer than this plus a replica's lag. */
const HOLD_MS = 30_000
/** Readings a second for keys that are not known: enough for new shops, too few to be an attack on the database. */
const REREADS_PER_SECOND = 10
/** Shops that an isolate meets for the first time, a second; made-up names must not become a load on the database. */
const NEW_SHOPS_PER_SECOND = 50
/** Shops known to one isolate. */
const SHOPS_MAX = 500

/** Shop configurations in isolate memory: D1's, else the KV copy, else what was last known. */
export interface ConfigMemory {
  /** Null when there is no such shop. Rejects with `unavailable` when nothing at all answers. */
  get(shop: string, defer: (label: string, work: () => Promise<unknown>) => void): Promise<ShopConfig | null>
  /** Reads again, for a key or shop that may have been made a moment ago; what is held when too many ask that. */
  again(shop: string): Promise<ShopConfig | null>
}

interface Held {
  config: ShopConfig | null
  readAtMs: number
}

export function createConfigMemory(shops: ShopStore, cache: CacheStore, clock: Clock, log: Log): ConfigMemory {
  const known = new Map<string, Held>()
  const refreshing = new Set<string>()
  let rereads = { second: 0, count: 0 }
  const firstReads = { second: 0, count: 0 }

  const spend = (perSecond: number, spent: { second: number; count: number }) => {
    const second = Math.floor(clock.now() / 1_000)
    if (second !== spent.second) Object.assign(spent, { second, count: 0 })
    spent.count += 1
    if (spent.count > perSecond)
      throw new Problem('rate_limited', {
        ...{ retryAfterSeconds: 1, limit: { name: 'new-shops', requests: perSecond, windowSeconds: 1 } },
      })
  }

  const keep = (shop: string, config: ShopConfig | null) => {
    // Names of shops that are not there come from anybody: they get no place among those that are.
    if (config === null) return config
    known.delete(shop)
    known.set(shop, { config, readAtMs: clock.now() })
    if (known.size > SHOPS_MAX) known.delete(known.keys().next().value!)
    return config
  }
  const read = async (shop: string): Promise<ShopConfig | null> => {
    try {
      return keep(shop, await withDeadline('config', DEADLINES.config, shops.config(shop)))
    } catch (error) {
      log.error('config_d1_failed', error, { shop })
    }
    const held = known.get(shop)
    try {
      const cached = await withDeadline('config', DEADLINES.config, cache.shop(shop))
      if (cached !== null) return keep(shop, cached)
    } catch (error) {
      log.error('config_kv_failed', error, { shop })
    }
    if (held?.config) return keep(shop, held.config)
    throw new Problem('unavailable', { retryAfterSeconds: 5 })
  }
  /** Promises are never shared between requests: one that its request abandons would leave the others waiting. */
  const refresh = async (shop: string) => {
    if (refreshing.has(shop)) return
    refreshing.add(shop)
    try {
      await read(shop)
    } finally {
      refreshing.delete(shop)
    }
  }
  return {
    async get(shop, defer) {
      const held = known.get(shop)
      const age = held ? clock.now() - held.readAtMs : Number.POSITIVE_INFINITY
      if (held && age < HOLD_MS) {
        if (age >= REFRESH_MS) defer('config', () => refresh(shop))
        return held.config
      }
      if (held === undefined) spend(NEW_SHOPS_PER_SECOND, firstReads)
      return read(shop)
    },
    async again(shop) {
      const second = Math.floor(clock.now() / 1_000)
      if (second !== rereads.second) rereads = { second, count: 0 }
      rereads.count += 1
      return rereads.count > REREADS_PER_SECOND ? (known.get(shop)?.config ?? null) : read(shop)
    },
  }
}
