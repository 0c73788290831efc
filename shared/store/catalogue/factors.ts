import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import type { ArrivalNeighbour } from '../../domain/card.ts'
import { type ItemFactor, unpackDirection } from '../../domain/item_factors.ts'
import type { TastesText } from '../../domain/tastes.ts'
import type { VectorSpace } from '../../domain/vector_space.ts'
import { type AudienceReads, createAudienceReads, type DocumentName, readDocument } from './audience_reads.ts'
import { putNeighbours } from './neighbour_writes.ts'

/** An item of few shoppers whose text is known and not placed yet. */
export interface UnplacedItem {
  item: string
  hash: string
  shoppers: number
  own: Float32Array | null
  /** Items in whose rows it stands now. */
  anchors: string[]
}

export interface PlacedItem {
  item: string
  hash: string
  mapped: string
  anchors: readonly string[]
}

/** Where items lie (migration 0009), and in whose rows the new ones stand. */
export interface FactorStore extends AudienceReads {
  putFactors(
    shop: string,
    rows: ReadonlyArray<{ item: string; shoppers: number; packed: string }>,
    nowMs: number,
  ): Promise<void>
  /** Takes back what the last run did not learn. */
  clearFactorsBefore(shop: string, nowMs: number): Promise<void>
  /** Live items with a factor, those with the most shoppers first. */
  anchors(shop: string, limit: number): Promise<ItemFactor[]>
  /** Live items of fewer shoppers than `below` whose vector the index shows and that this map has not placed. */
  unplaced(space: VectorSpace, map: string, below: number, limit: number): Promise<UnplacedItem[]>
  place(shop: string, map: string, rows: readonly PlacedItem[]): Promise<void>
  /** Those of the items that this map has placed. */
  placedBy(shop: string, map: string, items: readonly string[]): Promise<Set<string>>
  /** Notes that items stand in no rows any more. */
  leave(shop: string, items: readonly string[]): Promise<void>
  /** Items that stand in others' rows and should not: gone, or of `from` shoppers and more. */
  outgrown(shop: string, from: number, limit: number): Promise<Array<{ item: string; anchors: string[] }>>
  arrivals(shop: string, items: readonly string[]): Promise<Map<string, ArrivalNeighbour[]>>
  putArrivals(
    shop: string,
    rows: ReadonlyArray<readonly [item: string, arrivals: readonly ArrivalNeighbour[]]>,
  ): Promise<void>
  putTastes(shop: string, text: TastesText, nowMs: number): Promise<void>
  /** Removes tastes that the last run did not find. */
  clearTastesBefore(shop: string, nowMs: number): Promise<void>
  putTextMap(shop: string, mark: TextMapMark, nowMs: number): Promise<void>
  textMap(shop: string): Promise<TextMapMark | null>
}

/** Which text map a shop uses, and how it was chosen. */
export interface TextMapMark {
  v: 1
  /** The learning run and the vector space that it is of. */
  of: string
  /** What was placed by another one is placed again. */
  version: string
  /** Items that others are placed by; 0: the shop has too few, and there is no map. */
  anchors: number
  /** Items that the index did not show. */
  missing: number
  /** When it was built, or last found to lack as many. */
  builtAtMs: number
  settings: { eps: number; power: number; mapScale: number; kernelScale: number }
  /** How well it ordered shoppers for items that were hidden; null where the settings were not chosen here. */
  measured: { items: number; shoppers: number; auc: { both: number; map: number; text: number } } | null
}

