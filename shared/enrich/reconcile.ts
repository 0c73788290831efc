import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { searchWords } from '../domain/search_words.ts'
import { VECTOR_VIEWS, type VectorSpace, type VectorView } from '../domain/vector_space.ts'
import { isLocalVersion } from '../model/embedder_rpc.ts'
import type { ItemPlace, TextIndexStore } from '../store/catalogue/text_index.ts'
import { writeCards } from './cards.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { embedInto } from './embed_items.ts'
import { ensureSpaces, spacesOf } from './embedder.ts'
import { indexFound } from './found.ts'

/** Copies are compared with D1 this often; what changes is written at once, so a difference is an accident. */
const RECONCILE_EVERY_MS = 6 * HOUR_MS
const ITEMS_PER_PAGE = 100
/** Of one run over all shops; the next run goes on at the cursor. */
const PAGES_PER_RUN = 200
/** A vector written this lately may not be visible yet. */
const SETTLING_MS = 2 * MINUTE_MS

export type ReconcileDeps = EnrichDeps & { texts: TextIndexStore }

/** What did not agree with D1, and was mended. */
export interface Differences {
  vectors_missing: number
  vectors_stale: number
  vectors_extra: number
  text_missing: number
  text_extra: number
  found_text: number
  cards_missing: number
  cards_stale: number
  cards_extra: number
}

const NONE: Differences = {
  vectors_missing: 0,
  vectors_stale: 0,
  vectors_extra: 0,
  text_missing: 0,
  text_extra: 0,
  found_text: 0,
  cards_missing: 0,
  cards_stale: 0,
  cards_extra: 0,
}

/** The cursor of the job: where the pass stands, and what it has found until then. */
interface Cursor {
  afterSeq: number | null
  differences: Differences
}

export const readCursor = (text: string | null | undefined): Cursor =>
  text ? (JSON.parse(text) as Cursor) : { afterSeq: null, differences: NONE }

/**
 * Compares the vector index, the full text and the cards in KV with D1, a page of items at a time, and mends what differs.
 * A pass over a shop is gone on with by later runs; the job's cursor holds what it found.
 * @param keep is called between pages, and rejects when the lease was lost
 */
export async function reconcileShops(deps: ReconcileDeps, keep: Keep): Promise<void> {
  let pages = 0
  for (const shop of await deps.catalogue.shops()) {
    if (!(await isDue(shop, deps))) continue
    try {
      for (; pages < PAGES_PER_RUN; pages++) {
        const ended = await reconcilePage(shop, deps, keep)
        await keep()
        if (ended) break
      }
    } catch (error) {
      await deps.jobs.failed(shop, 'reconcile', error instanceof Error ? error.name : 'failed', deps.clock.now())
      deps.log.error('reconcile_failed', error, { shop })
    }
    if (pages >= PAGES_PER_RUN) return
  }
}

async function isDue(shop: string, deps: ReconcileDeps): Promise<boolean> {
  const job = await deps.jobs.get(shop, 'reconcile')
  if (job === null || job.due || job.state !== 'idle' || job.finishedAtMs === null) return true
  return deps.clock.now() - job.finishedAtMs >= RECONCILE_EVERY_MS
}

/** One page of a shop. @returns whether the pass has come to its end */
async function reconcilePage(shop: string, deps: ReconcileDeps, keep: Keep): Promise<boolean> {
  const job = await deps.jobs.get(shop, 'reconcile')
  let cursor = readCursor(job?.cursor)
  if (cursor.afterSeq === null || job?.due) {
    cursor = { afterSeq: 0, differences: NONE }
    await deps.jobs.started(shop, 'reconcile', (await deps.catalogue.counts(shop)).live, deps.clock.now())
    await deps.newness.count(shop, deps.clock.now(), true)
    await mendEmbedder(shop, deps)
  }
  const afterSeq = cursor.afterSeq ?? 0
  const places = await deps.texts.places(shop, afterSeq, ITEMS_PER_PAGE)
  const ended = places.length < ITEMS_PER_PAGE
  const untilSeq = ended ? null : places.at(-1)!.seq
  const found: Differences = { ...NONE }
  await mendTexts(shop, places, afterSeq, untilSeq, found, deps)
  await mendVectors(shop, places, found, deps, keep)
  await mendCards(shop, places, found, deps)
  const differences = Object.fromEntries(
    Object.entries(cursor.differences).map(([name, count]) => [name, count + found[name as keyof Differences]]),
  ) as unknown as Differences
  const state = (at: number | null) => JSON.stringify({ afterSeq: at, differences } satisfies Cursor)
  if (ended) {
    await deps.jobs.finished(shop, 'reconcile', deps.clock.now(), state(null))
    const counted = Object.entries(differences).filter(([, count]) => count > 0)
    if (counted.length > 0) deps.log.info('reconciled', { shop, ...Object.fromEntries(counted) })
  } else {
    await deps.jobs.progressed(shop, 'reconcile', (job?.done ?? 0) + places.length, job?.total ?? 0, state(untilSeq))
  }
  return ended
}

