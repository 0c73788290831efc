import type { KVNamespace } from '@cloudflare/workers-types'
import { chunk } from '../base/batch.ts'
import type { Card, StoredItem } from '../domain/card.ts'
import type { LlmShelf } from '../domain/gate.ts'
import type { Rung, ServedLlm } from '../domain/recommendation.ts'
import type { RuleEffect } from '../domain/rule.ts'
import { type ShopConfig, shopConfigSchema } from '../domain/shop.ts'
import type { TasteLifts } from '../domain/taste_lifts.ts'
import { type ListEntry, type ListName, withoutCounts } from './catalogue/learning.ts'
import { kvKeys } from './keys.ts'

/** Ids that cannot be sold, as of a moment: filters what is served while D1 is down. */
export interface VetoSnapshot {
  epoch: number
  asOfMs: number
  /** By market (`*` for the general offer): ids that cannot be sold. */
  unsellable: Record<string, string[]>
}

/** A market's shop-wide lists with the popular items' cards inside: one read makes a shelf. */
export interface MarketLists {
  lists: Record<ListName, ListEntry[]>
  popular: StoredItem[]
  computedAtMs: number
}

/** A shelf that many shoppers share, with spare items behind the page. */
export interface CachedShelf {
  /** The whole key: a value under a colliding or foreign name is a miss. */
  key: string
  epoch: number
  computedAtMs: number
  cards: Array<{
    card: Card
    reason: unknown
    sources: string[]
    score: number
    rules: readonly RuleEffect[]
    propensity: number
  }>
  /** [id, score, sources] of all that was ranked, best first: what an impression of this shelf remembers. */
  candidates: Array<readonly [string, number, readonly string[]]>
  /** Seeds of the request that the shop does not have. */
  missing: string[]
  /** What a language model's order did to it; absent where it did nothing, and of another release. */
  llm?: { rung: Rung; shelf: LlmShelf; served: ServedLlm | null }
}

/** KV bulk reads take at most 100 keys. */
const BULK_MAX = 100
/** Shared shelves are kept a while past their soft life, for the rungs below. KV refuses less than 60 s. */
const SHELF_TTL_SECONDS = 600

/** Everything in KV. It may be a minute old and may be lost; nothing here is the truth. */
export interface CacheStore {
  shop(shop: string): Promise<ShopConfig | null>
  putShop(config: ShopConfig): Promise<void>
  /** The market's lists, else the shop's. */
  lists(shop: string, market: string): Promise<MarketLists | null>
  putLists(shop: string, market: string, lists: MarketLists): Promise<void>
  /** Item statistics, as `decodeItemStats` reads them. */
  stats(shop: string): Promise<string | null>
  putStats(shop: string, text: string): Promise<void>
  /** The compact copy of a shop's tastes (shared/domain/taste_lifts.ts), unread; null for none. */
  tastes(shop: string): Promise<unknown>
  putTastes(shop: string, lifts: TasteLifts): Promise<void>
  removeTastes(shop: string): Promise<void>
  items(shop: string, ids: readonly string[]): Promise<Map<string, StoredItem>>
  putItem(shop: string, item: StoredItem): Promise<void>
  removeItem(shop: string, id: string): Promise<void>
  veto(shop: string): Promise<VetoSnapshot | null>
  putVeto(shop: string, snapshot: VetoSnapshot): Promise<void>
  shelf(shop: string, digest: string): Promise<CachedShelf | null>
  putShelf(shop: string, digest: string, shelf: CachedShelf): Promise<void>
}

export function createCacheStore(kv: KVNamespace): CacheStore {
  const read = async <T>(key: string): Promise<T | null> => (await kv.get<T>(key, 'json')) ?? null
  return {
    async shop(shop) {
      const parsed = shopConfigSchema.safeParse(await read(kvKeys.shop(shop)))
      return parsed.success && parsed.data.shop === shop ? parsed.data : null
    },
    putShop: (config) => kv.put(kvKeys.shop(config.shop), JSON.stringify(config)),
    async lists(shop, market) {
      const [own, general] = [kvKeys.lists(shop, market), kvKeys.lists(shop, '*')]
      const found = await kv.get<MarketLists>(own === general ? [own] : [own, general], 'json')
      const ownLists = found.get(own)
      if (ownLists) return ownLists
      const shopwide = found.get(general)
      if (!shopwide) return null
      return { ...shopwide, lists: { ...shopwide.lists, trending: withoutCounts(shopwide.lists.trending) } }
    },
    putLists: (shop, market, lists) => kv.put(kvKeys.lists(shop, market), JSON.stringify(lists)),
    stats: (shop) => kv.get(kvKeys.stats(shop)),
    putStats: (shop, text) => kv.put(kvKeys.stats(shop), text),
    tastes: (shop) => read(kvKeys.tastes(shop)),
    putTastes: (shop, lifts) => kv.put(kvKeys.tastes(shop), JSON.stringify(lifts)),
    removeTastes: (shop) => kv.delete(kvKeys.tastes(shop)),
    async items(shop, ids) {
      const found = new Map<string, StoredItem>()
      for (const part of chunk(ids, BULK_MAX)) {
        const values = await kv.get<StoredItem>(
          part.map((id) => kvKeys.item(shop, id)),
          'json',
        )
        for (const value of values.values()) if (value) found.set(value.id, value)
      }
      return found
    },
    putItem: (shop, item) => kv.put(kvKeys.item(shop, item.id), JSON.stringify(item)),
    removeItem: (shop, id) => kv.delete(kvKeys.item(shop, id)),
    veto: (shop) => read(kvKeys.veto(shop)),
    putVeto: (shop, snapshot) => kv.put(kvKeys.veto(shop), JSON.stringify(snapshot)),
    async shelf(shop, digest) {
      return read(kvKeys.shelf(shop, digest))
    },
    putShelf: (shop, digest, shelf) =>
      kv.put(kvKeys.shelf(shop, digest), JSON.stringify(shelf), { expirationTtl: SHELF_TTL_SECONDS }),
  }
}
