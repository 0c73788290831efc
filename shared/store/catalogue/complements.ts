import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import type { ComplementNeighbour } from '../../domain/card.ts'

/** What goes with each item, beside its other neighbours. */
export interface ComplementStore {
  putComplements(
    shop: string,
    rows: ReadonlyArray<readonly [item: string, complements: readonly ComplementNeighbour[]]>,
    nowMs: number,
  ): Promise<void>
  /** Empties those of items that the last run found none for. */
  clearComplementsBefore(shop: string, nowMs: number): Promise<void>
}

/** Twenty entries of the longest ids are 4 KB a row: far below the 2 MB of one parameter. */
const ROWS_PER_STATEMENT = 200

export function createComplementStore(db: D1Database): ComplementStore {
  return {
    async putComplements(shop, rows, nowMs) {
      for (const part of chunk(rows, ROWS_PER_STATEMENT)) {
        await db
          .prepare(
            `INSERT INTO neighbours (shop, item, complements, complements_at)
             SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?3 FROM json_each(?2) WHERE true
             ON CONFLICT (shop, item) DO UPDATE
               SET complements = excluded.complements, complements_at = excluded.complements_at`,
          )
          .bind(shop, JSON.stringify(part.map(([item, own]) => [item, JSON.stringify(own)])), nowMs)
          .run()
      }
    },
    async clearComplementsBefore(shop, nowMs) {
      await db
        .prepare(
          `UPDATE neighbours SET complements = '[]' WHERE shop = ?1 AND complements_at < ?2 AND complements <> '[]'`,
        )
        .bind(shop, nowMs)
        .run()
    },
  }
}
