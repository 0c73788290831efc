import { DAY_MS } from '../base/clock.ts'
import { FACTOR_DIMS } from '../domain/item_factors.ts'
import { decodeArrays, encodeArrays } from './arrays.ts'
import { factorsLearner, openFactors } from './factors.ts'
import { interestsOf } from './interests_pool.ts'
import { fadedPast, pastOf } from './interests_pool_past.ts'
import { type Gathering, type Learner, type LearnInput, NO_BLOCKS } from './learner.ts'
import type { Visits } from './visits.ts'

/** How shoppers are pooled: chosen by what says best what they want next. */
export interface PoolSettings {
  /** A wish of this age counts half; null: age does not matter. */
  halfLifeDays: number | null
  /** Whether broad pasts have several interests, of which the best counts. */
  several: boolean
}

/** What a shop gets whose shoppers do not come back. */
const SHIPPED: PoolSettings = { halfLifeDays: 90, several: false }
const GRID: readonly PoolSettings[] = [null, 365, 90, 30, 7].flatMap((halfLifeDays) => [
  { halfLifeDays, several: false },
  { halfLifeDays, several: true },
])
/** Visits of the shop's last weeks are guessed from those before. */
const GUESSED_MS = 56 * DAY_MS
const SHOPPERS_MAX = 4_000
const TARGETS_MAX = 10
/** Other wishes of the bucket that a guessed one has to stand before. */
const OTHERS = 50
/** Fewer guesses are chance. */
const GUESSES_MIN = 100

/**
 * Chooses how shoppers are pooled on the shop's last weeks: of each shopper's last visit the new items are guessed from
 * the visits before, against wishes of others; the loss is the share of those that stand before the guessed item.
 */
export const interestsLearner: Learner = {
  name: 'interests',
  version: 1,
  dependsOn: [factorsLearner.name],
  gather: gatherLosses,
  open: () => NO_BLOCKS,
}

function gatherLosses(input: LearnInput): Gathering {
  const { vectors, shoppers } = openFactors(input.state(factorsLearner.name))
  const wants = (item: number) => shoppers[item]! > 0
  const losses = new Float64Array(GRID.length)
  const every = Math.max(1, Math.floor(input.shoppers / SHOPPERS_MAX))
  let guesses = 0
  let seen = 0
  return {
    passes: 1,
    *bucket(_pass, _bucket, visits) {
      for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
        if (seen++ % every !== 0) continue
        const guessed = guessable(visits, shopper, input.newestMs, wants)
        if (guessed === null) continue
        const others = othersIn(visits, shopper)
        for (const [at, settings] of GRID.entries()) {
          const { interests } = interestsOf(fadedPast(guessed.past, settings.halfLifeDays), vectors, settings.several)
          const score = (item: number) => Math.max(...interests.map((one) => scored(one.vector, vectors, item)), -1)
          const values = others.map(score)
          for (const target of guessed.targets) losses[at]! += shareBefore(values, score(target))
        }
        guesses += guessed.targets.length
        yield
      }
    },
    *finish() {
      let best = -1
      // Rounded: powers differ in their last bit between engines, and the choice must not.
      const mean = Array.from(losses, (loss) => Math.round((loss / Math.max(1, guesses)) * 1e4) / 1e4)
      for (const [at, loss] of mean.entries()) if (best === -1 || loss < mean[best]!) best = at
      const settings = guesses < GUESSES_MIN ? SHIPPED : GRID[best]!
      return encodeArrays({ losses: Float64Array.from(mean) }, { ...settings, guesses })
    },
  }
}

export const openPoolSettings = (state: Uint8Array): PoolSettings & { guesses: number; losses: Float64Array } => {
  const { meta, arrays } = decodeArrays(state, { losses: 'Float64' } as const)
  return { ...(meta as PoolSettings & { guesses: number }), losses: arrays.losses }
}

function guessable(visits: Visits, shopper: number, newestMs: number, wants: (item: number) => boolean) {
  const [first, end] = [visits.shopperStart[shopper]!, visits.shopperStart[shopper + 1]!]
  const last = end - 1
  if (last <= first || newestMs - visits.visitAt[last]! > GUESSED_MS) return null
  const past = pastOf(visits, first, last, newestMs, wants)
  const known = new Set(past.items)
  const targets = pastOf(visits, last, end, newestMs, wants)
    .items.filter((item) => !known.has(item))
    .slice(0, TARGETS_MAX)
  return past.items.length === 0 || targets.length === 0 ? null : { past, targets }
}

/** Wishes of the whole bucket, spread evenly from a place that differs by shopper: the much wanted come more often. */
function othersIn({ item }: Visits, shopper: number): number[] {
  const step = Math.max(1, Math.floor(item.length / OTHERS))
  const first = Math.imul(shopper + 1, 0x9e3779b1) >>> 0
  return Array.from({ length: OTHERS }, (_, at) => item[(first + at * step) % item.length]!)
}

function scored(vector: Float32Array, factors: Float32Array, item: number): number {
  let sum = 0
  for (let dim = 0, from = item * FACTOR_DIMS; dim < FACTOR_DIMS; dim++) sum += vector[dim]! * factors[from + dim]!
  return sum
}

function shareBefore(values: readonly number[], own: number): number {
  let before = 0
  for (const value of values) before += value > own ? 1 : value === own ? 0.5 : 0
  return before / values.length
}
