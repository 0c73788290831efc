import { SECOND_MS } from '../base/clock.ts'
import type { EnrichDeps } from './deps.ts'
import { enrichShop, expandShop, type Lane } from './enrich_run.ts'
import { kindOf } from './quarantine.ts'
import { alone, LeaseLost } from './run.ts'

/** A cron's run asks models this long over all shops; those that it did not come to are first the next time. */
const ALL_SHOPS_MS = 50 * SECOND_MS

/** Enriches one shop alone; a failure is kept with its job and told to no other shop. */
export const runEnrichment = (shop: string, lane: Lane, outer: EnrichDeps) =>
  alone(`enrich:${shop}`, outer, async (keep, deps) => {
    await inJob(shop, 'enrich', deps, () => enrichShop(shop, lane, deps, keep))
    if (lane === 'all') await inJob(shop, 'expand', deps, () => expandShop(shop, deps, keep))
  })

/** Every shop's enrichment, the longest not looked at first. */
export async function runEnrichments(deps: EnrichDeps): Promise<void> {
  const endsAtMs = deps.clock.now() + ALL_SHOPS_MS
  const shops: Array<{ shop: string; lastMs: number }> = []
  for (const shop of await deps.catalogue.shops()) {
    const job = await deps.jobs.get(shop, 'enrich')
    shops.push({ shop, lastMs: job?.startedAtMs ?? 0 })
  }
  shops.sort((a, b) => a.lastMs - b.lastMs)
  for (const { shop } of shops) {
    if (deps.clock.now() >= endsAtMs) return
    await runEnrichment(shop, 'all', deps)
  }
}

async function inJob(shop: string, job: string, deps: EnrichDeps, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    deps.log.error('shop_failed', error, { shop, job })
    // Refused too when the lease was lost: the run ends there.
    await deps.jobs.failed(shop, job, kindOf(error), deps.clock.now())
    await deps.jobs.due(shop, job)
  }
}
