import type { D1Database } from '@cloudflare/workers-types'
import type { SimilarNeighbour } from '../../domain/card.ts'
import type { VectorSpace, VectorView } from '../../domain/vector_space.ts'
import { putNeighbours } from './neighbour_writes.ts'

/** A vector that was written, or that is wanted: an item and the content that it is of. */
export interface VectorMark {
  item: string
  hash: string
}

export interface WrittenVector extends VectorMark {
  view: VectorView
  writtenAtMs: number
}

/** What the vector index was given, and what of it was seen there. */
export interface VectorLedger {
  /** Live items whose vector in this view is missing or of another content; `among` narrows to some. */
  due(space: VectorSpace, view: VectorView, limit: number, among?: readonly string[]): Promise<VectorMark[]>
  countDue(space: VectorSpace, view: VectorView): Promise<number>
  /** Notes vectors as written. A `bare` one has no direction, so there is nothing to be seen of it. */
  wrote(
    space: VectorSpace,
    view: VectorView,
    marks: ReadonlyArray<VectorMark & { bare: boolean; seen: boolean }>,
    mutation: string | null,
    nowMs: number,
  ): Promise<void>
  /** Vectors written and not yet seen, in the order of view and item, after a place. */
  unseen(space: VectorSpace, after: { view: VectorView; item: string } | null, limit: number): Promise<WrittenVector[]>
  /** Notes that the index shows these contents. */
  saw(space: VectorSpace, view: VectorView, marks: readonly VectorMark[]): Promise<void>
  /** Vectors of items that are no longer to have one in this view. */
  gone(space: VectorSpace, view: VectorView, limit: number, among?: readonly string[]): Promise<string[]>
  /** Of these items the ones that are not live. */
  dead(shop: string, items: readonly string[]): Promise<string[]>
  /** Any vectors of a space, for emptying it. */
  some(space: VectorSpace, limit: number): Promise<Array<{ view: VectorView; item: string }>>
  /** Forgets vectors: written again if they are still wanted. */
  forget(space: VectorSpace, view: VectorView, items: readonly string[]): Promise<void>
  /** Live items with a vector in the space whose neighbours were made in another, or of another text. */
  withoutSimilar(space: VectorSpace, limit: number): Promise<Array<VectorMark & { bare: boolean }>>
  /** Writes neighbours by text; an item whose text has changed meanwhile stays due. */
  putSimilar(
    space: VectorSpace,
    rows: ReadonlyArray<VectorMark & { similar: readonly SimilarNeighbour[] }>,
  ): Promise<void>
  /** Of which content the index should show these items, and when it was given that; null when it was not. */
  expected(
    space: VectorSpace,
    view: VectorView,
    items: readonly string[],
  ): Promise<Map<string, { hash: string; writtenAtMs: number | null }>>
}

/** The content that an item's vector is wanted of; absent where none is wanted. */
const WANTED: Record<VectorView, { from: string; hash: string }> = {
  text: { from: 'items i', hash: 'i.text_hash' },
  found: {
    from: 'items i JOIN enrichments e ON e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash',
    hash: 'e.hash',
  },
}
/** What a stage cannot take waits until its text changes. */
const notHeldBy = (stage: 'embed' | 'similar') => `NOT EXISTS (SELECT 1 FROM quarantine q
  WHERE q.shop = i.shop AND q.item = i.id AND q.stage = '${stage}' AND q.held = 1 AND q.text_hash = i.text_hash)`

