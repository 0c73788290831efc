import { chunk } from '../base/batch.ts'
import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { foldEvents } from '../learn/fold_events.ts'
import { learnShop, TooManyEvents } from '../learn/learn_shop.ts'
import { isLeaseLost } from '../store/fenced.ts'
import type { Lease } from '../store/operations/leases.ts'
import { writeCards } from './cards.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { NoVectorIndex } from './embedder.ts'
import { writeLists } from './lists.ts'
import { emptyOutbox } from './outbox.ts'
import { prepareVectors } from './prepare_vectors.ts'
import { refreshProfiles } from './profiles/refresh.ts'

/** A run that dies is replaced after this. */
const LEASE_MS = 2 * MINUTE_MS
/** Of work that shoppers and senders see the end of; its steps are short, and it renews between them. */
export const QUICK_LEASE_MS = 20 * SECOND_MS
/** A lease is renewed once a quarter of it is gone. */
const RENEW_AFTER = 0.25
/** Learning again sooner than this is not worth the reading ... */
const LEARN_EVERY_MS = 10 * MINUTE_MS
/** ... or this growth of the events: a shop that is being loaded is not made to wait. */
const GROWTH_TO_LEARN = 1.2

/** The lease went to another run: this one ends, and nobody's work has failed. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease ${name} was lost`)
    this.name = 'LeaseLost'
  }
}

const isLost = (error: unknown) => error instanceof LeaseLost || isLeaseLost(error)

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

async function fold(keep: () => Promise<void>, deps: EnrichDeps): Promise<void> {
  for (;;) {
    const folded = await foldEvents(deps.inbox, deps.archive, async (newest) => {
      for (const [shop, newestMs] of newest) {
        await deps.learning.noteNewestEvent(shop, newestMs)
        await deps.jobs.due(shop, 'learn')
      }
    })
    if (folded === null) return
    await keep()
  }
}

/** Embedder, vectors and text neighbours of every shop that needs them, then learning where events came in. */
export const runShops = (outer: EnrichDeps) =>
  alone('shops', outer, async (keep, deps) => {
    for (const shop of await deps.catalogue.shops()) {
      // One shop's trouble must not keep the others waiting, nor vectors that cannot be made the learning.
      const attempt = (job: string, work: () => Promise<void>) =>
        inJob(shop, job, deps, work).catch((error: unknown) => {
          if (isLost(error)) throw error
          deps.log.error('shop_failed', error, { shop, job })
        })
      await attempt('prepare', () => prepareVectors(shop, deps, keep))
      await attempt('learn', () => learnWhenDue(shop, deps, keep))
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
    const told = error instanceof TooManyEvents || error instanceof NoVectorIndex ? error.message : nameOf(error)
    await deps.jobs.failed(shop, job, told, deps.clock.now())
    if (job === 'learn') await deps.jobs.due(shop, job)
    throw error
  }
}

/** What may be shown of a failure: its kind. The log has the rest. */
const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'failed')

async function learnWhenDue(shop: string, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  const job = await deps.jobs.get(shop, 'learn')
  const config = await deps.shops.config(shop)
  if (config === null) return
  const nowMs = deps.clock.now()
  const { live } = await deps.catalogue.counts(shop)
  if (live === 0) return
  // A run that is marked as under way while we hold the lease has died.
  if (job !== null && job.finishedAtMs !== null && job.state === 'idle') {
    const waited = nowMs - job.finishedAtMs >= LEARN_EVERY_MS
    const grown = (await deps.inbox.total(shop)) > Number(job.cursor ?? 0) * GROWTH_TO_LEARN
    if (!job.due || !(waited || grown)) return
  }
  await deps.jobs.started(shop, 'learn', live, nowMs)
  const markets = config.markets.map((own) => own.market)
  const learned = await learnShop(shop, markets, live, deps.archive, deps.learning, nowMs, async (done, total) => {
    await deps.jobs.progressed(shop, 'learn', done, total, null)
    await keep()
  })
  await writeLists(shop, deps)
  await rewriteAllCards(shop, deps, keep)
  await deps.jobs.finished(shop, 'learn', deps.clock.now(), String(learned.events))
  // Other neighbours may have other themes in common.
  await deps.jobs.due(shop, 'expand')
  await deps.jobs.due(shop, 'profiles')
  deps.log.info('learned', { shop, events: learned.events, items: learned.items })
}

/** Shoppers' profiles follow what was learned, the most active first; what one run cannot do the next ones do. */
async function profileWhenDue(shop: string, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  if ((await deps.jobs.get(shop, 'profiles'))?.due !== true) return
  await deps.jobs.started(shop, 'profiles', 0, deps.clock.now())
  const { refreshed, left } = await refreshProfiles(shop, deps, keep)
  await deps.jobs.progressed(shop, 'profiles', refreshed, refreshed + left, null)
  await deps.jobs.finished(shop, 'profiles', deps.clock.now(), null)
  if (left > 0) await deps.jobs.due(shop, 'profiles')
}

/** Neighbours and popularity changed: their KV copies follow. */
async function rewriteAllCards(shop: string, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  let afterSeq = 0
  for (;;) {
    const page = await deps.catalogue.textsAfter(shop, afterSeq, 500)
    if (page.texts.length === 0) return
    for (const part of chunk(page.texts, 100))
      await writeCards(
        shop,
        part.map((text) => text.id),
        deps,
      )
    afterSeq = page.lastSeq
    await keep()
  }
}
