import { chunk } from '../base/batch.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { foldEvents } from '../learn/fold_events.ts'
import { learnShop, TooManyEvents } from '../learn/learn_shop.ts'
import type { Lease } from '../store/operations/leases.ts'
import { writeCards } from './cards.ts'
import type { EnrichDeps } from './deps.ts'
import { embedItems } from './embed_items.ts'
import { ensureEmbedder } from './embedder.ts'
import { writeLists } from './lists.ts'
import { drainOutbox } from './outbox.ts'
import { packSimilar } from './similar.ts'

/** A run that dies is replaced after this. */
const LEASE_MS = 2 * MINUTE_MS
/** Learning again sooner than this is not worth the reading ... */
const LEARN_EVERY_MS = 10 * MINUTE_MS
/** ... or this growth of the events: a shop that is being loaded is not made to wait. */
const GROWTH_TO_LEARN = 1.2
const EMBED_PER_ROUND = 500

/** Does `work` while holding the named lease, or nothing when another run holds it. */
export async function alone<T>(
  name: string,
  deps: EnrichDeps,
  work: (keep: () => Promise<void>) => Promise<T>,
): Promise<T | null> {
  const lease = await deps.leases.take(name, deps.unique(), deps.clock.now(), LEASE_MS)
  if (lease === null) return null
  try {
    return await work(() => keepLease(lease, deps))
  } finally {
    await deps.leases.release(lease)
  }
}

async function keepLease(lease: Lease, deps: EnrichDeps): Promise<void> {
  if (!(await deps.leases.renew(lease, deps.clock.now(), LEASE_MS))) throw new Error(`the lease ${lease.name} was lost`)
}

/** Empties the outbox. */
export const runOutbox = (deps: EnrichDeps) =>
  alone('outbox', deps, async (keep) => {
    while ((await drainOutbox(deps)) > 0) await keep()
  })

/** Empties the event inbox into the partitions. */
export const runFold = (deps: EnrichDeps) =>
  alone('fold', deps, async (keep) => {
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
  })

/** Embedder, vectors and text neighbours of every shop that needs them, then learning where events came in. */
export const runShops = (deps: EnrichDeps) =>
  alone('shops', deps, async (keep) => {
    for (const shop of await deps.catalogue.shops()) {
      try {
        await inJob(shop, 'prepare', deps, () => prepareVectors(shop, deps, keep))
        await inJob(shop, 'learn', deps, () => learnWhenDue(shop, deps, keep))
      } catch (error) {
        // One shop's trouble must not keep the others waiting.
        deps.log.error('shop_failed', error, { shop })
      }
    }
  })

/** Runs a job's work; a failure is kept with the job, which stays due. */
async function inJob(shop: string, job: string, deps: EnrichDeps, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    if ((await deps.jobs.get(shop, job))?.state === 'failed')
      await deps.jobs.finished(shop, job, deps.clock.now(), null)
  } catch (error) {
    await deps.jobs.failed(shop, job, error instanceof TooManyEvents ? error.message : nameOf(error), deps.clock.now())
    if (job === 'learn') await deps.jobs.due(shop, job)
    throw error
  }
}

/** What may be shown of a failure: its kind. The log has the rest. */
const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'failed')

async function prepareVectors(shop: string, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  const version = await ensureEmbedder(shop, deps)
  if (version === null) return
  const waiting = await deps.catalogue.countWithoutVector(shop, version)
  if (waiting > 0) {
    await deps.jobs.started(shop, 'embed', waiting, deps.clock.now())
    let done = 0
    for (;;) {
      const ids = await deps.catalogue.withoutVector(shop, version, EMBED_PER_ROUND)
      if (ids.length === 0) break
      // The model may still hold the former embedder: stop rather than spin, the next run goes on.
      if ((await embedItems(shop, ids, deps)) !== version) break
      done += ids.length
      await deps.jobs.progressed(shop, 'embed', done, waiting, null)
      await keep()
    }
    await deps.jobs.finished(shop, 'embed', deps.clock.now(), null)
  }
  await packAllSimilar(shop, version, deps, keep)
}

async function packAllSimilar(
  shop: string,
  version: string,
  deps: EnrichDeps,
  keep: () => Promise<void>,
): Promise<void> {
  const due = (await deps.jobs.get(shop, 'similar'))?.due === true
  let started = false
  for (;;) {
    const { packed, seen } = await packSimilar(shop, version, deps)
    if (!started && (packed.length > 0 || (due && seen === 0))) {
      await deps.jobs.started(shop, 'similar', 0, deps.clock.now())
      started = true
    }
    await writeCards(shop, packed, deps)
    await keep()
    if (seen === 0) break
    if (packed.length > 0) continue
    // The index does not show the rest yet: it stays due for the next run.
    await deps.jobs.due(shop, 'similar')
    break
  }
  if (started) await deps.jobs.finished(shop, 'similar', deps.clock.now(), null)
}

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
  deps.log.info('learned', { shop, events: learned.events, items: learned.items })
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
