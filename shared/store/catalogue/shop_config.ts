import type { D1Database } from '@cloudflare/workers-types'
import {
  DEFAULT_PLACEMENTS,
  type KeyKind,
  type PlacementBody,
  type ShopBody,
  type ShopConfig,
  type StoredKey,
} from '../../domain/shop.ts'
import { gatesStatement, readGates } from './gates.ts'
import { rankerStatement, readRanker } from './rankers.ts'
import { activeRulesStatement, readActiveRules } from './rules.ts'
import { readSearch, searchStatement } from './vector_spaces.ts'

/** Shops, their keys and placements: read rarely, written by administrators. */
export interface ShopStore {
  /** The whole configuration of a shop; null when there is no such shop. */
  config(shop: string): Promise<ShopConfig | null>
  /** Creates or changes a shop; true when it is new. */
  put(shop: string, body: ShopBody, nowMs: number): Promise<boolean>
  addKey(
    shop: string,
    key: { hash: string; kind: KeyKind; label: string; origins: string[]; expiresAtMs: number | null },
    nowMs: number,
  ): Promise<void>
  /** True when a live key of that shop was revoked. */
  revokeKey(shop: string, hash: string, nowMs: number): Promise<boolean>
  putPlacement(shop: string, placement: string, body: PlacementBody, nowMs: number): Promise<void>
}

interface KeyRow {
  hash: string
  kind: KeyKind
  label: string
  origins: string
  expires_at: number | null
  revoked_at: number | null
}

export function createShopStore(db: D1Database): ShopStore {
  return {
    async config(shop) {
      const session = db.withSession('first-unconstrained')
      const [shops, keys, placements, search, rules, ranker, gates] = await session.batch([
        session.prepare('SELECT name, locale, market, markets FROM shops WHERE shop = ?1').bind(shop),
        session
          .prepare('SELECT hash, kind, label, origins, expires_at, revoked_at FROM api_keys WHERE shop = ?1')
          .bind(shop),
        session.prepare('SELECT placement, config FROM placements WHERE shop = ?1').bind(shop),
        searchStatement(session, shop),
        activeRulesStatement(session, shop),
        rankerStatement(session, shop),
        gatesStatement(session, shop),
      ])
      const row = shops!.results[0] as { name: string; locale: string; market: string; markets: string } | undefined
      if (!row) return null
      const own = placements!.results as Array<{ placement: string; config: string }>
      return {
        shop,
        name: row.name,
        locale: row.locale,
        market: row.market,
        markets: JSON.parse(row.markets) as ShopConfig['markets'],
        keys: (keys!.results as unknown as KeyRow[]).map(toKey),
        placements: {
          ...DEFAULT_PLACEMENTS,
          ...Object.fromEntries(own.map((entry) => [entry.placement, JSON.parse(entry.config) as PlacementBody])),
        },
        search: readSearch(search!),
        rules: readActiveRules(rules!),
        ranker: readRanker(ranker!),
        gates: readGates(gates!),
      }
    },
    async put(shop, body, nowMs) {
      const [before] = await db.batch([
        db.prepare('SELECT 1 FROM shops WHERE shop = ?1').bind(shop),
        db
          .prepare(
            `INSERT INTO shops (shop, name, locale, market, markets, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (shop) DO UPDATE SET name = ?2, locale = ?3, market = ?4, markets = ?5`,
          )
          .bind(shop, body.name, body.locale, body.market, JSON.stringify(body.markets), nowMs),
      ])
      return before!.results.length === 0
    },
    async addKey(shop, key, nowMs) {
      await db
        .prepare(
          'INSERT INTO api_keys (hash, shop, kind, label, origins, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)',
        )
        .bind(key.hash, shop, key.kind, key.label, JSON.stringify(key.origins), nowMs, key.expiresAtMs)
        .run()
    },
    async revokeKey(shop, hash, nowMs) {
      const result = await db
        .prepare('UPDATE api_keys SET revoked_at = ?3 WHERE shop = ?1 AND hash = ?2 AND revoked_at IS NULL')
        .bind(shop, hash, nowMs)
        .run()
      return result.meta.changes > 0
    },
    async putPlacement(shop, placement, body, nowMs) {
      await db
        .prepare(
          `INSERT INTO placements (shop, placement, config, updated_at) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT (shop, placement) DO UPDATE SET config = ?3, updated_at = ?4`,
        )
        .bind(shop, placement, JSON.stringify(body), nowMs)
        .run()
    },
  }
}

const toKey = (row: KeyRow): StoredKey => ({
  hash: row.hash,
  kind: row.kind,
  label: row.label,
  origins: JSON.parse(row.origins) as string[],
  expiresAtMs: row.expires_at,
  revokedAtMs: row.revoked_at,
})