/** Below the 2 MB of a parameter with the longest ids. */
const ROWS_PER_STATEMENT = 200
const ANCHORS_PER_PAGE = 5_000
export function createFactorStore(db: D1Database): FactorStore {
  const putDocument = async (shop: string, name: DocumentName, value: unknown, nowMs: number) => {
    await db
      .prepare(`INSERT OR REPLACE INTO lists (shop, list, market, entries, computed_at) VALUES (?1, ?2, '*', ?3, ?4)`)
      .bind(shop, name, JSON.stringify(value), nowMs)
      .run()
  }
  return {
    ...createAudienceReads(db),
    async putFactors(shop, rows, nowMs) {
      for (const part of chunk(rows, ROWS_PER_STATEMENT)) {
        await db
          .prepare(
            `INSERT INTO item_factors (shop, item, shoppers, own, learned_at)
             SELECT ?1, json_extract(value, '$.item'), json_extract(value, '$.shoppers'), json_extract(value, '$.packed'), ?3
             FROM json_each(?2) WHERE true
             ON CONFLICT (shop, item) DO UPDATE SET shoppers = excluded.shoppers, own = excluded.own,
               learned_at = excluded.learned_at`,
          )
          .bind(shop, JSON.stringify(part), nowMs)
          .run()
      }
    },
    async clearFactorsBefore(shop, nowMs) {
      await db
        .prepare(
          'UPDATE item_factors SET shoppers = 0, own = NULL WHERE shop = ?1 AND learned_at < ?2 AND own IS NOT NULL',
        )
        .bind(shop, nowMs)
        .run()
    },
    async anchors(shop, limit) {
      const found: ItemFactor[] = []
      for (let offset = 0; offset < limit; offset += ANCHORS_PER_PAGE) {
        const { results } = await db
          .prepare(
            `SELECT f.item, f.shoppers, f.own FROM item_factors f JOIN items i ON i.shop = f.shop AND i.id = f.item
             WHERE f.shop = ?1 AND f.own IS NOT NULL AND i.deleted_at IS NULL
             ORDER BY f.shoppers DESC, f.item LIMIT ?2 OFFSET ?3`,
          )
          .bind(shop, Math.min(ANCHORS_PER_PAGE, limit - offset), offset)
          .all<{ item: string; shoppers: number; own: string }>()
        for (const { item, shoppers, own } of results) found.push({ item, shoppers, vector: unpackDirection(own) })
        if (results.length < ANCHORS_PER_PAGE) break
      }
      return found
    },
    async unplaced(space, map, below, limit) {
      const { results } = await db
        .prepare(
          `SELECT i.id AS item, i.text_hash AS hash, COALESCE(f.shoppers, 0) AS shoppers, f.own,
             COALESCE(f.anchors, '[]') AS anchors
           FROM items i
           JOIN item_vectors v ON v.shop = i.shop AND v.version = ?2 AND v.view = 'text' AND v.item = i.id
             AND v.hash = i.text_hash AND v.shown = v.hash AND v.bare = 0
           LEFT JOIN item_factors f ON f.shop = i.shop AND f.item = i.id
           WHERE i.shop = ?1 AND i.deleted_at IS NULL AND COALESCE(f.shoppers, 0) < ?4
             AND (f.map IS NOT ?3 OR f.text_hash IS NOT i.text_hash)
           ORDER BY i.seq LIMIT ?5`,
        )
        .bind(space.shop, space.version, map, below, limit)
        .all<{ item: string; hash: string; shoppers: number; own: string | null; anchors: string }>()
      return results.map(({ own, anchors, ...row }) => ({
        ...row,
        own: own === null ? null : unpackDirection(own),
        anchors: JSON.parse(anchors) as string[],
      }))
    },
    async place(shop, map, rows) {
      for (const part of chunk(rows, ROWS_PER_STATEMENT)) {
        const packed = JSON.stringify(part.map((row) => ({ ...row, anchors: JSON.stringify(row.anchors) })))
        await db
          .prepare(
            `INSERT INTO item_factors (shop, item, mapped, map, text_hash, anchors)
             SELECT ?1, json_extract(value, '$.item'), json_extract(value, '$.mapped'), ?3, json_extract(value, '$.hash'),
               json_extract(value, '$.anchors') FROM json_each(?2) WHERE true
             ON CONFLICT (shop, item) DO UPDATE SET mapped = excluded.mapped, map = excluded.map,
               text_hash = excluded.text_hash, anchors = excluded.anchors`,
          )
          .bind(shop, packed, map)
          .run()
      }
    },
    async placedBy(shop, map, items) {
      const found = new Set<string>()
      for (const part of chunk(items, ROWS_PER_STATEMENT * 5)) {
        const { results } = await db
          .prepare(
            'SELECT item FROM item_factors WHERE shop = ?1 AND map = ?2 AND item IN (SELECT value FROM json_each(?3))',
          )
          .bind(shop, map, JSON.stringify(part))
          .all<{ item: string }>()
        for (const { item } of results) found.add(item)
      }
      return found
    },
    async leave(shop, items) {
      await db
        .prepare(`UPDATE item_factors SET anchors = '[]' WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))`)
        .bind(shop, JSON.stringify(items))
        .run()
    },
    async outgrown(shop, from, limit) {
      const { results } = await db
        .prepare(
          `SELECT f.item, f.anchors FROM item_factors f WHERE f.shop = ?1 AND f.anchors <> '[]'
             AND (f.shoppers >= ?2 OR NOT EXISTS
               (SELECT 1 FROM items i WHERE i.shop = f.shop AND i.id = f.item AND i.deleted_at IS NULL)) LIMIT ?3`,
        )
        .bind(shop, from, limit)
        .all<{ item: string; anchors: string }>()
      return results.map(({ item, anchors }) => ({ item, anchors: JSON.parse(anchors) as string[] }))
    },
    async arrivals(shop, items) {
      const found = new Map<string, ArrivalNeighbour[]>()
      for (const part of chunk(items, ROWS_PER_STATEMENT * 5)) {
        const { results } = await db
          .prepare(
            'SELECT item, arrivals FROM neighbours WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))',
          )
          .bind(shop, JSON.stringify(part))
          .all<{ item: string; arrivals: string }>()
        for (const { item, arrivals } of results) found.set(item, JSON.parse(arrivals) as ArrivalNeighbour[])
      }
      return found
    },
    async putArrivals(shop, rows) {
      for (const part of chunk(rows, ROWS_PER_STATEMENT)) {
        const own = part.map(([item, arrivals]) => [item, JSON.stringify(arrivals)] as const)
        await putNeighbours(db, shop, 'arrivals', own).run()
      }
    },
    putTastes: (shop, text, nowMs) => putDocument(shop, 'tastes', text, nowMs),
    async clearTastesBefore(shop, nowMs) {
      await db
        .prepare(`DELETE FROM lists WHERE shop = ?1 AND list = 'tastes' AND computed_at < ?2`)
        .bind(shop, nowMs)
        .run()
    },
    putTextMap: (shop, mark, nowMs) => putDocument(shop, 'text_map', mark, nowMs),
    textMap: (shop) => readDocument(db, shop, 'text_map'),
  }
}
