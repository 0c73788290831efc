import { expect, test } from 'vitest'
import { learned, visitsOf } from '../../tests/support/learned.ts'
import { plantTastes } from '../../tests/support/planted_tastes.ts'
import { seededRng } from '../base/rng.ts'
import { dot, packDirection, unpackDirection } from '../domain/item_factors.ts'
import { factorsLearner } from './factors.ts'
import { itemFactors } from './factors_svd.ts'
import { shopperMatrix } from './regression/models.ts'

const SEED = 20_260_114
const LEARNERS = [shopperMatrix, factorsLearner]

async function factorsOf(interactions: Parameters<typeof learned>[1]) {
  const { factors = [] } = await learned(LEARNERS, interactions)
  return new Map(factors.map(([, item, shoppers, packed]) => [item as string, [shoppers, packed] as [number, string]]))
}

/** Mean cosine of items of one topic, and of items of two. */
function cosines(factors: ReadonlyMap<string, readonly [number, string]>, topicOf: (item: string) => string) {
  const sums = { same: [0, 0], other: [0, 0] }
  const vectors = [...factors].map(([item, [, packed]]) => [item, unpackDirection(packed)] as const)
  for (const [item, own] of vectors)
    for (const [second, other] of vectors) {
      if (item === second) continue
      const to = topicOf(item) === topicOf(second) ? sums.same : sums.other
      to[0]! += dot(own, other)
      to[1]! += 1
    }
  return { same: sums.same[0]! / sums.same[1]!, other: sums.other[0]! / sums.other[1]! }
}

test('items that the same shoppers want lie near each other', async () => {
  const { interactions, topicOf } = plantTastes({ seed: SEED })
  const { same, other } = cosines(await factorsOf(interactions), topicOf)
  expect(same).toBeGreaterThan(other + 0.15)
})

test('control: with shoppers dealt out anew nothing of that is left', async () => {
  const { interactions, topicOf } = plantTastes({ seed: SEED })
  const dealt = seededRng(SEED).shuffle(interactions.map((own) => own.item))
  const { same, other } = cosines(
    await factorsOf(interactions.map((own, at) => ({ ...own, item: dealt[at]! }))),
    topicOf,
  )
  expect(Math.abs(same - other)).toBeLessThan(0.05)
})

test('the order of events changes nothing', async () => {
  const { interactions } = plantTastes({ seed: SEED, shoppersPerTopic: 15 })
  const once = await factorsOf(interactions)
  expect(await factorsOf(seededRng(SEED).shuffle(interactions))).toEqual(once)
  expect([...once.values()].every(([shoppers]) => shoppers > 0)).toBe(true)
})

test('few shoppers, or one item, give factors without a direction or none, and never NaN', async () => {
  for (const count of [0, 1, 3]) {
    const { interactions } = plantTastes({ seed: SEED })
    for (const [shoppers, packed] of (await factorsOf(interactions.slice(0, count))).values()) {
      expect(shoppers).toBeGreaterThan(0)
      expect(unpackDirection(packed).every(Number.isFinite)).toBe(true)
    }
  }
})

test('a packed direction keeps its angle', () => {
  const rng = seededRng(SEED)
  for (let round = 0; round < 20; round++) {
    const vector = Float32Array.from({ length: 64 }, () => rng.next() - 0.5)
    const unpacked = unpackDirection(packDirection(vector))
    expect(dot(unpacked, vector) / Math.sqrt(dot(vector, vector))).toBeGreaterThan(0.9995)
  }
  expect(unpackDirection(packDirection(new Float32Array(64))).every((value) => value === 0)).toBe(true)
  expect(() => unpackDirection('????')).toThrow(TypeError)
})

test('work grows with the wishes: a matrix of half a million takes a second or two', async () => {
  const rng = seededRng(SEED)
  const [rows, columns, per] = [20_000, 4_000, 25]
  const start = Int32Array.from({ length: rows + 1 }, (_, row) => row * per)
  const column = new Int32Array(rows * per)
  for (let row = 0; row < rows; row++)
    column.set(
      Int32Array.from({ length: per }, (_, at) => at * 160 + rng.int(160)),
      row * per,
    )
  const before = process.cpuUsage().user
  const work = itemFactors({ rows, columns, byRow: { start, column } })
  let breaths = 0
  while (!work.next().done) breaths += 1
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(15)
  expect(breaths).toBeGreaterThan(50)
})

test('visits of the planted shop are all there', async () => {
  const { interactions } = plantTastes({ seed: SEED, shoppersPerTopic: 5 })
  expect((await visitsOf(interactions)).input.shoppers).toBe(25)
})
