import type { D1Database } from '@cloudflare/workers-types'
import { createEnrichmentsStore, type EnrichmentCounts } from './catalogue/enrichments.ts'
import { createQuarantineStore, type QuarantinedItem, type Stage } from './catalogue/quarantine.ts'
import { createBudgetStore, type SpendOfShop } from './operations/budgets.ts'
import { createJobStore, type JobRow } from './operations/jobs.ts'

/** Where a shop's background work stands. */
export interface ShopStatus {
  items: { live: number; waiting: number }
  waiting: { outbox: number; events: number; dead_letters: number }
  jobs: JobRow[]
  enrichment: EnrichmentCounts
  spend: SpendOfShop
  /** The newest of those that a stage leaves out. */
  quarantine: QuarantinedItem[]
  quarantined: Partial<Record<Stage, number>>
}

const QUARANTINE_SHOWN = 20

export interface StatusReader {
  of(shop: string, nowMs: number): Promise<ShopStatus>
  /** Names of shops, in their order, after one. */
  shops(after: string, limit: number): Promise<string[]>
}

export function createStatusReader(catalogue: D1Database, operations: D1Database): StatusReader {
  const jobs = createJobStore(operations)
  const enrichments = createEnrichmentsStore(catalogue)
  const quarantine = createQuarantineStore(catalogue)
  const budgets = createBudgetStore(operations)
  return {
    async of(shop, nowMs) {
      const [items, waiting, list, enrichment, spend, held, byStage] = await Promise.all([
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
            `SELECT (SELECT COUNT(*) FROM event_batches WHERE shop = ?1) AS events, (SELECT COUNT(*) FROM dead_letters WHERE shop = ?1 AND kind != 'notice') AS dead_letters`,
          )
          .bind(shop)
          .first<{ events: number; dead_letters: number }>(),
        jobs.list(shop),
        enrichments.counts(shop, null),
        budgets.spend(shop, nowMs),
        quarantine.list(shop, QUARANTINE_SHOWN),
        quarantine.byStage(shop),
      ])
      return {
        items: { live: items?.live ?? 0, waiting: items?.waiting ?? 0 },
        waiting: { outbox: items?.outbox ?? 0, events: waiting?.events ?? 0, dead_letters: waiting?.dead_letters ?? 0 },
        jobs: list,
        enrichment,
        spend,
        quarantine: held,
        quarantined: byStage,
      }
    },
    async shops(after, limit) {
      const { results } = await catalogue
        .prepare('SELECT shop FROM shops WHERE shop > ?1 ORDER BY shop LIMIT ?2')
        .bind(after, limit)
        .all<{ shop: string }>()
      return results.map((row) => row.shop)
    },
  }
}
