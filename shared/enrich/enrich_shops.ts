import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { hash32 } from '../base/hash.ts'
import type { JobRow } from '../store/operations/jobs.ts'
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

/** Every shop's enrichment, as many as there is time for. */
export async function runEnrichments(deps: EnrichDeps): Promise<void> {
  const endsAtMs = deps.clock.now() + ALL_SHOPS_MS
  for (const shop of await turnsOf(deps)) {
    if (deps.clock.now() >= endsAtMs) return
    await runEnrichment(shop, 'all', deps)
  }
}

/**
 * Shops that have something to do, the longest not looked at first; then the others, in another order each minute: only a
 * look tells that a model or a market is new, and however many shops there are each of them has its turn.
 */
async function turnsOf(deps: EnrichDeps): Promise<string[]> {
  const nowMs = deps.clock.now()
  const minute = Math.floor(nowMs / MINUTE_MS)
  const isDue = (job: JobRow) => (job.due || job.state !== 'idle') && (job.nextRunAtMs ?? 0) <= nowMs
  const sinceMs = new Map<string, number>()
  for (const name of ['enrich', 'expand']) {
    for (const job of (await deps.jobs.named(name)).filter(isDue)) {
      const since = job.startedAtMs ?? 0
      sinceMs.set(job.shop, Math.min(since, sinceMs.get(job.shop) ?? since))
    }
  }
  const shops = await deps.catalogue.shops()
  const due = shops.filter((shop) => sinceMs.has(shop)).sort((a, b) => sinceMs.get(a)! - sinceMs.get(b)!)
  const rest = shops.filter((shop) => !sinceMs.has(shop)).map((shop) => ({ shop, at: hash32(`${minute} ${shop}`) }))
  return [...due, ...rest.sort((a, b) => a.at - b.at).map(({ shop }) => shop)]
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
