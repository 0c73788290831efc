import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { dayOf } from '../store/keys.ts'
import { ARRIVALS } from './arrivals.ts'
import type { EnrichDeps } from './deps.ts'
import { collectBatches, submitMany } from './enrich_batch.ts'
import { contextFor } from './enrich_context.ts'
import { expandItems } from './enrich_expansion.ts'
import { enrichItems } from './enrich_items.ts'
import { type EnrichRun, mayRule, newAsking, type Stop } from './enrich_round.ts'
import { wantedOf } from './enrich_wanted.ts'
import { indexFound } from './found.ts'

/** What a run does: `new` serves items that have just come, `all` also what is due for other reasons. */
export type Lane = 'new' | 'all'

/** How long a run asks a model; the minute's next cron goes on. */
const TIME_BOX_MS: Record<Lane, number> = { new: 20 * SECOND_MS, all: 40 * SECOND_MS }
/** Items whose answers are kept at once: few, so that little is done twice when a run dies. */
const ASKED_PER_ROUND = 30
/** Items that rules understand at once: their rows are one statement, which holds the database for as long as it takes. */
const RULED_PER_ROUND = 50
/** More new items at once than this are an import. */
const IMPORT_FROM = 200
/** More that are due than this go together, at half the price. */
export const BATCH_FROM = 100
/** Between runs while the provider does not answer: doubled each time, up to half an hour. */
const BACKOFF_MS = MINUTE_MS
const BACKOFF_MAX_MS = 30 * MINUTE_MS

/** What the job remembers: the recipe that everything was last made with, and failures in a row. */
interface Memory {
  recipe: string
  failures: number
}

/**
 * Understands what is due of a shop, and stops where budget, provider or time say so; the job tells when it goes on.
 * An item that a model still owes has its rules' form meanwhile.
 */
export async function enrichShop(shop: string, lane: Lane, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  const config = await deps.shops.config(shop)
  if (config === null) return
  const info = await deps.model.completer()
  const wanted = wantedOf(config, info)
  const job = await deps.jobs.get(shop, 'enrich')
  const memory = memoryOf(job?.cursor ?? null)
  const nowMs = deps.clock.now()
  if (lane === 'new' && info === null && (await isImport(shop, deps))) return
  const isWaiting = job?.nextRunAtMs != null && nowMs < job.nextRunAtMs
  const batches = lane === 'all' ? await deps.batches.open(shop) : []
  const isDue = job === null || job.due || job.state !== 'idle' || memory.recipe !== wanted.recipe
  if (!isDue && batches.length === 0) return
  if (isWaiting && lane === 'all' && batches.length === 0) return
  const run: EnrichRun = {
    shop,
    shopLocale: config.locale,
    deps,
    keep,
    wanted,
    contextOf: await contextFor(shop, config.locale, wanted.locales, deps, keep),
    // While the job waits nothing is asked; what is new gets its rules' form all the same.
    asking: newAsking(nowMs + TIME_BOX_MS[lane], isWaiting ? 'unavailable' : null),
  }
  const failed = await collectBatches(run, batches)
  if (isWaiting) {
    await understandNew(run, async () => {})
    return
  }
  // What still waits in another batch is not asked for beside it.
  const takesBatches = info?.batch === true && (!failed || (await deps.batches.open(shop)).length > 0)
  await work(run, lane, takesBatches, memory)
}

/**
 * Many new items at once are an import: rules wait for the cron then, whose turn comes after cards, vectors and learning.
 * Whoever is selling while the shop is loaded needs those first.
 */
const isImport = async (shop: string, deps: EnrichDeps): Promise<boolean> =>
  (await deps.enrichments.missing(shop, IMPORT_FROM + 1)).length > IMPORT_FROM

async function work(run: EnrichRun, lane: Lane, takesBatches: boolean, memory: Memory): Promise<void> {
  const { shop, deps, wanted } = run
  // Counting walks the shop: the cron does it once a minute, and not whoever comes with a new item.
  const missing = lane === 'all' ? (await deps.enrichments.counts(shop, wanted.recipe)).missing : 0
  const outdated = lane === 'all' ? await deps.enrichments.countOutdated(shop, wanted.recipe, wanted.model === null) : 0
  let total = missing + outdated
  let done = 0
  await deps.jobs.started(shop, 'enrich', total, deps.clock.now())
  const progressed = async (count: number) => {
    if (lane === 'new') total += count
    done = Math.min(total, done + count)
    await deps.jobs.progressed(shop, 'enrich', done, total, JSON.stringify(memory))
  }
  await understandNew(run, progressed)
  if (lane === 'all') await understandAgain(run, outdated, takesBatches, progressed)
  // Themes are of these texts and of this model; before learning there are no neighbours to have any with.
  if (total > 0 && (await deps.jobs.get(shop, 'expand')) !== null) await deps.jobs.due(shop, 'expand')
  await closeJob(run, lane, memory)
}

/** Items with nothing made of their present text, newest first: every one gets a row, with or without the model. */
async function understandNew(run: EnrichRun, progressed: (count: number) => Promise<void>): Promise<void> {
  const { shop, deps, wanted } = run
  while (mayRule(run)) {
    const size = wanted.model !== null && run.asking.stopped === null ? ASKED_PER_ROUND : RULED_PER_ROUND
    const ids = await deps.enrichments.missing(shop, size)
    if (ids.length === 0) return
    const written = await enrichItems(ids, run)
    await indexFound(shop, deps, ids)
    await progressed(written)
    await run.keep()
    // Texts that changed meanwhile come again; nothing written at all would come for ever.
    if (written === 0) return
  }
}

