import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import { hash128, lengthPrefixed } from '../../base/hash.ts'
import { BULK_KEYS, type RepeatableRun } from '../../domain/bulk_request.ts'

/** Which part of which bulk write something is. */
export interface BulkPart {
  run: RepeatableRun
  /** Counted from 0 within the request. */
  number: number
}

/**
 * What the items were before this part was first written: kept, then read, as the first two statements of the
 * transaction that writes. The rows of the second are those that `before` selects.
 */
export function foundStatements(
  db: D1Database,
  shop: string,
  ids: readonly string[],
  { run, number }: BulkPart,
): [D1PreparedStatement, D1PreparedStatement] {
  // A catalogue or a release that cuts the same lines elsewhere is not taken for this one.
  const part = `${number}:${hash128(lengthPrefixed(ids))}`
  const columns = ['id', 'source_at', 'source_version', 'content_hash', 'deleted_at']
  return [
    db
      .prepare(
        `INSERT OR IGNORE INTO bulk_parts (shop, request, part, started_at, found)
         SELECT ?1, ?2, ?3, ?4, (SELECT json_group_array(json_array(${columns.join(', ')})) FROM items
           WHERE shop = ?1 AND id IN (SELECT value FROM json_each(?5)))`,
      )
      .bind(shop, run.request, part, run.startedAtMs, JSON.stringify(ids)),
    db
      .prepare(
        `SELECT ${columns.map((column, index) => `json_extract(value, '$[${index}]') AS ${column}`).join(', ')}
         FROM bulk_parts, json_each(found) WHERE shop = ?1 AND request = ?2 AND part = ?3`,
      )
      .bind(shop, run.request, part),
  ]
}

export interface BulkParts {
  /** Forgets what nobody can ask for again. @returns how many */
  forget(nowMs: number, limit: number): Promise<number>
}

export function createBulkParts(db: D1Database): BulkParts {
  return {
    async forget(nowMs, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM bulk_parts WHERE (shop, request, part) IN
             (SELECT shop, request, part FROM bulk_parts WHERE started_at <= ?1 ORDER BY started_at LIMIT ?2)`,
        )
        .bind(nowMs - BULK_KEYS.ttlMs, limit)
        .run()
      return meta.changes
    },
  }
}
