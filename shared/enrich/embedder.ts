import type { VectorBinding, VectorSpace } from '../domain/vector_space.ts'
import { type EmbedderChoice, isLocalVersion, localVersion } from '../model/embedder_rpc.ts'
import { encodeModel } from '../model/local/codec.ts'
import { createLocalFitter } from '../model/local/fit.ts'
import type { StoredSpace, TextsThen } from '../store/catalogue/vector_spaces.ts'
import type { EnrichDeps } from './deps.ts'
import { foundFields, itemFields } from './item_fields.ts'

/** The local embedder is learned anew when the shop's texts have grown to this many times what it was learned from. */
const GROWTH_TO_REFIT = 1.25
/** Documents read at once from D1. */
const PAGE = 200
/** Documents learned from: beyond it the memory of a worker ends, and more add little. */
const DOCUMENTS_MAX = 12_000
/** What was understood of an item stands beside its own words, and counts less. */
const FOUND_WEIGHT = 0.5
/** Changes the directions of a refitted space; fixed, so that equal catalogues give equal embedders. */
const SEED = 20_261_121

/** No bound index takes vectors of this embedder. The message names what to create: it may be shown. */
export class NoVectorIndex extends Error {
  constructor(dimensions: number) {
    super(
      `no bound vector index has ${dimensions} dimensions: create one (wrangler vectorize create shelfwise-items-b ` +
        `--dimensions=${dimensions} --metric=cosine), bind it as ITEM_VECTORS_B in wrangler.toml and ` +
        'workers/enrich/wrangler.toml, and deploy both',
    )
    this.name = 'NoVectorIndex'
  }
}

/** The spaces that are written to: the one that searches ask, and the one that is being filled to follow it. */
export interface Spaces {
  active: StoredSpace | null
  next: StoredSpace | null
}

export async function spacesOf(shop: string, deps: Pick<EnrichDeps, 'spaces'>): Promise<Spaces> {
  const all = await deps.spaces.all(shop)
  const role = (name: StoredSpace['role']) => all.find((space) => space.role === name) ?? null
  return { active: role('active'), next: role('next') }
}

/**
 * Sees to it that the shop has the embedder that it ought to have: the first one becomes active at once, another one
 * opens a space beside it. A local embedder is learned when there is none, when the shop has outgrown it, when it was
 * learned before the shop's texts had settled (an import went on, or none of them was expanded yet), or `anew`.
 * @throws NoVectorIndex
 */
export async function ensureSpaces(shop: string, deps: EnrichDeps, anew = false): Promise<Spaces> {
  const before = await spacesOf(shop, deps)
  const { live } = await deps.catalogue.counts(shop)
  if (live === 0) return before
  const choice = await deps.model.embedder(shop)
  const documents = live + (await deps.found.count(shop))
  const { active, next } = before
  const { version, learned } = await wantedVersion(shop, choice, documents, before, deps, anew)
  const same = [active, next].find((space) => space?.version === version)
  if (!same) {
    const binding = await bindingFor(choice.dimensions, active?.binding ?? 'a', deps)
    const space: VectorSpace = { shop, version, binding, dimensions: choice.dimensions }
    // A provider's embedder learns from nothing that may settle.
    const texts = learned ?? { documents, settled: true }
    await deps.spaces.open(space, texts, deps.clock.now())
    deps.log.info('vector_space_opened', { shop, version, binding, ...texts })
    return spacesOf(shop, deps)
  }
  // Only what it was learned from counts: a shop that grows by an item a day would never outgrow its last look.
  if (learned !== null) await deps.spaces.noteTexts(shop, version, learned)
  if (same === active && next !== null) await deps.spaces.abandon(shop, deps.clock.now())
  return spacesOf(shop, deps)
}

/** The embedder that the shop ought to have, and from what it was learned where that was just now. */
async function wantedVersion(
  shop: string,
  choice: EmbedderChoice,
  documents: number,
  { active, next }: Spaces,
  deps: EnrichDeps,
  anew: boolean,
): Promise<{ version: string; learned: TextsThen | null }> {
  if (choice.kind === 'provider') return { version: choice.version, learned: null }
  const current = [next, active].find(
    (space) => space !== null && isLocalVersion(space.version) && space.dimensions === choice.dimensions,
  )
  const isFit = current != null && !anew && documents <= current.documents * GROWTH_TO_REFIT
  if (isFit && current.settled) return { version: current.version, learned: null }
  // Before anything is learned: what settles meanwhile is not in it.
  const settled = await isSettled(shop, deps)
  if (isFit && !settled) return { version: current.version, learned: null }
  // Asked first: an embedder that has nowhere to put its vectors need not be learned.
  await bindingFor(choice.dimensions, active?.binding ?? 'a', deps)
  return { version: await learnLocal(shop, choice.dimensions, deps), learned: { documents, settled } }
}

/** Whether every item is understood, and was once expanded by what was learned of it: then the texts are those that stay. */
async function isSettled(shop: string, { enrichments, jobs }: EnrichDeps): Promise<boolean> {
  if ((await enrichments.missing(shop, 1)).length > 0) return false
  const learn = await jobs.get(shop, 'learn')
  if (learn !== null && learn.finishedAtMs === null) return false
  const expand = await jobs.get(shop, 'expand')
  return expand === null || (expand.state === 'idle' && !expand.due)
}

/** The index with these dimensions, the one already in use before the other. */
async function bindingFor(dimensions: number, preferred: VectorBinding, deps: EnrichDeps): Promise<VectorBinding> {
  const order: readonly VectorBinding[] = preferred === 'a' ? ['a', 'b'] : ['b', 'a']
  for (const binding of order) if ((await deps.vectors.dimensions(binding)) === dimensions) return binding
  throw new NoVectorIndex(dimensions)
}

/** Learns from items' own words and what was understood of them, so that the one leads to the other. */
async function learnLocal(shop: string, dimensions: number, deps: EnrichDeps): Promise<string> {
  const fitter = createLocalFitter({ seed: SEED, dimensions })
  let afterSeq = 0
  let read = 0
  while (read < DOCUMENTS_MAX) {
    const page = await deps.catalogue.textsAfter(shop, afterSeq, PAGE)
    if (page.texts.length === 0) break
    const understood = await deps.found.of(
      shop,
      page.texts.map((text) => text.id),
    )
    for (const text of page.texts) {
      await deps.breathe()
      const found = understood.get(text.id)
      const more = found === undefined ? [] : foundFields(found)
      fitter.add({
        id: text.id,
        fields: [...itemFields(text), ...more.map((field) => ({ ...field, weight: field.weight * FOUND_WEIGHT }))],
      })
    }
    read += page.texts.length
    afterSeq = page.lastSeq
  }
  const model = await fitter.finishInSlices(deps.breathe)
  const version = localVersion(model.version, dimensions)
  // The artefact before anything that names it.
  await deps.embedders.put(shop, version, encodeModel(model))
  deps.log.info('embedder_fitted', { shop, version, documents: read })
  return version
}
