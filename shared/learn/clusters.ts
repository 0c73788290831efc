import { FACTOR_DIMS, packDirection } from '../domain/item_factors.ts'
import { TASTE_ITEMS_KEPT, TASTE_SHOPPERS_MIN, TASTES_MAX, type TastesText } from '../domain/tastes.ts'
import { allocateArrays, Column, decodeArrays } from './arrays.ts'
import { clustersOf, nearestCentre } from './clusters_kmeans.ts'
import { fitSharpness } from './clusters_sharpness.ts'
import { factorsLearner, openFactors } from './factors.ts'
import { interestsOf } from './interests_pool.ts'
import { interestsLearner, openPoolSettings } from './interests_pool_fit.ts'
import { fadedPast, pastOf } from './interests_pool_past.ts'
import type { Gathering, Learner, LearnInput } from './learner.ts'
import type { Visits } from './visits.ts'

/** Shoppers by whom tastes are told apart; everybody counts in what they want. */
const SAMPLE_SHOPPERS = 15_000
/** A taste has so many shoppers on average: with fewer its items are chance. */
const SHOPPERS_PER_TASTE = 40
const SHOPPERS_PER_BREATH = 50
/** An item that fewer shoppers of a taste wanted is not told of it. */
const TOLD_MIN = 3

const SHAPE = { centres: 'Float32', sizes: 'Float64', counts: 'Float32' } as const

/**
 * Tastes: groups of shoppers' interests by spherical k-means, with what their shoppers want. No shopper is named, and
 * no taste has fewer than TASTE_SHOPPERS_MIN.
 */
export const clustersLearner: Learner = {
  name: 'clusters',
  version: 1,
  dependsOn: [factorsLearner.name, interestsLearner.name],
  gather: gatherClusters,
  open(state, input) {
    return {
      count: 1,
      // biome-ignore lint/correctness/useYield: sixty-four lists
      *block() {
        const tastes = tastesOf(state, input)
        return tastes === null ? [] : [JSON.stringify(['clusters', tastes])]
      },
    }
  },
}

function gatherClusters(input: LearnInput): Gathering {
  const { vectors, shoppers } = openFactors(input.state(factorsLearner.name))
  const { halfLifeDays, several } = openPoolSettings(input.state(interestsLearner.name))
  const wants = (item: number) => shoppers[item]! > 0
  const every = Math.max(1, Math.ceil(input.shoppers / SAMPLE_SHOPPERS))
  const sampled = { vectors: new Column(new Float32Array(0)), weights: new Column(new Float32Array(0)) }
  let made: ReturnType<typeof allocate> | null = null
  const allocate = (centres: Float32Array) => {
    const count = centres.length / FACTOR_DIMS
    const lengths = { centres: centres.length, sizes: count, counts: count * input.items.length }
    const own = allocateArrays(SHAPE, lengths)
    own.arrays.centres.set(centres)
    return own
  }
  function* cluster(): Generator<void, Float32Array> {
    const count = sampled.weights.length
    const points = { count, vectors: sampled.vectors.values, weights: sampled.weights.values }
    const people = Math.floor(input.shoppers / every)
    const most = Math.min(
      TASTES_MAX,
      Math.floor(Math.sqrt(people)),
      Math.max(1, Math.floor(people / SHOPPERS_PER_TASTE)),
    )
    return yield* clustersOf(points, most, TASTE_SHOPPERS_MIN)
  }
  function* each(
    visits: Visits,
    use: (shopper: number, own: ReturnType<typeof interestsOf>, items: readonly number[]) => void,
  ) {
    for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
      const [from, to] = [visits.shopperStart[shopper]!, visits.shopperStart[shopper + 1]!]
      const past = fadedPast(pastOf(visits, from, to, input.newestMs, wants), halfLifeDays)
      use(shopper, interestsOf(past, vectors, several), past.items)
      if (shopper % SHOPPERS_PER_BREATH === 0) yield
    }
  }
  let seen = 0
  return {
    passes: 2,
    *bucket(pass, _bucket, visits) {
      if (pass === 0) {
        yield* each(visits, (_shopper, { interests }) => {
          if (seen++ % every !== 0) return
          for (const { vector, share } of interests) {
            for (const value of vector) sampled.vectors.push(value)
            sampled.weights.push(share)
          }
        })
        return
      }
      made ??= allocate(yield* cluster())
      const { centres, sizes, counts } = made.arrays
      if (sizes.length === 0) return
      yield* each(visits, (_shopper, { interests, of }, items) => {
        const tastes = interests.map(({ vector }) => nearestCentre(centres, vector))
        for (const [at, taste] of tastes.entries()) sizes[taste]! += interests[at]!.share
        for (const [at, item] of items.entries())
          if (of[at] !== -1) counts[tastes[of[at]!]! * input.items.length + item]! += 1
      })
    },
    *finish() {
      return (made ?? allocate(yield* cluster())).bytes
    },
  }
}

/** Shoppers' interests may spread thinner over all than over the sample: tastes of too few are left out here. */
function tastesOf(state: Uint8Array, input: LearnInput): TastesText | null {
  const { centres, sizes, counts } = decodeArrays(state, SHAPE).arrays
  const { vectors } = openFactors(input.state(factorsLearner.name))
  const width = input.items.length
  const kept = [...sizes.keys()].filter((taste) => sizes[taste]! >= TASTE_SHOPPERS_MIN)
  if (kept.length === 0) return null
  kept.sort((a, b) => sizes[b]! - sizes[a]! || a - b)
  const all = new Float64Array(width)
  for (const taste of kept) for (let item = 0; item < width; item++) all[item]! += counts[taste * width + item]!
  const shoppers = kept.reduce((sum, taste) => sum + sizes[taste]!, 0)
  const { halfLifeDays, several } = openPoolSettings(input.state(interestsLearner.name))
  return {
    v: 1,
    asOfMs: input.newestMs,
    shoppers: Math.round(shoppers),
    halfLifeDays,
    several,
    sharpness: fitSharpness({ centres, sizes, counts, kept, all, factors: vectors }),
    tastes: kept.map((taste) => ({
      shoppers: Math.round(sizes[taste]!),
      centre: packDirection(centres.subarray(taste * FACTOR_DIMS, (taste + 1) * FACTOR_DIMS)),
      items: typicalItems(counts.subarray(taste * width, (taste + 1) * width), sizes[taste]! / shoppers, all, input),
      names: [],
    })),
  }
}

/** Items that the taste's shoppers want more than others do: [id, shoppers of the taste, shoppers in all]. */
function typicalItems(own: Float32Array, share: number, all: Float64Array, { items }: LearnInput) {
  const found: Array<[item: number, excess: number]> = []
  for (let item = 0; item < own.length; item++) {
    if (own[item]! < TOLD_MIN) continue
    const expected = all[item]! * share
    // Standard deviations of a Poisson count above what chance gives.
    const excess = Math.round(((own[item]! - expected) / Math.sqrt(expected)) * 1e4)
    if (excess > 0) found.push([item, excess])
  }
  found.sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return found
    .slice(0, TASTE_ITEMS_KEPT)
    .map(([item]): [string, number, number] => [items[item]!, own[item]!, all[item]!])
}