/** A learned embedder that KV has lost is learned again: no vector is missing, and no query could be made one. */
async function mendEmbedder(shop: string, deps: ReconcileDeps): Promise<void> {
  const { active } = await spacesOf(shop, deps)
  if (active === null || !isLocalVersion(active.version)) return
  if ((await deps.embedders.artefact(shop, active.version)) === null) await ensureSpaces(shop, deps, true)
}

async function mendTexts(
  shop: string,
  places: readonly ItemPlace[],
  afterSeq: number,
  untilSeq: number | null,
  found: Differences,
  deps: ReconcileDeps,
): Promise<void> {
  const { missing, extra } = await deps.texts.compare(shop, places, afterSeq, untilSeq)
  found.text_missing = missing.length
  found.text_extra = extra.length
  if (extra.length > 0) await deps.texts.remove(extra)
  if (missing.length > 0) {
    const items = await deps.catalogue.texts(shop, missing)
    await deps.texts.put(
      shop,
      items.map((item) => {
        const words = searchWords({ ...item, options: Object.values(item.options).flat() })
        return { item: item.id, textHash: item.textHash, ...words }
      }),
    )
  }
  found.found_text = await deps.texts.mendFound(shop, afterSeq, untilSeq)
  const ids = places.map((place) => place.item)
  if (ids.length > 0) found.found_text = Math.max(found.found_text, await indexFound(shop, deps, ids))
}

async function mendVectors(
  shop: string,
  places: readonly ItemPlace[],
  found: Differences,
  deps: ReconcileDeps,
  keep: Keep,
): Promise<void> {
  const { active, next } = await spacesOf(shop, deps)
  for (const space of [active, next]) {
    if (space === null || (await deps.vectors.dimensions(space.binding)) !== space.dimensions) continue
    for (const view of VECTOR_VIEWS) await mendView(space, view, places, found, deps, keep)
  }
}

async function mendView(
  space: VectorSpace,
  view: VectorView,
  places: readonly ItemPlace[],
  found: Differences,
  deps: ReconcileDeps,
  keep: Keep,
): Promise<void> {
  const ids = places.map((place) => place.item)
  if (ids.length === 0) return
  const shown = await deps.vectors.get(space, view, ids)
  const wanted = await deps.ledger.expected(space, view, ids)
  const nowMs = deps.clock.now()
  const isSettled = (writtenAtMs: number | null) => writtenAtMs === null || nowMs - writtenAtMs > SETTLING_MS
  const differs = ids.filter((id) => {
    const want = wanted.get(id)
    return want !== undefined && shown.get(id)?.stamp !== want.hash && isSettled(want.writtenAtMs)
  })
  const extra = ids.filter((id) => shown.has(id) && !wanted.has(id))
  for (const id of differs) found[shown.has(id) ? 'vectors_stale' : 'vectors_missing'] += 1
  found.vectors_extra += extra.length
  if (extra.length > 0) await deps.vectors.remove(space, view, extra)
  if (differs.length === 0) return
  await deps.ledger.forget(space, view, differs)
  await embedInto(space, view, differs, deps, keep)
}

async function mendCards(
  shop: string,
  places: readonly ItemPlace[],
  found: Differences,
  deps: ReconcileDeps,
): Promise<void> {
  const cards = await deps.cache.items(
    shop,
    places.map((place) => place.item),
  )
  const differs = places.filter(({ item, live, epoch }) => {
    const card = cards.get(item)
    if (live && card === undefined) found.cards_missing += 1
    else if (live && card!.epoch !== epoch) found.cards_stale += 1
    else if (!live && card !== undefined) found.cards_extra += 1
    else return false
    return true
  })
  await writeCards(
    shop,
    differs.map((place) => place.item),
    deps,
  )
}
