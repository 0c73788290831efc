import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'

/** A name with how much the shopper cares for it, in [-1, 1]; what was sent back or disliked is below 0. */
export type Taste = readonly [name: string, weight: number]

/** What a shopper's past comes to. Nothing in it says who the shopper is. */
export interface Profile {
  /** Whole paths, the strongest first. */
  categories: Taste[]
  brands: Taste[]
  /** `name: value`. */
  attributes: Taste[]
  /** Where most of what was wanted costs, in minor units; null when no price is known. */
  price: { currency: string; low: number; high: number } | null
  /** Shares of the events that named a market. */
  markets: Taste[]
  /** Said by a language model and found in the history; empty from rules. */
  topics: string[]
  /** All of it in one line of words. */
  text: string
}

export interface StoredProfile {
  shopper: string
  events: number
  profile: Profile
  /** Items that stand for the history, the best first. */
  representatives: string[]
  recipe: string
}

export interface ProfileStore {
  get(shop: string, shopper: string): Promise<(StoredProfile & { updatedAtMs: number }) | null>
  /** The events that each of these shoppers' profiles was made of; absent without one. */
  eventsOf(shop: string, shoppers: readonly string[]): Promise<Map<string, number>>
  /** Read before a history is read, and given back with what was made of it. */
  fence(shop: string): Promise<number>
  /** False, and nothing is written, when shoppers of the shop were erased since the fence was read. */
  put(shop: string, rows: readonly StoredProfile[], fence: number, nowMs: number): Promise<boolean>
  /** Forgets them, and what any run under way has read of them. @returns the profiles removed */
  remove(shop: string, shoppers: readonly string[] | 'all'): Promise<number>
}

/** A profile is a few kilobytes: far below the 2 MB of one parameter. */
const ROWS_PER_STATEMENT = 100
const NAMES_PER_STATEMENT = 1_000

interface Row {
  events: number
  profile: string
  representatives: string
  recipe: string
  updated_at: number
}

export function createProfileStore(db: D1Database): ProfileStore {
  return {
    async get(shop, shopper) {
      const row = await db
        .prepare(
          'SELECT events, profile, representatives, recipe, updated_at FROM profiles WHERE shop = ?1 AND shopper = ?2',
        )
        .bind(shop, shopper)
        .first<Row>()
      if (row === null) return null
      const { events, recipe } = row
      const profile = JSON.parse(row.profile) as Profile
      const representatives = JSON.parse(row.representatives) as string[]
      return { shopper, events, profile, representatives, recipe, updatedAtMs: row.updated_at }
    },
    async eventsOf(shop, shoppers) {
      const found = new Map<string, number>()
      for (const part of chunk(shoppers, NAMES_PER_STATEMENT)) {
        const { results } = await db
          .prepare(
            'SELECT shopper, events FROM profiles WHERE shop = ?1 AND shopper IN (SELECT value FROM json_each(?2))',
          )
          .bind(shop, JSON.stringify(part))
          .all<{ shopper: string; events: number }>()
        for (const row of results) found.set(row.shopper, row.events)
      }
      return found
    },
    async fence(shop) {
      const row = await db
        .prepare('SELECT erasures FROM profile_fences WHERE shop = ?1')
        .bind(shop)
        .first<{ erasures: number }>()
      return row?.erasures ?? 0
    },
    async put(shop, rows, fence, nowMs) {
      for (const part of chunk(rows, ROWS_PER_STATEMENT)) {
        const packed = part.map((row) => [
          row.shopper,
          row.events,
          JSON.stringify(row.profile),
          JSON.stringify(row.representatives),
          row.recipe,
        ])
        const field = (index: number) => `json_extract(value, '$[${index}]')`
        const { meta } = await db
          .prepare(
            `INSERT INTO profiles (shop, shopper, events, profile, representatives, recipe, updated_at)
             SELECT ?1, ${[0, 1, 2, 3, 4].map(field).join(', ')}, ?3 FROM json_each(?2)
             WHERE COALESCE((SELECT erasures FROM profile_fences WHERE shop = ?1), 0) = ?4
             ON CONFLICT (shop, shopper) DO UPDATE SET events = excluded.events, profile = excluded.profile,
               representatives = excluded.representatives, recipe = excluded.recipe, updated_at = excluded.updated_at`,
          )
          .bind(shop, JSON.stringify(packed), nowMs, fence)
          .run()
        if (meta.changes === 0) return false
      }
      return true
    },
    async remove(shop, shoppers) {
      const all = shoppers === 'all'
      const named = all ? '' : ' AND shopper IN (SELECT value FROM json_each(?2))'
      const [, removed] = await db.batch([
        db
          .prepare(
            `INSERT INTO profile_fences (shop, erasures) VALUES (?1, 1)
             ON CONFLICT (shop) DO UPDATE SET erasures = erasures + 1`,
          )
          .bind(shop),
        db
          .prepare(`DELETE FROM profiles WHERE shop = ?1${named}`)
          .bind(...(all ? [shop] : [shop, JSON.stringify(shoppers)])),
      ])
      return removed!.meta.changes
    },
  }
}
