import { expect, test } from 'vitest'
import { NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryVectorize } from '../../workers/local/node/memory_vectorize.ts'
import { manualClock } from '../base/clock.ts'
import { LIMITS } from '../domain/limits.ts'
import { createVectorStore, IndexNotBound, NEAREST_MAX, passed } from './vectors.ts'

const DIMENSIONS = 32
const SPACE = { shop: SHOP, version: 'v1', binding: 'a', dimensions: DIMENSIONS } as const
const OTHER_SPACE = { ...SPACE, shop: OTHER_SHOP }

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
  return { clock, store: createVectorStore({ a: index }) }
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
  await store.upsert(SPACE, 'text', [
    { item: 'far', values: at(1.2), stamp: 'v1 t1' },
    { item: 'near', values: at(0.1), stamp: 'v1 t1' },
    { item: '茶 "x"', values: at(0.5), stamp: 'v1 t1' },
  ])
  expect(await store.near(SPACE, 'text', at(0), 3)).toEqual([])
  clock.advance(1_001)
  const found = await store.near(SPACE, 'text', at(0), 3)
  expect(found.map((match) => match.id)).toEqual(['near', '茶 "x"', 'far'])
  expect(found[0]!.score).toBeCloseTo(Math.cos(0.1), 5)
})

test('an item is not its own neighbour; one without a vector has none', async () => {
  const { clock, store } = setUp()
  await store.upsert(
    SPACE,
    'text',
    Array.from({ length: 5 }, (_, index) => ({ item: `i${index}`, values: at(index / 10), stamp: 's' })),
  )
  clock.advance(1_001)
  expect((await store.nearItem(SPACE, 'i0', 2)).map((match) => match.id)).toEqual(['i1', 'i2'])
  expect(await store.nearItem(SPACE, 'no-vector-yet', 2)).toEqual([])
})

test('a refusal of a query by id is an unknown id, unless it is known to mean something else', async () => {
  const asked = async (message: string) => {
    const index = { queryById: () => Promise.reject(new Error(message)) }
    return createVectorStore({ a: index as never }).nearItem(SPACE, 'x', 2)
  }
  expect(await asked('VECTOR_QUERY_ERROR (code = 40099): whatever it says')).toEqual([])
  for (const text of [
    'VECTOR_QUERY_ERROR (code = 40041): Too Many Requests',
    'VECTOR_QUERY_ERROR (code = 40025): max top K is 50, but got 60',
    'VECTOR_QUERY_ERROR: Status + 500',
    'VECTOR_QUERY_ERROR (code = 50001): internal',
    'Network connection lost.',
  ])
    await expect(asked(text)).rejects.toThrow(text)
})

test('shops with the same ids never reach each other', async () => {
  const { clock, store } = setUp()
  await store.upsert(SPACE, 'text', [{ item: 'same', values: at(0), stamp: 'v1 t1' }])
  await store.upsert(OTHER_SPACE, 'text', [
    { item: 'same', values: at(1), stamp: 'v1 t1' },
    { item: 'other', values: at(0), stamp: 'v1 t1' },
  ])
  clock.advance(1_001)
  expect((await store.near(SPACE, 'text', at(0), 10)).map((match) => match.id)).toEqual(['same'])
  expect((await store.get(SPACE, 'text', ['same', 'other'])).size).toBe(1)
  await store.remove(SPACE, 'text', ['same'])
  clock.advance(1_001)
  expect((await store.get(OTHER_SPACE, 'text', ['same'])).get('same')!.values[1]).toBeCloseTo(Math.sin(1), 5)
})

test('the longest ids travel hashed and come back whole', async () => {
  const { clock, store } = setUp()
  const long = ['a', 'b'].map((end) => `${'茶'.repeat(LIMITS.idChars - 1)}${end}`)
  await store.upsert(
    SPACE,
    'text',
    long.map((item, index) => ({ item, values: at(index), stamp: 'v1 t1' })),
  )
  clock.advance(1_001)
  expect([...(await store.get(SPACE, 'text', long)).keys()].sort()).toEqual(long)
  expect((await store.nearItem(SPACE, long[0]!, 1)).map((match) => match.id)).toEqual([long[1]])
})

test('more vectors and ids than one call takes go in several, and at most fifty matches come back', async () => {
  const { clock, store } = setUp()
  const many = Array.from({ length: 1_100 }, (_, index) => ({
    item: `i${index}`,
    values: at(index / 1_000),
    stamp: 's',
  }))
  await store.upsert(SPACE, 'text', many)
  clock.advance(5_000)
  expect(
    (
      await store.get(
        SPACE,
        'text',
        many.map((one) => one.item),
      )
    ).size,
  ).toBe(1_100)
  expect(await store.near(SPACE, 'text', at(0), 500)).toHaveLength(NEAREST_MAX)
  await store.remove(
    SPACE,
    'text',
    many.map((one) => one.item),
  )
  clock.advance(5_000)
  expect(await store.near(SPACE, 'text', at(0), 5)).toEqual([])
})

test('the watermark is the last mutation that queries see', async () => {
  const { clock, store } = setUp()
  const mutation = await store.upsert(SPACE, 'text', [{ item: 'a', values: at(0), stamp: 'v1 t1' }])
  const writtenAtMs = clock.now()
  expect(passed(await store.watermark('a'), mutation, writtenAtMs)).toBe(false)
  clock.advance(1_001)
  expect((await store.watermark('a')).mutation).toBe(mutation)
  expect(passed(await store.watermark('a'), mutation, writtenAtMs)).toBe(true)
  // A later write says as much of an earlier one.
  await store.upsert(SPACE, 'text', [{ item: 'b', values: at(0), stamp: 't' }])
  clock.advance(1_001)
  expect(passed(await store.watermark('a'), mutation, writtenAtMs)).toBe(true)
  expect(await store.upsert(SPACE, 'text', [])).toBeNull()
})

test('embedders and views of one shop never meet, and an index that is not bound says so', async () => {
  const { clock, store } = setUp()
  const next = { ...SPACE, version: 'v2' }
  await store.upsert(SPACE, 'text', [{ item: 'a', values: at(0), stamp: 's' }])
  await store.upsert(next, 'text', [{ item: 'a', values: at(1), stamp: 's' }])
  await store.upsert(SPACE, 'found', [{ item: 'b', values: at(0.1), stamp: 's' }])
  clock.advance(1_001)
  const seen = async (space: typeof SPACE | typeof next, view: 'text' | 'found') =>
    (await store.near(space, view, at(0), 10)).map((match) => [match.id, Math.round(match.score * 100)])
  expect(await seen(SPACE, 'text')).toEqual([['a', 100]])
  expect(await seen(next, 'text')).toEqual([['a', 54]])
  expect(await seen(SPACE, 'found')).toEqual([['b', 100]])
  await store.remove(SPACE, 'text', ['a'])
  clock.advance(1_001)
  expect([(await seen(SPACE, 'text')).length, (await seen(next, 'text')).length]).toEqual([0, 1])
  expect([await store.dimensions('a'), await store.dimensions('b')]).toEqual([DIMENSIONS, null])
  await expect(store.near({ ...SPACE, binding: 'b' }, 'text', at(0), 1)).rejects.toThrow(IndexNotBound)
})
