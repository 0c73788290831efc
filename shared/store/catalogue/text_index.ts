import type { D1Database } from '@cloudflare/workers-types'
import { chunkBySize } from '../../base/batch.ts'
import { tenantToken } from '../keys.ts'

/** One item in the order of arrival, tombstones included. */
export interface ItemPlace {
  seq: number
  item: string
  live: boolean
  epoch: number
  textHash: string
}

/** Full text rows that do not stand where items do, in a range of row numbers. */
export interface TextDifferences {
  /** Live items without a row. */
  missing: string[]
  /** Rows of no live item. */
  extra: number[]
}

/** Compares the full text with the items and mends it. Words themselves cannot be read back from a contentless index. */
export interface TextIndexStore {
  /** Items after a row number. */
  places(shop: string, afterSeq: number, limit: number): Promise<ItemPlace[]>
  /** Of the own words, for the places of one page; `untilSeq` null: to the end. */
  compare(
    shop: string,
    places: readonly ItemPlace[],
    afterSeq: number,
    untilSeq: number | null,
  ): Promise<TextDifferences>
  /** Writes rows of items whose text is still the one that was read. */
  put(
    shop: string,
    rows: ReadonlyArray<{ item: string; textHash: string; title: string; body: string; segmented: string }>,
  ): Promise<void>
  remove(seqs: readonly number[]): Promise<void>
  /** Of what was understood: rows without a mark go, marks without a row too, so that they are due. @returns how many */
  mendFound(shop: string, afterSeq: number, untilSeq: number | null): Promise<number>
}

/** Of one statement's parameter, which may have 2 MB: up to three bytes a character, and what JSON adds. */
const CHARS_PER_STATEMENT = 400_000
/** Far beyond any row number. */
const END = Number.MAX_SAFE_INTEGER

export function createTextIndexStore(db: D1Database): TextIndexStore {
  const rowids = async (table: 'item_text' | 'found_text', shop: string, afterSeq: number, untilSeq: number) => {
    const { results } = await db
      .prepare(`SELECT rowid AS seq FROM ${table} WHERE ${table} MATCH ?1 AND rowid > ?2 AND rowid <= ?3`)
      .bind(`tenant : ${tenantToken(shop)}`, afterSeq, untilSeq)
      .all<{ seq: number }>()
    return results.map((row) => row.seq)
  }
  return {
    async places(shop, afterSeq, limit) {
      const { results } = await db
        .prepare(
          `SELECT seq, id AS item, deleted_at IS NULL AS live, epoch, text_hash AS textHash FROM items
           WHERE shop = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3`,
        )
        .bind(shop, afterSeq, limit)
        .all<Omit<ItemPlace, 'live'> & { live: number }>()
      return results.map((row) => ({ ...row, live: row.live === 1 }))
    },
    async compare(shop, places, afterSeq, untilSeq) {
      const rows = new Set(await rowids('item_text', shop, afterSeq, untilSeq ?? END))
      const live = places.filter((place) => place.live)
      const wanted = new Set(live.map((place) => place.seq))
      return {
        missing: live.filter((place) => !rows.has(place.seq)).map((place) => place.item),
        extra: [...rows].filter((seq) => !wanted.has(seq)),
      }
    },
    async put(shop, rows) {
      const sizeOf = (row: (typeof rows)[number]) => row.title.length + row.body.length + row.segmented.length
      for (const part of chunkBySize(rows, CHARS_PER_STATEMENT, sizeOf)) await putRows(db, shop, part)
    },
    async remove(seqs) {
      // An item that came to life since it was looked at has its row by right.
      await db
        .prepare(
          `DELETE FROM item_text WHERE rowid IN (SELECT value FROM json_each(?1)
             WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.seq = value AND i.deleted_at IS NULL))`,
        )
        .bind(JSON.stringify(seqs))
        .run()
    },
    async mendFound(shop, afterSeq, untilSeq) {
      const until = untilSeq ?? END
      const rows = new Set(await rowids('found_text', shop, afterSeq, until))
      const { results } = await db
        .prepare('SELECT item, seq FROM item_found WHERE shop = ?1 AND seq > ?2 AND seq <= ?3')
        .bind(shop, afterSeq, until)
        .all<{ item: string; seq: number }>()
      const marked = new Set(results.map((row) => row.seq))
      const extra = [...rows].filter((seq) => !marked.has(seq))
      const lost = results.filter((row) => !rows.has(row.seq)).map((row) => row.item)
      if (extra.length + lost.length === 0) return 0
      await db.batch([
        db
          .prepare(
            `DELETE FROM found_text WHERE rowid IN (SELECT value FROM json_each(?1)
               WHERE NOT EXISTS (SELECT 1 FROM item_found f WHERE f.shop = ?2 AND f.seq = value))`,
          )
          .bind(JSON.stringify(extra), shop),
        db
          .prepare('DELETE FROM item_found WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))')
          .bind(shop, JSON.stringify(lost)),
      ])
      return extra.length + lost.length
    },
  }
}

async function putRows(
  db: D1Database,
  shop: string,
  rows: ReadonlyArray<Parameters<TextIndexStore['put']>[1][number]>,
) {
  const packed = JSON.stringify(rows)
  const still = `json_each(?2) w CROSS JOIN items i ON i.shop = ?1 AND i.id = json_extract(w.value, '$.item')
    AND i.deleted_at IS NULL AND i.text_hash = json_extract(w.value, '$.textHash')`
  await db.batch([
    db.prepare(`DELETE FROM item_text WHERE rowid IN (SELECT i.seq FROM ${still})`).bind(shop, packed),
    db
      .prepare(
        `INSERT INTO item_text (rowid, tenant, title, body, segmented)
         SELECT i.seq, ?3, json_extract(w.value, '$.title'), json_extract(w.value, '$.body'), json_extract(w.value, '$.segmented')
         FROM ${still}`,
      )
      .bind(shop, packed, tenantToken(shop)),
  ])
}
