import { expect, test } from 'vitest'
import { learned } from '../../tests/support/learned.ts'
import { type Planted, plantTastes, TOPIC_NAMES } from '../../tests/support/planted_tastes.ts'
import { seededRng } from '../base/rng.ts'
import { unpackDirection } from '../domain/item_factors.ts'
import { affinitiesTo, TASTE_SHOPPERS_MIN, type TastesText } from '../domain/tastes.ts'
import { named } from '../enrich/arrivals_tastes.ts'
import { clustersLearner } from './clusters.ts'
import { factorsLearner } from './factors.ts'
import { interestsOf } from './interests_pool.ts'
import { interestsLearner } from './interests_pool_fit.ts'
import { shopperMatrix } from './regression/models.ts'

const SEED = 20_260_116
const LEARNERS = [shopperMatrix, factorsLearner, interestsLearner, clustersLearner]

async function tastesOf({ interactions }: Pick<Planted, 'interactions'>) {
  const { clusters = [], factors = [] } = await learned(LEARNERS, interactions)
  const places = new Map(factors.map(([, item, , packed]) => [item as string, unpackDirection(packed as string)]))
  return { tastes: (clusters[0]?.[1] ?? null) as TastesText | null, places }
}

/** The topic of most of a taste's items, and its share. */
function topicOf(taste: TastesText['tastes'][number]): [topic: string, share: number] {
  const counts = new Map<string, number>()
  let sum = 0
  for (const [id, own] of taste.items) {
    counts.set(id.split('-')[0]!, (counts.get(id.split('-')[0]!) ?? 0) + own)
    sum += own
  }
  const [topic, most] = [...counts].sort((a, b) => b[1] - a[1])[0]!
  return [topic, most / sum]
}

test('every planted taste is found, in groups of at least twenty', async () => {
  const { tastes } = await tastesOf(plantTastes({ seed: SEED, shoppersPerTopic: 60 }))
  expect(new Set(tastes!.tastes.map((taste) => topicOf(taste)[0]))).toEqual(new Set(TOPIC_NAMES))
  for (const taste of tastes!.tastes) {
    expect(taste.shoppers).toBeGreaterThanOrEqual(TASTE_SHOPPERS_MIN)
    expect(topicOf(taste)[1]).toBeGreaterThan(0.6)
    expect(taste.items.every(([, own, all]) => own >= 3 && own <= all)).toBe(true)
  }
  expect(tastes!.tastes.reduce((sum, taste) => sum + taste.shoppers, 0)).toBeGreaterThan(250)
  expect(tastes!.sharpness).toBeGreaterThan(1)
})

test('control: where everybody wants anything, nearness says little', async () => {
  const { tastes } = await tastesOf(plantTastes({ seed: SEED, shoppersPerTopic: 60, noise: 1 }))
  for (const taste of tastes?.tastes ?? []) expect(topicOf(taste)[1]).toBeLessThan(0.75)
})

test('an item is nearest to the taste of its shoppers, with a lift above one', async () => {
  const planted = plantTastes({ seed: SEED, shoppersPerTopic: 60 })
  const { tastes, places } = await tastesOf(planted)
  let right = 0
  for (const [item, place] of places) {
    const [best] = affinitiesTo(tastes!, place, 1)
    if (topicOf(best!.taste)[0] === planted.topicOf(item) && best!.lift > 1) right += 1
  }
  expect(right / places.size).toBeGreaterThan(0.9)
  const shares = affinitiesTo(tastes!, [...places.values()][0]!, 1)
  expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
  // Nothing is known: the average shopper.
  for (const { lift } of affinitiesTo(tastes!, [...places.values()][0]!, 0)) expect(lift).toBeCloseTo(1, 6)
})

test('fewer than twenty shoppers are no taste, and no row', async () => {
  expect((await tastesOf(plantTastes({ seed: SEED, shoppersPerTopic: 3 }))).tastes).toBeNull()
})

test('the order of events changes nothing', async () => {
  const { interactions } = plantTastes({ seed: SEED, shoppersPerTopic: 25 })
  const { tastes } = await tastesOf({ interactions })
  expect((await tastesOf({ interactions: seededRng(SEED).shuffle(interactions) })).tastes).toEqual(tastes)
})

test('tastes are named by the categories and words of what they want', async () => {
  const planted = plantTastes({ seed: SEED, shoppersPerTopic: 60 })
  const { tastes } = await tastesOf(planted)
  const terms = new Map(
    planted.items.map(({ id, title, categories }) => [
      id,
      [
        JSON.stringify(['category', '', categories![0]]),
        ...title.split(' ').map((word) => JSON.stringify(['word', '', word])),
      ],
    ]),
  )
  for (const taste of named(tastes!, terms).tastes)
    expect(taste.names[0]).toEqual({ kind: 'category', name: '', value: topicOf(taste)[0] })
  // Control: what every item has names nobody.
  const same = new Map([...terms.keys()].map((id) => [id, [JSON.stringify(['brand', '', 'Acme'])]]))
  for (const taste of named(tastes!, same).tastes) expect(taste.names).toEqual([])
})

test('a broad past has several interests, a narrow one has one', () => {
  const factors = new Float32Array(20 * 64)
  for (let item = 0; item < 20; item++) factors[item * 64 + (item < 10 ? 0 : 1)] = 1
  const past = (items: number[]) => ({ items, weights: items.map(() => 1) })
  expect(interestsOf(past([0, 1, 2, 3, 4, 5, 6]), factors, true).interests).toHaveLength(1)
  const broad = past([0, 1, 2, 3, 10, 11, 12, 13])
  // Two directions at a right angle agree by .71: not broad enough to be cut.
  expect(interestsOf(broad, factors, true).interests).toHaveLength(1)
  for (const item of [11, 12, 13]) factors[item * 64 + 1] = 0
  for (const [at, item] of [11, 12, 13].entries()) factors[item * 64 + 2 + at] = 1
  for (const item of [0, 1]) [factors[item * 64], factors[item * 64 + 8]] = [0, 1]
  const { interests, of } = interestsOf(broad, factors, true)
  expect(interests.length).toBeGreaterThan(1)
  expect(interests.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
  expect([...of].every((own) => own >= 0 && own < interests.length)).toBe(true)
  expect(interestsOf(broad, factors, false).interests).toHaveLength(1)
  expect(interestsOf(past([]), factors, true).interests).toEqual([])
})