export function createVectorLedger(db: D1Database): VectorLedger {
  const dueSql = (view: VectorView, columns: string) =>
    `SELECT ${columns} FROM ${WANTED[view].from}
     LEFT JOIN item_vectors v ON v.shop = i.shop AND v.version = ?2 AND v.view = '${view}' AND v.item = i.id
     WHERE i.shop = ?1 AND i.deleted_at IS NULL AND v.hash IS NOT ${WANTED[view].hash} AND ${notHeldBy('embed')}`
  const list = (among: readonly string[] | undefined) => (among === undefined ? null : JSON.stringify(among))
  return {
    async due(space, view, limit, among) {
      // Named items are looked up one by one; the plan for all of them walks the shop.
      const narrowed = among === undefined ? '?4 IS NULL' : 'i.id IN (SELECT value FROM json_each(?4))'
      const { results } = await db
        .prepare(
          `${dueSql(view, `i.id AS item, ${WANTED[view].hash} AS hash`)} AND ${narrowed} ORDER BY i.seq LIMIT ?3`,
        )
        .bind(space.shop, space.version, limit, list(among))
        .all<VectorMark>()
      return results
    },
    async countDue(space, view) {
      const row = await db
        .prepare(dueSql(view, 'COUNT(*) AS due'))
        .bind(space.shop, space.version)
        .first<{ due: number }>()
      return row?.due ?? 0
    },
    async wrote(space, view, marks, mutation, nowMs) {
      if (marks.length === 0) return
      const rows = JSON.stringify(marks.map((one) => [one.item, one.hash, one.bare ? 1 : 0, one.seen ? 1 : 0]))
      await db.batch([
        db
          .prepare(
            `INSERT INTO item_vectors (shop, version, view, item, hash, bare, shown, mutation, written_at)
             SELECT ?1, ?2, ?3, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
               CASE json_extract(value, '$[3]') WHEN 1 THEN json_extract(value, '$[1]') END, ?5, ?6
             FROM json_each(?4) WHERE true
             ON CONFLICT (shop, version, view, item) DO UPDATE SET hash = excluded.hash, bare = excluded.bare,
               shown = CASE excluded.bare WHEN 1 THEN NULL ELSE COALESCE(excluded.shown, item_vectors.shown) END,
               mutation = excluded.mutation, written_at = excluded.written_at`,
          )
          .bind(space.shop, space.version, view, rows, mutation, nowMs),
        db
          .prepare(
            // Materialized, here and below: else the list is parsed again for every item of the shop.
            `WITH made AS MATERIALIZED
               (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS hash FROM json_each(?3))
             UPDATE items SET vector_version = ?2 FROM made
             WHERE ?4 = 'text' AND items.shop = ?1 AND items.id = made.id AND items.text_hash = made.hash`,
          )
          .bind(space.shop, space.version, rows, view),
      ])
    },
    async unseen(space, after, limit) {
      const { results } = await db
        .prepare(
          `SELECT view, item, hash, written_at FROM item_vectors
           WHERE shop = ?1 AND version = ?2 AND bare = 0 AND shown IS NOT hash AND (view, item) > (?3, ?4)
           ORDER BY view, item LIMIT ?5`,
        )
        .bind(space.shop, space.version, after?.view ?? '', after?.item ?? '', limit)
        .all<{ view: VectorView; item: string; hash: string; written_at: number }>()
      return results.map(({ written_at, ...row }) => ({ ...row, writtenAtMs: written_at }))
    },
    async saw(space, view, marks) {
      if (marks.length === 0) return
      await db
        .prepare(
          `WITH seen AS MATERIALIZED
             (SELECT json_extract(value, '$[0]') AS item, json_extract(value, '$[1]') AS hash FROM json_each(?4))
           UPDATE item_vectors SET shown = seen.hash FROM seen
           WHERE shop = ?1 AND version = ?2 AND view = ?3 AND item_vectors.item = seen.item AND item_vectors.hash = seen.hash`,
        )
        .bind(space.shop, space.version, view, JSON.stringify(marks.map((one) => [one.item, one.hash])))
        .run()
    },
    async gone(space, view, limit, among) {
      const wanted = `SELECT 1 FROM ${WANTED[view].from} WHERE i.shop = v.shop AND i.id = v.item AND i.deleted_at IS NULL`
      const { results } = await db
        .prepare(
          `SELECT v.item FROM item_vectors v WHERE v.shop = ?1 AND v.version = ?2 AND v.view = '${view}'
             AND (?4 IS NULL OR v.item IN (SELECT value FROM json_each(?4))) AND NOT EXISTS (${wanted}) LIMIT ?3`,
        )
        .bind(space.shop, space.version, limit, list(among))
        .all<{ item: string }>()
      return results.map((row) => row.item)
    },
    async dead(shop, items) {
      const { results } = await db
        .prepare(
          `SELECT value AS item FROM json_each(?2) WHERE NOT EXISTS
             (SELECT 1 FROM items i WHERE i.shop = ?1 AND i.id = value AND i.deleted_at IS NULL)`,
        )
        .bind(shop, JSON.stringify(items))
        .all<{ item: string }>()
      return results.map((row) => row.item)
    },
    async some(space, limit) {
      const { results } = await db
        .prepare('SELECT view, item FROM item_vectors WHERE shop = ?1 AND version = ?2 LIMIT ?3')
        .bind(space.shop, space.version, limit)
        .all<{ view: VectorView; item: string }>()
      return results.map(({ view, item }) => ({ view, item }))
    },
    async forget(space, view, items) {
      if (items.length === 0) return
      await db
        .prepare(
          'DELETE FROM item_vectors WHERE shop = ?1 AND version = ?2 AND view = ?3 AND item IN (SELECT value FROM json_each(?4))',
        )
        .bind(space.shop, space.version, view, JSON.stringify(items))
        .run()
    },
    async withoutSimilar(space, limit) {
      const { results } = await db
        .prepare(
          `SELECT i.id AS item, i.text_hash AS hash, v.bare FROM items i
           JOIN item_vectors v ON v.shop = i.shop AND v.version = ?2 AND v.view = 'text' AND v.item = i.id AND v.hash = i.text_hash
           WHERE i.shop = ?1 AND i.deleted_at IS NULL AND i.similar_version IS NOT ?2
             AND ${notHeldBy('similar')} ORDER BY i.seq LIMIT ?3`,
        )
        .bind(space.shop, space.version, limit)
        .all<VectorMark & { bare: number }>()
      return results.map((row) => ({ ...row, bare: row.bare === 1 }))
    },
    async putSimilar(space, rows) {
      if (rows.length === 0) return
      const made = rows.map(({ item, hash }) => ({ item, hash }))
      await db.batch([
        putNeighbours(
          db,
          space.shop,
          'similar',
          rows.map(({ item, similar }) => [item, JSON.stringify(similar)] as const),
        ),
        db
          .prepare(
            `WITH made AS MATERIALIZED
               (SELECT json_extract(value, '$.item') AS id, json_extract(value, '$.hash') AS hash FROM json_each(?3))
             UPDATE items SET similar_version = ?2 FROM made
             WHERE items.shop = ?1 AND items.id = made.id AND items.text_hash = made.hash`,
          )
          .bind(space.shop, space.version, JSON.stringify(made)),
      ])
    },
    async expected(space, view, items) {
      const { from, hash } = WANTED[view]
      const { results } = await db
        .prepare(
          `SELECT i.id AS item, ${hash} AS hash, CASE WHEN v.hash = ${hash} THEN v.written_at END AS written_at FROM ${from}
           LEFT JOIN item_vectors v ON v.shop = i.shop AND v.version = ?2 AND v.view = '${view}' AND v.item = i.id
           WHERE i.shop = ?1 AND i.deleted_at IS NULL AND i.id IN (SELECT value FROM json_each(?3))
             AND NOT (COALESCE(v.bare, 0) = 1 AND v.hash = ${hash}) AND ${notHeldBy('embed')}`,
        )
        .bind(space.shop, space.version, JSON.stringify(items))
        .all<VectorMark & { written_at: number | null }>()
      return new Map(results.map((row) => [row.item, { hash: row.hash, writtenAtMs: row.written_at }]))
    },
  }
}
