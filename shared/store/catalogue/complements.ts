import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import type { ComplementNeighbour } from '../../domain/card.ts'
import { clearNeighboursBefore, putNeighbours } from './neighbour_writes.ts'

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
        const own = part.map(([item, complements]) => [item, JSON.stringify(complements)] as const)
        await putNeighbours(db, shop, 'complements', own, nowMs).run()
      }
    },
    async clearComplementsBefore(shop, nowMs) {
      await clearNeighboursBefore(db, shop, 'complements', nowMs).run()
    },
  }
}
