import { MINUTE_MS } from '../base/clock.ts'
import { VECTOR_VIEWS, type VectorSpace, type VectorView } from '../domain/vector_space.ts'
import { isLocalVersion } from '../model/embedder_rpc.ts'
import type { StoredSpace } from '../store/catalogue/vector_spaces.ts'
import { placeArrivals } from './arrivals.ts'
import { writeCards } from './cards.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { drop, EmbedderFailed, embedInto, payingOnce, touchIndex } from './embed_items.ts'
import { ensureSpaces, NoVectorIndex, spacesOf } from './embedder.ts'
import { indexFound } from './found.ts'
import { withoutPoison } from './quarantine.ts'
import { packSimilar } from './similar.ts'

const EMBED_PER_ROUND = 500
/** Vectors looked up, or removed, at once. */
const LOOK_PER_ROUND = 100
/**
 * After a switch the former space is kept this long: isolates hold a shop's configuration for 30 s, replicas of D1 may
 * lag, and a reader that falls back to the copy in KV may hold one that is another minute old.
 */
export const SPACE_GRACE_MS = 10 * MINUTE_MS
/** A write that the index does not show after this was lost, and is made again; it takes seconds as a rule. */
const LOST_AFTER_MS = 10 * MINUTE_MS

/**
 * Brings a shop's embedder, vectors and text neighbours up to date, and switches to the next embedder's space once it is
 * complete. Every step may be repeated, so a run that dies is gone on with by the next.
 */
export async function prepareVectors(shop: string, deps: EnrichDeps, keep: Keep): Promise<void> {
  await deps.newness.count(shop, deps.clock.now())
  await indexFound(shop, deps, undefined, keep)
  const failures: unknown[] = []
  /** One space's trouble must not keep the other from being filled; the first failure is told once all was tried. */
  const attempt = (work: () => Promise<unknown>) =>
    work().catch((error: unknown) => {
      if (!(error instanceof EmbedderFailed || error instanceof NoVectorIndex)) throw error
      failures.push(error)
    })
  await attempt(() => ensureSpaces(shop, deps))
  const { active, next } = await spacesOf(shop, deps)
  if (active !== null) await attempt(() => fill(active, deps, keep))
  if (next !== null) await attempt(() => follow(next, deps, keep))
  const { active: inUse, next: coming } = await spacesOf(shop, deps)
  if (inUse !== null) await packAllSimilar(inUse, deps, keep)
  if (inUse !== null) await placeArrivals(inUse, deps, keep, coming === null)
  await clearOldSpaces(shop, deps, keep)
  if (failures.length > 0) throw failures[0]
}

/** Fills the next space and makes it the active one when nothing that is found now would be lost by that. */
async function follow(next: StoredSpace, deps: EnrichDeps, keep: Keep): Promise<void> {
  const { shop, version } = next
  await fill(next, deps, keep)
  if (!(await deps.spaces.switchTo(shop, version, deps.clock.now()))) return
  deps.log.info('vector_space_switched', { shop, version })
  await tellReaders(shop, deps)
}

/** The copy of the configuration that readers fall back to names the space as well. */
async function tellReaders(shop: string, deps: EnrichDeps): Promise<void> {
  const config = await deps.shops.config(shop)
  if (config !== null) await deps.cache.putShop(config)
}

/** Makes what is missing, removes what is gone, and looks what the index shows by now. */
async function fill(space: VectorSpace, deps: EnrichDeps, keep: Keep): Promise<void> {
  const { shop } = space
  for (const view of VECTOR_VIEWS) {
    for (;;) {
      const gone = await deps.ledger.gone(space, view, EMBED_PER_ROUND)
      if (gone.length === 0) break
      await drop(space, view, gone, deps)
      await keep()
    }
    const waiting = await deps.ledger.countDue(space, view)
    if (waiting === 0) continue
    await deps.jobs.started(shop, 'embed', waiting, deps.clock.now())
    let done = 0
    while (done < waiting) {
      const due = await deps.ledger.due(space, view, EMBED_PER_ROUND)
      if (due.length === 0) break
      const failure = await embedApart(
        space,
        view,
        due.map((one) => one.item),
        deps,
        keep,
      )
      if (failure !== null) {
        // An artefact that was lost is learned again: equal texts give the equal embedder.
        if (failure.reason === 'unknown_version' && isLocalVersion(space.version)) await ensureSpaces(shop, deps, true)
        throw failure
      }
      done += due.length
      await deps.jobs.progressed(shop, 'embed', Math.min(done, waiting), waiting, null)
      await keep()
    }
    await deps.jobs.finished(shop, 'embed', deps.clock.now(), null)
  }
  await confirmShown(space, deps, keep)
}

