import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { foldEvents } from '../learn/fold_events.ts'
import { isLeaseLost } from '../store/fenced.ts'
import type { Lease } from '../store/operations/leases.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { NoVectorIndex } from './embedder.ts'
import { emptyOutbox } from './outbox.ts'
import { prepareVectors } from './prepare_vectors.ts'
import { refreshProfiles } from './profiles/refresh.ts'

/** A run that dies is replaced after this. */
const LEASE_MS = 2 * MINUTE_MS
/** Of work that shoppers and senders see the end of; its steps are short, and it renews between them. */
export const QUICK_LEASE_MS = 20 * SECOND_MS
/** A lease is renewed once a quarter of it is gone. */
const RENEW_AFTER = 0.25

/** The lease went to another run: this one ends, and nobody's work has failed. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease ${name} was lost`)
    this.name = 'LeaseLost'
  }
}

export const isLost = (error: unknown) => error instanceof LeaseLost || isLeaseLost(error)

/**
 * Does `work` while holding the named lease, or nothing when another run holds it. The work writes through the stores
 * that it is handed: once another run has the lease, their writes are refused.
 * @returns null where the lease was not to be had, or was lost
 */
export async function alone<T, D extends EnrichDeps>(
  name: string,
  deps: D,
  work: (keep: Keep, held: D) => Promise<T>,
  leaseMs = LEASE_MS,
): Promise<T | null> {
  const lease = await deps.leases.take(name, deps.unique(), deps.clock.now(), leaseMs)
  if (lease === null) return null
  // Outside: where it fails the lease is not handed back, so that the next holder knows of the former one as well.
  if (lease.stolen) await deps.fencing?.raise(lease)
  try {
    const held: D = deps.fencing === null ? deps : { ...deps, ...deps.fencing.stores(lease) }
    return await work(keeping(lease, deps, leaseMs), held)
  } catch (error) {
    if (!isLost(error)) throw error
    deps.log.info('lease_lost', { name })
    return null
  } finally {
    await deps.leases.release(lease)
  }
}

/** Prolongs the lease, though not more often than it takes to be sure of it. @throws LeaseLost */
function keeping(lease: Lease, deps: EnrichDeps, leaseMs: number): Keep {
  let renewedAtMs = deps.clock.now()
  let endsAtMs = renewedAtMs + leaseMs
  return async (forMs = 0) => {
    const nowMs = deps.clock.now()
    if (nowMs - renewedAtMs < leaseMs * RENEW_AFTER && endsAtMs - nowMs >= forMs) return
    const ttlMs = Math.max(leaseMs, forMs)
    if (!(await deps.leases.renew(lease, nowMs, ttlMs))) throw new LeaseLost(lease.name)
    renewedAtMs = nowMs
    endsAtMs = nowMs + ttlMs
  }
}

/** Empties the outbox. @returns null where another run does, or took over */
export const runOutbox = (outer: EnrichDeps) =>
  alone('outbox', outer, (keep, deps) => emptyOutbox(deps, keep), QUICK_LEASE_MS)

/** Empties the event inbox into the partitions. @returns null where another run does, or took over */
export const runFold = (outer: EnrichDeps) => alone('fold', outer, fold, QUICK_LEASE_MS)

async function fold(keep: Keep, deps: EnrichDeps): Promise<void> {
  const announce = async (newest: ReadonlyMap<string, number>) => {
    for (const [shop, newestMs] of newest) {
      await deps.learning.noteNewestEvent(shop, newestMs)
      await deps.jobs.due(shop, 'learn')
      await keep()
    }
  }
  while ((await foldEvents(deps.inbox, deps.archive, announce, keep)) !== null) await keep()
}

/** Embedder, vectors and text neighbours of every shop that needs them, then its shoppers' profiles. */
export const runShops = (outer: EnrichDeps) =>
  alone('shops', outer, async (keep, deps) => {
    for (const shop of await deps.catalogue.shops()) {
      // One shop's trouble must not keep the others waiting, nor vectors that cannot be made the profiles.
      const attempt = (job: string, work: () => Promise<void>) =>
        inJob(shop, job, deps, work).catch((error: unknown) => {
          if (isLost(error)) throw error
          deps.log.error('shop_failed', error, { shop, job })
        })
      await attempt('prepare', () => prepareVectors(shop, deps, keep))
      await attempt('profiles', () => profileWhenDue(shop, deps, keep))
    }
  })

/** Runs a job's work; a failure is kept with the job, which stays due. */
async function inJob(shop: string, job: string, deps: EnrichDeps, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    if ((await deps.jobs.get(shop, job))?.state === 'failed')
      await deps.jobs.finished(shop, job, deps.clock.now(), null)
  } catch (error) {
    const told = error instanceof NoVectorIndex ? error.message : nameOf(error)
    await deps.jobs.failed(shop, job, told, deps.clock.now())
    throw error
  }
}

/** What may be shown of a failure: its kind. The log has the rest. */
const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'failed')

/** Shoppers' profiles follow what was learned, the most active first; what one run cannot do the next ones do. */
async function profileWhenDue(shop: string, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  if ((await deps.jobs.get(shop, 'profiles'))?.due !== true) return
  await deps.jobs.started(shop, 'profiles', 0, deps.clock.now())
  const { refreshed, left } = await refreshProfiles(shop, deps, keep)
  await deps.jobs.progressed(shop, 'profiles', refreshed, refreshed + left, null)
  await deps.jobs.finished(shop, 'profiles', deps.clock.now(), null)
  if (left > 0) await deps.jobs.due(shop, 'profiles')
}