/** Rows of another recipe, by popularity: together where the provider takes many, else one after the other. */
async function understandAgain(
  run: EnrichRun,
  outdated: number,
  takesBatches: boolean,
  progressed: (count: number) => Promise<void>,
): Promise<void> {
  const { shop, deps, wanted } = run
  const due = (limit: number) => deps.enrichments.outdated(shop, wanted.recipe, wanted.model === null, limit)
  if (takesBatches && run.asking.stopped === null) {
    // What waits in a batch is answered by it; whatever else is due waits for the next.
    if ((await deps.batches.open(shop)).length > 0) return
    if (outdated > BATCH_FROM && (await submitMany(run, due))) return
  }
  let before = Number.POSITIVE_INFINITY
  while (run.asking.stopped === null && mayRule(run)) {
    const ids = await due(wanted.model === null ? RULED_PER_ROUND : ASKED_PER_ROUND)
    if (ids.length === 0) return
    await progressed(await enrichItems(ids, run))
    await indexFound(shop, deps, ids)
    await run.keep()
    const left = await deps.enrichments.countOutdated(shop, wanted.recipe, wanted.model === null)
    // A round that settled nothing would be repeated as it is.
    if (left >= before) return
    before = left
  }
}

/** Says how the job stands: done, due again, or waiting for a better moment. */
async function closeJob(run: EnrichRun, lane: Lane, memory: Memory): Promise<void> {
  const { shop, deps, wanted, asking } = run
  const nowMs = deps.clock.now()
  if (asking.stopped === 'budget' || asking.stopped === 'unavailable') {
    const failures = asking.stopped === 'budget' ? 0 : memory.failures + 1
    await deps.jobs.waits(
      shop,
      'enrich',
      asking.stopped,
      resumeAtMs(asking.stopped, failures, run),
      encode(memory.recipe, failures),
    )
    return
  }
  if (lane === 'new') {
    await deps.jobs.finished(shop, 'enrich', nowMs, encode(memory.recipe, 0))
    // Whether anything is left is counted by the next cron.
    await deps.jobs.due(shop, 'enrich')
    return
  }
  const open = await deps.enrichments.countOutdated(shop, wanted.recipe, wanted.model === null)
  const { missing } = await deps.enrichments.counts(shop, wanted.recipe)
  const isDone = open === 0 && missing === 0
  await deps.jobs.finished(shop, 'enrich', nowMs, encode(isDone ? wanted.recipe : memory.recipe, 0))
  if (!isDone) await deps.jobs.due(shop, 'enrich')
}

/** Tomorrow for a budget; for a provider what it asks for, and longer the longer it has been away. */
function resumeAtMs(why: Stop, failures: number, { deps, asking }: EnrichRun): number {
  const nowMs = deps.clock.now()
  if (why === 'budget') return Date.parse(`${dayOf(nowMs)}T00:00:00Z`) + 24 * 60 * MINUTE_MS
  return nowMs + Math.max(asking.retryAfterMs, Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (failures - 1)))
}

/** Themes with co-bought neighbours: after learning, when neighbours or texts have changed. */
export async function expandShop(shop: string, deps: EnrichDeps, keep: () => Promise<void>): Promise<void> {
  const job = await deps.jobs.get(shop, 'expand')
  const nowMs = deps.clock.now()
  if (job === null || (!job.due && job.state === 'idle') || (job.nextRunAtMs !== null && nowMs < job.nextRunAtMs))
    return
  const config = await deps.shops.config(shop)
  if (config === null) return
  const wanted = wantedOf(config, await deps.model.completer())
  const contextOf = await contextFor(shop, config.locale, wanted.locales, deps, keep)
  const asking = newAsking(nowMs + TIME_BOX_MS.all, null)
  const run: EnrichRun = { shop, shopLocale: config.locale, deps, keep, wanted, contextOf, asking }
  await deps.jobs.started(shop, 'expand', 0, nowMs)
  const { finished, seen, expanded } = await expandItems(run)
  await deps.jobs.progressed(shop, 'expand', expanded, seen, null)
  if (expanded > 0) await indexFound(shop, deps)
  if (asking.stopped === 'budget' || asking.stopped === 'unavailable') {
    const failures = memoryOf(job.cursor).failures + 1
    await deps.jobs.waits(
      shop,
      'expand',
      asking.stopped,
      resumeAtMs(asking.stopped, failures, run),
      encode('', failures),
    )
    return
  }
  // The embedder may be learned of these texts, and items then have other places.
  if (expanded > 0) await deps.jobs.due(shop, ARRIVALS)
  await deps.jobs.finished(shop, 'expand', deps.clock.now(), null)
  if (!finished) await deps.jobs.due(shop, 'expand')
}

const encode = (recipe: string, failures: number) => JSON.stringify({ recipe, failures } satisfies Memory)

function memoryOf(cursor: string | null): Memory {
  return cursor === null ? { recipe: '', failures: 0 } : (JSON.parse(cursor) as Memory)
}
