import type { D1Database } from '@cloudflare/workers-types'
import { createJobStore, type JobRow } from './operations/jobs.ts'

/** Where a shop's background work stands. */
export interface ShopStatus {
  items: { live: number; waiting: number }
  waiting: { outbox: number; events: number; dead_letters: number }
  jobs: JobRow[]
}

export interface StatusReader {
  of(shop: string): Promise<ShopStatus>
}

export function createStatusReader(catalogue: D1Database, operations: D1Database): StatusReader {
  const jobs = createJobStore(operations)
  return {
    async of(shop) {
      const [items, waiting, list] = await Promise.all([
        catalogue
          .prepare(
            `SELECT COUNT(*) AS live, COALESCE(SUM(vector_version IS NULL), 0) AS waiting,
               (SELECT COUNT(*) FROM outbox WHERE shop = ?1) AS outbox
             FROM items WHERE shop = ?1 AND deleted_at IS NULL`,
          )
          .bind(shop)
          .first<{ live: number; waiting: number; outbox: number }>(),
        operations
          .prepare(
            `SELECT (SELECT COUNT(*) FROM event_batches WHERE shop = ?1) AS events, (SELECT COUNT(*) FROM dead_letters WHERE json_extract(body, '$.shop') = ?1) AS dead_letters`,
          )
          .bind(shop)
          .first<{ events: number; dead_letters: number }>(),
        jobs.list(shop),
      ])
      return {
        items: { live: items?.live ?? 0, waiting: items?.waiting ?? 0 },
        waiting: { outbox: items?.outbox ?? 0, events: waiting?.events ?? 0, dead_letters: waiting?.dead_letters ?? 0 },
        jobs: list,
      }
    },
  }
}
