import { chunk, mapConcurrent } from '../base/batch.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { FACTOR_DIMS, type ItemFactor } from '../domain/item_factors.ts'
import type { VectorSpace } from '../domain/vector_space.ts'
import { openWishSample, renumberedWishes, wishSampleLearner } from '../learn/factors_sample.ts'
import type { Wishes } from '../learn/factors_svd.ts'
import { breathing, OBJECTS } from '../learn/step.ts'
import { anchorsOf } from '../learn/text_map_anchors.ts'
import { fitTextMap, SHIPPED_SETTINGS } from '../learn/text_map_fit.ts'
import { encodeTextMap } from '../learn/text_map_pack.ts'
import { whitened, whiteningOf } from '../learn/text_map_whiten.ts'
import type { TextMapMark } from '../store/catalogue/factors.ts'
import type { LearnRun } from '../store/operations/learn_runs.ts'
import type { EnrichDeps, Keep } from './deps.ts'

/** Items that texts are placed by, the most wanted: a placement looks at all of them, and vectors lie in memory. */
const ANCHORS_MAX = 6_000
/** Numbers of their vectors: eight megabytes. */
const NUMBERS_MAX = 2_000_000
/** Fewer give a text no place. */
const ANCHORS_MIN = 30
const VECTORS_PER_CALL = 100
const WIDTH = 4
/** Choosing settings and decomposing take some ten seconds of computing; a lease must not end within. */
const BUILD_MS = 2 * MINUTE_MS

/** A map that lacks many of the anchors, since the index did not show them yet, is made again after this, if more are shown by then. */
const INCOMPLETE_FOR_MS = 10 * MINUTE_MS
const INCOMPLETE_SHARE = 0.1

type MapDeps = Pick<EnrichDeps, 'factors' | 'vectors' | 'artefacts' | 'learnRuns' | 'clock' | 'breathe' | 'log'>

/**
 * The map from texts to the factors of the published run, for a space; made here where there is none yet.
 * @returns null where nothing was learned yet, or too little
 */
export async function currentTextMap(space: VectorSpace, deps: MapDeps, keep: Keep): Promise<TextMapMark | null> {
  const run = await deps.learnRuns.published(space.shop)
  if (run === null) return null
  const known = await deps.factors.textMap(space.shop)
  const of = `${run.run} ${space.version}`
  const isDue =
    known?.of !== of ||
    (known.missing > INCOMPLETE_SHARE * (known.anchors + known.missing) &&
      deps.clock.now() - known.builtAtMs >= INCOMPLETE_FOR_MS)
  const mark = isDue ? await buildTextMap(space, of, await sampleOf(run, deps), known, deps, keep) : known
  return mark.anchors === 0 ? null : mark
}

interface Sample {
  wishes: Wishes
  items: readonly string[]
}

/** What a run of our own left of its shoppers' wishes; null where another machine learned. */
async function sampleOf(run: Pick<LearnRun, 'shop' | 'run' | 'origin'>, deps: MapDeps): Promise<Sample | null> {
  const folder = deps.artefacts.folder(run.shop, run.origin, run.run)
  const name = OBJECTS.state(wishSampleLearner.name)
  return (await folder.has(name)) ? openWishSample(await folder.bytes(name)) : null
}

async function buildTextMap(
  space: VectorSpace,
  of: string,
  sample: Sample | null,
  previous: TextMapMark | null,
  deps: MapDeps,
  keep: Keep,
): Promise<TextMapMark> {
  const { shop } = space
  const { anchors: found, vectors, missing } = await anchorVectors(space, deps)
  const builtAtMs = deps.clock.now()
  // Items without a text of their own are never shown: to place everything again for nothing would have no end.
  if (previous?.of === of && missing >= previous.missing) {
    const looked = { ...previous, builtAtMs }
    await deps.factors.putTextMap(shop, looked, builtAtMs)
    return looked
  }
  await keep(BUILD_MS)
  const settings = previous?.settings ?? SHIPPED_SETTINGS
  const version = `${of} ${builtAtMs}`
  const none: TextMapMark = { v: 1, of, version, anchors: 0, missing, builtAtMs, settings, measured: null }
  if (found.length < ANCHORS_MIN) {
    await deps.factors.putTextMap(shop, none, builtAtMs)
    return none
  }
  const rawDims = space.dimensions
  const fit = sample === null ? null : await fitted(sample, found, { vectors, rawDims }, deps)
  const chosen = fit?.both.settings ?? settings
  const whitening = await breathing(whiteningOf(vectors, rawDims), deps.breathe)
  const factors = {
    vectors: new Float32Array(found.length * FACTOR_DIMS),
    shoppers: Int32Array.from(found, (one) => one.shoppers),
  }
  for (const [at, { vector }] of found.entries()) factors.vectors.set(vector, at * FACTOR_DIMS)
  const anchors = anchorsOf(Int32Array.from(found.keys()), factors, whitening.axes, (at) =>
    whitened(whitening, chosen.eps, vectors.subarray(at * rawDims, (at + 1) * rawDims)),
  )
  const ids = found.map(({ item }) => item)
  await deps.artefacts.putTextMap(shop, encodeTextMap({ version, settings: chosen, whitening, anchors, ids }))
  const rounded = (value: number) => Math.round(value * 1e4) / 1e4
  const mark: TextMapMark = {
    ...none,
    anchors: found.length,
    settings: chosen,
    measured:
      fit === null
        ? null
        : {
            items: fit.items,
            shoppers: fit.shoppers,
            auc: { both: rounded(fit.both.auc), map: rounded(fit.map.auc), text: rounded(fit.text.auc) },
          },
  }
  await deps.factors.putTextMap(shop, mark, builtAtMs)
  deps.log.info('text_map_built', { shop, anchors: mark.anchors, auc: mark.measured?.auc.both ?? null })
  return mark
}

/** The most wanted items that the index shows, with their vectors one after the other. */
async function anchorVectors(space: VectorSpace, { factors, vectors, breathe }: MapDeps) {
  const wanted = await factors.anchors(space.shop, Math.min(ANCHORS_MAX, Math.floor(NUMBERS_MAX / space.dimensions)))
  const anchors: ItemFactor[] = []
  const packed = new Float32Array(wanted.length * space.dimensions)
  await mapConcurrent(chunk([...wanted.keys()], VECTORS_PER_CALL), WIDTH, async (part) => {
    const found = await vectors.get(
      space,
      'text',
      part.map((at) => wanted[at]!.item),
    )
    for (const at of part) {
      const own = found.get(wanted[at]!.item)
      if (own !== undefined) packed.set(own.values, at * space.dimensions)
      else wanted[at] = { ...wanted[at]!, shoppers: 0 }
    }
    await breathe()
  })
  for (const [at, own] of wanted.entries()) {
    if (own.shoppers === 0) continue
    packed.copyWithin(anchors.length * space.dimensions, at * space.dimensions, (at + 1) * space.dimensions)
    anchors.push(own)
  }
  const missing = wanted.length - anchors.length
  return { anchors, missing, vectors: packed.subarray(0, anchors.length * space.dimensions) }
}

async function fitted(
  { wishes, items }: Sample,
  anchors: readonly ItemFactor[],
  texts: { vectors: Float32Array; rawDims: number },
  { breathe }: MapDeps,
) {
  const places = new Map(anchors.map(({ item }, at) => [item, at]))
  const place = Int32Array.from(items, (item) => places.get(item) ?? -1)
  return breathing(fitTextMap({ wishes: renumberedWishes(wishes, place, anchors.length), ...texts }), breathe)
}
