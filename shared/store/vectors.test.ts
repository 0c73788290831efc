import { expect, test } from 'vitest'
import { NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import { manualClock } from '../base/clock.ts'
import { LIMITS } from '../domain/limits.ts'
import { createVectorStore, NEAREST_MAX } from './vectors.ts'

const DIMENSIONS = 32

function setUp() {
  const clock = manualClock(NOW)
  let mutations = 0
  const index = createMemoryVectorize({
    clock,
    dimensions: DIMENSIONS,
    metric: 'cosine',
    indexingDelayMs: 1_000,
    newMutationId: () => `m${++mutations}`,
  } as never)
  return { clock, store: createVectorStore(index) }
}

/** A unit vector at an angle from the first axis. */
function at(angle: number): Float32Array {
  const vector = new Float32Array(DIMENSIONS)
  vector[0] = Math.cos(angle)
  vector[1] = Math.sin(angle)
  return vector
}

test('nearest first, by the ids of the shop', async () => {
  const { clock, store } = setUp()
  await store.upsert(SHOP, [
    { item: 'far', values: at(1.2), stamp: 'v1 t1' },
    { item: 'near', values: at(0.1), stamp: 'v1 t1' },
    { item: '茶 "x"', values: at(0.5), stamp: 'v1 t1' },
  ])
  expect(await store.near(SHOP, at(0), 3)).toEqual([])
  clock.advance(1_001)
  const found = await store.near(SHOP, at(0), 3)
  expect(found.map((match) => match.id)).toEqual(['near', '茶 "x"', 'far'])
  expect(found[0]!.score).toBeCloseTo(Math.cos(0.1), 5)
})

test('an item is not its own neighbour; one without a vector has none', async () => {
  const { clock, store } = setUp()
  await store.upsert(
    SHOP,
    Array.from({ length: 5 }, (_, index) => ({ item: `i${index}`, values: at(index / 10), stamp: 's' })),
  )
  clock.advance(1_001)
  expect((await store.nearItem(SHOP, 'i0', 2)).map((match) => match.id)).toEqual(['i1', 'i2'])
  expect(await store.nearItem(SHOP, 'no-vector-yet', 2)).toEqual([])
})

test('shops with the same ids never reach each other', async () => {
  const { clock, store } = setUp()
  await store.upsert(SHOP, [{ item: 'same', values: at(0), stamp: 'v1 t1' }])
  await store.upsert(OTHER_SHOP, [
    { item: 'same', values: at(1), stamp: 'v1 t1' },
    { item: 'other', values: at(0), stamp: 'v1 t1' },
  ])
  clock.advance(1_001)
  expect((await store.near(SHOP, at(0), 10)).map((match) => match.id)).toEqual(['same'])
  expect((await store.get(SHOP, ['same', 'other'])).size).toBe(1)
  await store.remove(SHOP, ['same'])
  clock.advance(1_001)
  expect((await store.get(OTHER_SHOP, ['same'])).get('same')!.values[1]).toBeCloseTo(Math.sin(1), 5)
})

test('the longest ids travel hashed and come back whole', async () => {
  const { clock, store } = setUp()
  const long = ['a', 'b'].map((end) => `${'茶'.repeat(LIMITS.idChars - 1)}${end}`)
  await store.upsert(
    SHOP,
    long.map((item, index) => ({ item, values: at(index), stamp: 'v1 t1' })),
  )
  clock.advance(1_001)
  expect([...(await store.get(SHOP, long)).keys()].sort()).toEqual(long)
  expect((await store.nearItem(SHOP, long[0]!, 1)).map((match) => match.id)).toEqual([long[1]])
})

test('more than a thousand vectors are written in several calls, and at most fifty come back', async () => {
  const { clock, store } = setUp()
  const many = Array.from({ length: 1_100 }, (_, index) => ({
    item: `i${index}`,
    values: at(index / 1_000),
    stamp: 's',
  }))
  await store.upsert(SHOP, many)
  clock.advance(5_000)
  expect(
    (
      await store.get(
        SHOP,
        many.map((one) => one.item),
      )
    ).size,
  ).toBe(1_100)
  expect(await store.near(SHOP, at(0), 500)).toHaveLength(NEAREST_MAX)
  await store.remove(
    SHOP,
    many.map((one) => one.item),
  )
  clock.advance(5_000)
  expect(await store.near(SHOP, at(0), 5)).toEqual([])
})

test('the watermark is the last mutation that queries see', async () => {
  const { clock, store } = setUp()
  const mutation = await store.upsert(SHOP, [{ item: 'a', values: at(0), stamp: 'v1 t1' }])
  expect(await store.watermark()).not.toBe(mutation)
  clock.advance(1_001)
  expect(await store.watermark()).toBe(mutation)
  expect(await store.upsert(SHOP, [])).toBeNull()
})
