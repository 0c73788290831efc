import type { D1Database, D1PreparedStatement, D1Result } from '@cloudflare/workers-types'
import type { SearchConfig, VectorBinding, VectorSpace } from '../../domain/vector_space.ts'

export interface StoredSpace extends VectorSpace {
  role: 'active' | 'next' | 'old'
  /** Texts that the shop had when the embedder was chosen. */
  documents: number
  /** Whether all of them were understood then. */
  settled: boolean
  retiredAtMs: number | null
}

/** What a shop had when its embedder was chosen. */
export type TextsThen = Pick<StoredSpace, 'documents' | 'settled'>

/**
 * Which embedders a shop's vectors are made by: D1 is the truth, so a writer never follows an outdated pointer. Readers
 * get the active one with the shop's configuration and may hold that for a while.
 */
export interface VectorSpaceStore {
  all(shop: string): Promise<StoredSpace[]>
  /** Opens a space: at once the active one where the shop has none, else the next; a former next one becomes old. */
  open(space: VectorSpace, texts: TextsThen, nowMs: number): Promise<void>
  /** Gives up the next space. It was never read, so its vectors may go at once. */
  abandon(shop: string, nowMs: number): Promise<void>
  /** Notes how much the shop had when the embedder was last looked at. */
  noteTexts(shop: string, version: string, texts: TextsThen): Promise<void>
  /**
   * Makes the next space the active one, in one transaction, if every live item that the active space shows was seen in
   * the next one, in both views.
   * @returns whether it is active now
   */
  switchTo(shop: string, version: string, nowMs: number): Promise<boolean>
  /** Removes an old space whose vectors are gone. */
  forget(shop: string, version: string): Promise<void>
}

interface Row {
  version: string
  role: StoredSpace['role']
  binding: VectorBinding
  dimensions: number
  documents: number
  settled: number
  retired_at: number | null
}

/**
 * Of a next space ?2: a live item whose vector the active space has shown, or had before the next one was opened, and
 * that the next one has not shown. What was written to both since then becomes visible in both at about the same time.
 */
const MISSING = `EXISTS (
  SELECT 1 FROM vector_spaces a JOIN vector_spaces x ON x.shop = a.shop AND x.version = ?2
  JOIN item_vectors v ON v.shop = a.shop AND v.version = a.version AND v.bare = 0
    AND (v.shown IS NOT NULL OR v.written_at <= x.made_at)
  JOIN items i ON i.shop = v.shop AND i.id = v.item AND i.deleted_at IS NULL
  LEFT JOIN item_vectors n ON n.shop = v.shop AND n.version = ?2 AND n.view = v.view AND n.item = v.item
  WHERE a.shop = ?1 AND a.role = 'active' AND n.shown IS NULL AND COALESCE(n.bare, 0) = 0
    AND NOT EXISTS (SELECT 1 FROM quarantine q
      WHERE q.shop = v.shop AND q.item = v.item AND q.stage = 'embed' AND q.held = 1 AND q.text_hash = i.text_hash))`

export function createVectorSpaceStore(db: D1Database): VectorSpaceStore {
  const retireNext = (shop: string, keep: string, nowMs: number) =>
    db
      .prepare(
        `UPDATE vector_spaces SET role = 'old', retired_at = ?3 WHERE shop = ?1 AND role = 'next' AND version <> ?2`,
      )
      .bind(shop, keep, nowMs)
  return {
    async all(shop) {
      const { results } = await db
        .prepare(
          'SELECT version, role, binding, dimensions, documents, settled, retired_at FROM vector_spaces WHERE shop = ?1 ORDER BY role, version',
        )
        .bind(shop)
        .all<Row>()
      return results.map(({ retired_at, settled, ...row }) => ({
        ...{ shop, ...row },
        settled: settled === 1,
        retiredAtMs: retired_at,
      }))
    },
    async open(space, { documents, settled }, nowMs) {
      const { shop, version, binding, dimensions } = space
      await db.batch([
        retireNext(shop, version, nowMs),
        db
          .prepare(
            `INSERT INTO vector_spaces (shop, version, role, binding, dimensions, documents, made_at, settled)
             SELECT ?1, ?2, CASE WHEN EXISTS (SELECT 1 FROM vector_spaces WHERE shop = ?1 AND role = 'active') THEN 'next' ELSE 'active' END,
               ?3, ?4, ?5, ?6, ?7 WHERE true
             ON CONFLICT (shop, version) DO UPDATE SET documents = excluded.documents,
               role = CASE vector_spaces.role WHEN 'old' THEN 'next' ELSE vector_spaces.role END, retired_at = NULL,
               made_at = excluded.made_at, settled = excluded.settled`,
          )
          .bind(shop, version, binding, dimensions, documents, nowMs, Number(settled)),
      ])
    },
    async abandon(shop, nowMs) {
      await retireNext(shop, '', nowMs).run()
    },
    async noteTexts(shop, version, { documents, settled }) {
      await db
        .prepare('UPDATE vector_spaces SET documents = ?3, settled = ?4 WHERE shop = ?1 AND version = ?2')
        .bind(shop, version, documents, Number(settled))
        .run()
    },
    async switchTo(shop, version, nowMs) {
      const isNext = `EXISTS (SELECT 1 FROM vector_spaces WHERE shop = ?1 AND version = ?2 AND role = 'next')`
      const [, switched] = await db.batch([
        db
          .prepare(
            `UPDATE vector_spaces SET role = 'old', retired_at = ?3
             WHERE shop = ?1 AND role = 'active' AND ${isNext} AND NOT ${MISSING}`,
          )
          .bind(shop, version, nowMs),
        db
          .prepare(
            `UPDATE vector_spaces SET role = 'active' WHERE shop = ?1 AND version = ?2 AND role = 'next'
               AND NOT EXISTS (SELECT 1 FROM vector_spaces WHERE shop = ?1 AND role = 'active')`,
          )
          .bind(shop, version),
      ])
      return switched!.meta.changes > 0
    },
    async forget(shop, version) {
      await db
        .prepare(`DELETE FROM vector_spaces WHERE shop = ?1 AND version = ?2 AND role = 'old'`)
        .bind(shop, version)
        .run()
    },
  }
}

/** What a shop's configuration says of its search. */
export function searchStatement(db: Pick<D1Database, 'prepare'>, shop: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM item_found f WHERE f.shop = ?1) AS found, s.version, s.binding, s.dimensions,
         EXISTS (SELECT 1 FROM item_vectors v WHERE v.shop = s.shop AND v.version = s.version AND v.view = 'found'
           AND v.shown IS NOT NULL) AS found_vectors
       FROM (SELECT 1) LEFT JOIN vector_spaces s ON s.shop = ?1 AND s.role = 'active'`,
    )
    .bind(shop)
}

interface SearchRow {
  found: number
  version: string | null
  binding: VectorBinding
  dimensions: number
  found_vectors: number
}

export function readSearch(result: D1Result): SearchConfig {
  const row = result.results[0] as SearchRow | undefined
  if (row === undefined) return { space: null, found: false }
  const { version, binding, dimensions } = row
  return {
    space: version === null ? null : { version, binding, dimensions, found: row.found_vectors === 1 },
    found: row.found === 1,
  }
}