/** Embeds items, the poor ones put aside. @returns what the embedder itself failed with, which is no item's fault */
async function embedApart(
  space: VectorSpace,
  view: VectorView,
  items: readonly string[],
  deps: EnrichDeps,
  keep: Keep,
): Promise<EmbedderFailed | null> {
  const own = payingOnce(deps)
  let failure: EmbedderFailed | null = null
  const work = async (part: readonly string[]) => {
    if (failure !== null) return
    try {
      await embedInto(space, view, part, own, keep)
    } catch (error) {
      if (!(error instanceof EmbedderFailed)) throw error
      failure = error
    }
    await keep()
  }
  await withoutPoison(space.shop, 'embed', items, deps, work, () => touchIndex(space, deps))
  return failure
}

/** Notes which of the written vectors the index shows. One that it lost is forgotten, and so made again. */
export async function confirmShown(space: VectorSpace, deps: EnrichDeps, keep: Keep): Promise<void> {
  let after: { view: 'text' | 'found'; item: string } | null = null
  for (;;) {
    const rows = await deps.ledger.unseen(space, after, LOOK_PER_ROUND)
    if (rows.length === 0) return
    for (const view of VECTOR_VIEWS) {
      const own = rows.filter((row) => row.view === view)
      if (own.length === 0) continue
      const shown = await deps.vectors.get(
        space,
        view,
        own.map((row) => row.item),
      )
      const isShown = (row: (typeof own)[number]) => shown.get(row.item)?.stamp === row.hash
      await deps.ledger.saw(space, view, own.filter(isShown))
      const lost = own.filter((row) => !isShown(row) && deps.clock.now() - row.writtenAtMs > LOST_AFTER_MS)
      if (lost.length === 0) continue
      deps.log.error('vectors_lost', new Error('the index does not show what it took'), { count: lost.length })
      await deps.ledger.forget(
        space,
        view,
        lost.map((row) => row.item),
      )
    }
    after = rows.at(-1)!
    await keep()
  }
}

/** Empties the spaces that no reader can still ask, in bites, and forgets each once it is empty. */
async function clearOldSpaces(shop: string, deps: EnrichDeps, keep: Keep): Promise<void> {
  for (const space of await deps.spaces.all(shop)) {
    if (space.role !== 'old' || deps.clock.now() - (space.retiredAtMs ?? 0) < SPACE_GRACE_MS) continue
    // Its index is not bound any more: nothing can reach it, and whoever took it away removes it.
    const isBound = (await deps.vectors.dimensions(space.binding)) === space.dimensions
    for (;;) {
      const some = await deps.ledger.some(space, LOOK_PER_ROUND)
      if (some.length === 0) break
      for (const view of VECTOR_VIEWS) {
        const items = some.filter((row) => row.view === view).map((row) => row.item)
        if (isBound) await drop(space, view, items, deps)
        else await deps.ledger.forget(space, view, items)
      }
      await keep()
    }
    await deps.embedders.remove(shop, space.version)
    await deps.spaces.forget(shop, space.version)
    deps.log.info('vector_space_cleared', { shop, version: space.version })
  }
}

async function packAllSimilar(space: VectorSpace, deps: EnrichDeps, keep: Keep): Promise<void> {
  const { shop } = space
  const due = (await deps.jobs.get(shop, 'similar'))?.due === true
  let started = false
  for (;;) {
    const { packed, seen } = await packSimilar(space, deps)
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
