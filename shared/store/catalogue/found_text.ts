import type { D1Database } from '@cloudflare/workers-types'
import { chunkBySize } from '../../base/batch.ts'
import type { Understanding } from '../../domain/enrichment.ts'
import { tenantToken } from '../keys.ts'

/** What was understood of a live item, as far as it is of its present text. */
export interface FoundItem {
  item: string
  hash: string
  understanding: Partial<Understanding>
  themes: string[]
}

/** Full text of what was understood of items, kept equal to the enrichments. */
export interface FoundTextStore {
  /** Live items whose enrichment is not the one that stands in the full text; `among` narrows to some. */
  due(shop: string, limit: number, among?: readonly string[]): Promise<FoundItem[]>
  put(
    shop: string,
    rows: ReadonlyArray<{ item: string; hash: string; found: string; segmented: string }>,
  ): Promise<void>
  /** Removes rows of items that are deleted or whose enrichment is of an older text. @returns how many */
  sweep(shop: string, limit: number, among?: readonly string[]): Promise<number>
  /** What was understood of the named live items, where it is of their present text. */
  of(shop: string, items: readonly string[]): Promise<Map<string, FoundItem>>
  /** Live items with an enrichment of their present text. */
  count(shop: string): Promise<number>
}

/** An enrichment counts only as long as it is of the item's present text. */
const WITH_ENRICHMENT = `JOIN enrichments e ON e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash
  AND i.deleted_at IS NULL`
const UNDERSTOOD = `items i ${WITH_ENRICHMENT}`
const COLUMNS = 'i.id AS item, e.hash, e.understanding, e.expansion'

/** Of one statement's parameter, which may have 2 MB: up to three bytes a character, and what JSON adds. */
const CHARS_PER_STATEMENT = 400_000

interface Row {
  item: string
  hash: string
  understanding: string
  expansion: string
}

const toFound = (row: Row): FoundItem => ({
  item: row.item,
  hash: row.hash,
  understanding: JSON.parse(row.understanding) as Partial<Understanding>,
  themes: JSON.parse(row.expansion) as string[],
})

export function createFoundTextStore(db: D1Database): FoundTextStore {
  const list = (among: readonly string[] | undefined) => (among === undefined ? null : JSON.stringify(among))
  return {
    async due(shop, limit, among) {
      const narrowed = among === undefined ? '?3 IS NULL' : 'i.id IN (SELECT value FROM json_each(?3))'
      const { results } = await db
        .prepare(
          `SELECT ${COLUMNS} FROM ${UNDERSTOOD} LEFT JOIN item_found f ON f.shop = i.shop AND f.item = i.id
           WHERE i.shop = ?1 AND f.hash IS NOT e.hash AND ${narrowed} LIMIT ?2`,
        )
        .bind(shop, limit, list(among))
        .all<Row>()
      return results.map(toFound)
    },
    async put(shop, rows) {
      for (const part of chunkBySize(rows, CHARS_PER_STATEMENT, (row) => row.found.length + row.segmented.length))
        await putRows(db, shop, part)
    },
    async sweep(shop, limit, among) {
      const { results } = await db
        .prepare(
          `SELECT f.item, f.seq FROM item_found f WHERE f.shop = ?1 AND (?3 IS NULL OR f.item IN (SELECT value FROM json_each(?3)))
             AND NOT EXISTS (SELECT 1 FROM ${UNDERSTOOD} WHERE i.shop = f.shop AND i.id = f.item) LIMIT ?2`,
        )
        .bind(shop, limit, list(among))
        .all<{ item: string; seq: number }>()
      if (results.length === 0) return 0
      await db.batch([
        db
          .prepare('DELETE FROM found_text WHERE rowid IN (SELECT value FROM json_each(?1))')
          .bind(JSON.stringify(results.map((row) => row.seq))),
        db
          .prepare('DELETE FROM item_found WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))')
          .bind(shop, JSON.stringify(results.map((row) => row.item))),
      ])
      return results.length
    },
    async of(shop, items) {
      const { results } = await db
        .prepare(`SELECT ${COLUMNS} FROM ${UNDERSTOOD} WHERE i.shop = ?1 AND i.id IN (SELECT value FROM json_each(?2))`)
        .bind(shop, JSON.stringify(items))
        .all<Row>()
      return new Map(results.map((row) => [row.item, toFound(row)]))
    },
    async count(shop) {
      const row = await db
        .prepare(`SELECT COUNT(*) AS understood FROM ${UNDERSTOOD} WHERE i.shop = ?1`)
        .bind(shop)
        .first<{ understood: number }>()
      return row?.understood ?? 0
    },
  }
}

async function putRows(
  db: D1Database,
  shop: string,
  rows: ReadonlyArray<Parameters<FoundTextStore['put']>[1][number]>,
) {
  const packed = JSON.stringify(rows)
  // An item that was deleted or understood anew since it was read is left to the next look.
  const still = `json_each(?2) w CROSS JOIN items i ON i.shop = ?1 AND i.id = json_extract(w.value, '$.item')
    ${WITH_ENRICHMENT} AND e.hash = json_extract(w.value, '$.hash')`
  await db.batch([
    db.prepare(`DELETE FROM found_text WHERE rowid IN (SELECT i.seq FROM ${still})`).bind(shop, packed),
    db
      .prepare(
        `INSERT INTO found_text (rowid, tenant, found, segmented)
         SELECT i.seq, ?3, json_extract(w.value, '$.found'), json_extract(w.value, '$.segmented') FROM ${still}`,
      )
      .bind(shop, packed, tenantToken(shop)),
    db
      .prepare(`INSERT OR REPLACE INTO item_found (shop, item, seq, hash) SELECT ?1, i.id, i.seq, e.hash FROM ${still}`)
      .bind(shop, packed),
  ])
}
