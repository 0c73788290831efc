import type { D1Database } from '@cloudflare/workers-types'
import { unpackDirection } from '../../domain/item_factors.ts'
import type { TastesText } from '../../domain/tastes.ts'

/** An item's place, as both sides know it. */
export interface ItemPlace {
  shoppers: number
  own: Float32Array | null
  mapped: Float32Array | null
}

/** What is read to tell who would want an item; all of the nearest copy. */
export interface AudienceReads {
  /** Null for an item that is not live. */
  placeOf(shop: string, item: string): Promise<ItemPlace | null>
  /** Null for a shop of too few shoppers. */
  tastes(shop: string): Promise<TastesText | null>
  /** Titles of live items. */
  titles(shop: string, items: readonly string[]): Promise<Map<string, string>>
}

/** One document a shop stands among the lists, under a name that no list has. */
export type DocumentName = 'tastes' | 'text_map'

export async function readDocument<T>(
  from: Pick<D1Database, 'prepare'>,
  shop: string,
  name: DocumentName,
): Promise<T | null> {
  const row = await from
    .prepare(`SELECT entries FROM lists WHERE shop = ?1 AND list = ?2 AND market = '*'`)
    .bind(shop, name)
    .first<{ entries: string }>()
  return row === null ? null : (JSON.parse(row.entries) as T)
}

export function createAudienceReads(db: D1Database): AudienceReads {
  return {
    async placeOf(shop, item) {
      const row = await db
        .withSession('first-unconstrained')
        .prepare(
          `SELECT COALESCE(f.shoppers, 0) AS shoppers, f.own,
             CASE WHEN f.text_hash = i.text_hash THEN f.mapped END AS mapped
           FROM items i LEFT JOIN item_factors f ON f.shop = i.shop AND f.item = i.id
           WHERE i.shop = ?1 AND i.id = ?2 AND i.deleted_at IS NULL`,
        )
        .bind(shop, item)
        .first<{ shoppers: number; own: string | null; mapped: string | null }>()
      if (row === null) return null
      const read = (text: string | null) => (text === null ? null : unpackDirection(text))
      return { shoppers: row.shoppers, own: read(row.own), mapped: read(row.mapped) }
    },
    tastes: (shop) => readDocument(db.withSession('first-unconstrained'), shop, 'tastes'),
    async titles(shop, items) {
      const { results } = await db
        .withSession('first-unconstrained')
        .prepare(
          `SELECT id, title FROM items WHERE shop = ?1 AND deleted_at IS NULL AND id IN (SELECT value FROM json_each(?2))`,
        )
        .bind(shop, JSON.stringify(items))
        .all<{ id: string; title: string }>()
      return new Map(results.map(({ id, title }) => [id, title]))
    },
  }
}
