/**
 * A model that prefers what it is shown first: how much of that is left in an order, by the number and kind of
 * presentations. Through the shipped prompt, the scripted model and the shipped reading.
 */
import { expect, test } from 'vitest'
import { manualClock } from '../shared/base/clock.ts'
import { seededRng } from '../shared/base/rng.ts'
import { borda } from '../shared/rerank/borda.ts'
import { makeOrder } from '../shared/rerank/make_order.ts'
import { NO_PAST } from '../shared/rerank/past.ts'
import { presentations } from '../shared/rerank/permutations.ts'
import type { RankingOptions } from '../workers/local/openai/rank.ts'
import { orderCandidateOf, orderContext, scriptedRanker } from './support/scripted_ranker.ts'

const SEED = 20_261_121
const CANDIDATES = 20
const ROUNDS = 40
/** Share of the slope of one pass that three balanced ones may leave. */
const LEFT_MAX = 0.25

/** The target is the best by a margin that a biased model overlooks when it stands late. */
const TARGET = 0.75
interface Trial {
  base: ReturnType<typeof orderCandidateOf>[]
  relevance: Record<string, number>
}

/** A list whose target stands at a base place, all others of chance relevance below it. */
function trial(place: number, round: number): Trial {
  const rng = seededRng(SEED + 1_000 * round + place)
  const relevance: Record<string, number> = {}
  const base = Array.from({ length: CANDIDATES }, (_, index) => {
    const item = orderCandidateOf(index === place ? 'target' : `${index}`)
    relevance[item.title] = index === place ? TARGET : rng.next()
    return item
  })
  return { base, relevance }
}

/** Wanted order of one trial: base places, and where each presentation showed the target. */
type Ranker = (
  one: Trial,
  ranking: RankingOptions,
  seed: number,
) => Promise<{ order: readonly number[]; shownAt: number[] }>

const passes =
  (count: number): Ranker =>
  async ({ base }, ranking, seed) => {
    const model = scriptedRanker(SEED, ranking)
    const deps = { complete: model.complete, clock: manualClock(0) }
    const made = await makeOrder(orderContext(), base, NO_PAST, deps, { passes: count, deadlineMs: 1_000, seed })
    if (!made.ok) throw new Error(made.reason)
    const shownAt = model.calls.map(({ user }) => {
      const { candidates } = JSON.parse(user) as { candidates: Array<{ title: string }> }
      return candidates.findIndex(({ title }) => title === 'Thing target')
    })
    return { order: made.order.order, shownAt }
  }

/** What three passes of one presentation, or of independent ones, would say: the same model, asked by hand. */
const handmade =
  (shownOf: (n: number, seed: number) => number[][]): Ranker =>
  async ({ base }, ranking, seed) => {
    const target = base.findIndex(({ id }) => id === 'target')
    const shown = shownOf(base.length, seed)
    const orders: number[][] = []
    for (const presentation of shown) {
      const items = presentation.map((place) => base[place]!)
      const { order } = await passes(1)({ base: items, relevance: {} }, ranking, seed)
      orders.push(order.map((place) => presentation[place]!))
    }
    return { order: borda(orders).order, shownAt: shown.map((one) => one.indexOf(target)) }
  }
const thrice = handmade((n, seed) => {
  const [first] = presentations(n, 3, seed)
  return [first!, first!, first!]
})
const independent = handmade((n, seed) => [1, 2, 3].map((pass) => presentations(n, 3, 31 * seed + pass)[0]!))

/**
 * Least-squares slope of the target's gain, 1 / log2(rank + 1), by the place at which it was shown; per place. Of several
 * passes the steepest: none may be the one that counts.
 */
async function slope(rank: Ranker, bias: Omit<RankingOptions, 'relevance'>): Promise<number> {
  const points: Array<{ shownAt: readonly number[]; gain: number }> = []
  for (let round = 0; round < ROUNDS; round++) {
    for (let place = 0; place < CANDIDATES; place++) {
      const one = trial(place, round)
      const { order, shownAt } = await rank(one, { ...bias, relevance: one.relevance }, SEED + 97 * round + place)
      points.push({ shownAt, gain: 1 / Math.log2(order.indexOf(place) + 2) })
    }
  }
  const gains = points.map(({ gain }) => gain)
  const slopes = points[0]!.shownAt.map((_, pass) =>
    fitted(
      points.map(({ shownAt }) => shownAt[pass]!),
      gains,
    ),
  )
  return slopes.reduce((steepest, own) => (Math.abs(own) > Math.abs(steepest) ? own : steepest))
}

const mean = (values: readonly number[]) => values.reduce((sum, own) => sum + own, 0) / values.length

function fitted(xs: readonly number[], ys: readonly number[]): number {
  const [x, y] = [mean(xs), mean(ys)]
  const covariance = xs.reduce((sum, own, index) => sum + (own - x) * (ys[index]! - y), 0)
  return covariance / xs.reduce((sum, own) => sum + (own - x) ** 2, 0)
}

test.each([
  ['a linear preference', { positionBias: 0.5, noise: 0.1 }],
  ['a strong linear preference', { positionBias: 2, noise: 0.1 }],
  ['a preference for the first few', { positionBias: 1, positionShape: 'first', noise: 0.1 }],
] as const)(
  '%s: three balanced passes leave at most a quarter of the slope of one',
  async (name, bias) => {
    const one = await slope(passes(1), bias)
    const left = async (rank: Ranker) => Math.abs((await slope(rank, bias)) / one)
    const [two, three, same, drawn] = [
      await left(passes(2)),
      await left(passes(3)),
      await left(thrice),
      await left(independent),
    ]
    const told = [two, three, same, drawn].map((own) => own.toFixed(3))
    console.log(
      `${name}: one pass ${one.toFixed(4)} a place; left of it: two ${told[0]}, three ${told[1]}, one order thrice ${told[2]}, independent shuffles ${told[3]} (seed ${SEED})`,
    )
    expect(one).toBeLessThan(-0.005)
    expect(three).toBeLessThanOrEqual(LEFT_MAX)
    // Control: repeating one order is no remedy, and this check says so.
    expect(same).toBeGreaterThan(LEFT_MAX)
  },
  60_000,
)

test('without a preference there is no slope to begin with', async () => {
  expect(Math.abs(await slope(passes(1), { noise: 0.1 }))).toBeLessThan(0.005)
})
