import type { D1Database } from '@cloudflare/workers-types'
import { MINUTE_MS } from '../base/clock.ts'
import { createEnrichmentsStore } from './catalogue/enrichments.ts'
import { createQuarantineStore } from './catalogue/quarantine.ts'
import { createBudgetStore } from './operations/budgets.ts'
import { createJobStore } from './operations/jobs.ts'
import { createModelCallStore } from './operations/model_calls.ts'

/** Longer than any call may take: what was begun before that is not under way any more. */
const UNDER_WAY_MS = 2 * MINUTE_MS

/** What an operator may ask of a shop's enrichment. */
export interface EnrichmentAdmin {
  /**
   * Has everything tried again that waits for somebody: calls whose end is unknown (they may be paid for twice), items
   * in quarantine, answers of no use. A job that waits for a better moment goes on at once.
   */
  retry(shop: string, nowMs: number): Promise<{ forgottenCalls: number; items: number; quarantined: number }>
  /** Sets a shop's own daily budget, in millionths of the currency unit. What waited for tomorrow's goes on. */
  setBudget(shop: string, dailyMicro: number): Promise<void>
}

export function createEnrichmentAdmin(catalogue: D1Database, operations: D1Database): EnrichmentAdmin {
  const enrichments = createEnrichmentsStore(catalogue)
  const quarantine = createQuarantineStore(catalogue)
  const calls = createModelCallStore(operations)
  const jobs = createJobStore(operations)
  return {
    async retry(shop, nowMs) {
      // The ledger first: were the items due before it forgot, they would be found in doubt again.
      const forgottenCalls = await calls.forgetInDoubt(shop, nowMs - UNDER_WAY_MS)
      const quarantined = await quarantine.release(shop, nowMs)
      const items = await enrichments.retry(shop)
      for (const job of ['enrich', 'expand']) await jobs.wake(shop, job)
      return { forgottenCalls, items, quarantined }
    },
    async setBudget(shop, dailyMicro) {
      await createBudgetStore(operations).put(shop, dailyMicro)
      for (const job of ['enrich', 'expand'])
        if ((await jobs.get(shop, job))?.error === 'budget') await jobs.wake(shop, job)
    },
  }
}
