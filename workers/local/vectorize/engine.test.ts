import { beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { randomVectors } from '../testing/vectors.ts'
import { type EngineConfig, VectorEngine } from './engine.ts'
import type { EngineStore } from './mutation.ts'
import type { Metric } from './search.ts'

const DELAY_MS = 1_000

function engineWith(config: Partial<EngineConfig> = {}, store?: EngineStore) {
  const clock = manualClock(1_000_000)
  let mutations = 0
  const engine = new VectorEngine({
    config: { dimensions: 2, metric: 'cosine', metadataIndexes: {}, visibilityDelayMs: DELAY_MS, ...config },
    clock,
    newMutationId: () => `m${++mutations}`,
    ...(store === undefined ? {} : { store }),
  })
  return { engine, clock, settle: () => clock.advance(DELAY_MS) }
}

describe('visibility', () => {
  test('a mutation is seen after the delay and not before', () => {
    const { engine, clock } = engineWith()
    expect(engine.upsert([{ id: 'a', values: [1, 0] }])).toEqual({ mutationId: 'm1' })
    clock.advance(DELAY_MS - 1)
    expect(engine.query([1, 0]).count).toBe(0)
    expect(engine.getByIds(['a'])).toEqual([])
    expect(engine.describe()).toEqual({
      vectorCount: 0,
      dimensions: 2,
      processedUpToDatetime: null,
      processedUpToMutation: null,
    })
    clock.advance(1)
    expect(engine.query([1, 0])).toEqual({ matches: [{ id: 'a', score: 1 }], count: 1 })
    expect(engine.describe()).toEqual({
      vectorCount: 1,
      dimensions: 2,
      processedUpToDatetime: new Date(1_000_000).toISOString(),
      processedUpToMutation: 'm1',
    })
  })

  test('a younger mutation never overtakes an older one', () => {
    const { engine, clock } = engineWith()
    engine.upsert([{ id: 'a', values: [1, 0] }])
    clock.advance(DELAY_MS - 1)
    engine.deleteByIds(['a'])
    clock.advance(1)
    expect(engine.describe()).toMatchObject({ vectorCount: 1, processedUpToMutation: 'm1' })
    clock.advance(DELAY_MS - 1)
    expect(engine.describe()).toMatchObject({ vectorCount: 0, processedUpToMutation: 'm2' })
  })

  test('when the store cannot make it durable, nothing is shown, and the next read tries again', () => {
    let broken = true
    const promoted: number[] = []
    const { engine, settle } = engineWith(
      {},
      {
        append: () => {},
        promote: (mutations) => {
          if (broken) throw new Error('disk')
          promoted.push(...mutations.map((mutation) => mutation.seq))
        },
      },
    )
    engine.upsert([{ id: 'a', values: [1, 0] }])
    settle()
    expect(() => engine.describe()).toThrow('disk')
    broken = false
    expect(engine.describe().vectorCount).toBe(1)
    expect(promoted).toEqual([1])
  })
})

describe('mutations', () => {
  let built: ReturnType<typeof engineWith>
  beforeEach(() => {
    built = engineWith()
    built.engine.upsert([{ id: 'a', values: [1, 0], namespace: 'one', metadata: { item: 'a', old: true } }])
    built.settle()
  })

  test('insert keeps an existing vector, and the first of equal ids', () => {
    const { engine, settle } = built
    engine.insert([
      { id: 'a', values: [0, 1] },
      { id: 'b', values: [1, 0] },
      { id: 'b', values: [0, 1] },
    ])
    settle()
    expect(engine.getByIds(['a', 'b'])).toEqual([
      { id: 'a', values: [1, 0], namespace: 'one', metadata: { item: 'a', old: true } },
      { id: 'b', values: [1, 0] },
    ])
  })

  test('upsert replaces the whole vector, and the last of equal ids wins', () => {
    const { engine, settle } = built
    engine.upsert([
      { id: 'a', values: [9, 9] },
      { id: 'a', values: [0, 1], namespace: 'two', metadata: { item: 'new' } },
    ])
    settle()
    expect(engine.getByIds(['a'])).toEqual([{ id: 'a', values: [0, 1], namespace: 'two', metadata: { item: 'new' } }])
    expect(engine.query([1, 0], { namespace: 'one' }).count).toBe(0)
    expect(engine.query([1, 0], { namespace: 'two' }).count).toBe(1)
  })

  test('delete forgets known ids and ignores the rest', () => {
    const { engine, settle } = built
    engine.upsert(['b', 'c', 'd'].map((id) => ({ id, values: [1, 1], namespace: 'one' })))
    settle()
    engine.deleteByIds(['a', 'c', 'unknown'])
    settle()
    expect(engine.query([1, 0]).matches.map((match) => match.id)).toEqual(['b', 'd'])
    // The rows that moved into the holes are still found by id.
    expect(engine.getByIds(['d', 'b'])).toHaveLength(2)
    expect(engine.queryById('d').count).toBe(2)
  })

  test('what was stored cannot be changed from outside', () => {
    const { engine, settle } = built
    const metadata = { item: 'b' }
    const values = new Float32Array([1, 0])
    engine.upsert([{ id: 'b', values, metadata }])
    metadata.item = 'changed'
    values[0] = 5
    settle()
    const [found] = engine.getByIds(['b'])
    found!.metadata!.item = 'changed'
    expect(engine.getByIds(['b'])).toEqual([{ id: 'b', values: [1, 0], metadata: { item: 'b' } }])
  })

  test('values are kept in float32', () => {
    const { engine, settle } = built
    engine.upsert([{ id: 'b', values: [0.1, 0.2] }])
    settle()
    expect(engine.getByIds(['b'])[0]!.values).toEqual([Math.fround(0.1), Math.fround(0.2)])
  })
})

describe('query', () => {
  test('fields of a match appear only when asked for', () => {
    const { engine, settle } = engineWith({ metadataIndexes: { kind: 'string' } })
    engine.upsert([{ id: 'a', values: [1, 0], namespace: 'n', metadata: { item: 'a', kind: 'é'.repeat(40) } }])
    settle()
    const match = (options: object) => engine.query([1, 0], options).matches[0]
    const bare = { id: 'a', score: 1, namespace: 'n' }
    const metadata = { item: 'a', kind: 'é'.repeat(40) }
    expect(match({})).toEqual(bare)
    expect(match({ returnMetadata: 'none' })).toEqual(bare)
    expect(match({ returnMetadata: 'all' })).toEqual({ ...bare, metadata })
    expect(match({ returnMetadata: 'all', returnValues: true })).toEqual({ ...bare, metadata, values: [1, 0] })
    // An index holds 64 bytes of a string.
    expect(match({ returnMetadata: 'indexed' })).toEqual({ ...bare, metadata: { kind: 'é'.repeat(32) } })
    for (const returnMetadata of [false, true, 'foo']) {
      expect(() => match({ returnMetadata })).toThrow(
        'VECTOR_QUERY_ERROR (code = 40026): Failed to parse the request body as JSON: returnMetadata: expected value',
      )
    }
  })

  test('a filter is applied before the best are taken', () => {
    const { engine, settle } = engineWith({ metadataIndexes: { kind: 'string' } })
    engine.upsert([
      ...Array.from({ length: 200 }, (_, i) => ({ id: `near${i}`, values: [1, 0], metadata: { kind: 'book' } })),
      { id: 'far', values: [-1, 0], metadata: { kind: 'shoe' } },
    ])
    settle()
    expect(engine.query([1, 0], { topK: 1, filter: { kind: 'shoe' } }).matches).toEqual([{ id: 'far', score: -1 }])
    expect(engine.query([1, 0], { topK: 1 }).matches[0]!.id).toBe('near0')
  })

  test('a filter on a field without an index matches nothing', () => {
    const { engine, settle } = engineWith()
    engine.upsert([{ id: 'a', values: [1, 0], metadata: { kind: 'book' } }])
    settle()
    expect(engine.query([1, 0], { filter: { kind: 'book' } }).count).toBe(0)
    expect(engine.query([1, 0], { filter: { kind: { $ne: 'shoe' } } }).count).toBe(0)
  })

  test('a vector written before its index is not in it', () => {
    const entry = (id: string) => ({
      id,
      namespace: null,
      values: new Float32Array([1, 0]),
      metadata: { kind: 'book' },
    })
    const engine = new VectorEngine({
      config: { dimensions: 2, metric: 'cosine', metadataIndexes: { kind: 'string' }, visibilityDelayMs: 0 },
      clock: manualClock(0),
      newMutationId: () => 'm',
      state: { vectors: [{ ...entry('old'), indexed: {} }], pending: [], watermark: null, nextSeq: 1 },
    })
    engine.upsert([entry('new')])
    expect(engine.query([1, 0], { filter: { kind: 'book' } }).matches.map((match) => match.id)).toEqual(['new'])
    expect(engine.query([1, 0]).count).toBe(2)
  })

  test.each<[Metric, number[][], string[], number[]]>([
    [
      'cosine',
      [
        [2, 0],
        [1, 1],
        [-1, 0],
      ],
      ['v0', 'v1', 'v2'],
      [1, Math.SQRT1_2, -1],
    ],
    [
      'euclidean',
      [
        [4, 0],
        [1, 0],
        [1, 3],
      ],
      ['v1', 'v0', 'v2'],
      [0, 3, 3],
    ],
    [
      'dot-product',
      [
        [1, 0],
        [3, 0],
        [-1, 0],
      ],
      ['v1', 'v0', 'v2'],
      [-3, -1, 1],
    ],
  ])('%s sorts best first in its own direction', (metric, values, ids, scores) => {
    const { engine, settle } = engineWith({ metric })
    engine.upsert(values.map((row, i) => ({ id: `v${i}`, values: row })))
    settle()
    const { matches } = engine.query([1, 0], { returnValues: true })
    expect(matches.map((match) => match.id)).toEqual(ids)
    for (const [i, score] of scores.entries()) expect(matches[i]!.score).toBeCloseTo(score, 6)
  })

  test.each<Metric>(['cosine', 'euclidean', 'dot-product'])('%s agrees with brute force', (metric) => {
    const width = 37
    const rows = randomVectors(500, width, 11)
    const queries = randomVectors(20, width, 12)
    const { engine, settle } = engineWith({ metric, dimensions: width })
    engine.upsert(rows.map((values, i) => ({ id: `v${i}`, values, namespace: i % 3 === 0 ? 'third' : 'rest' })))
    settle()
    for (const query of queries) {
      for (const namespace of [undefined, 'third']) {
        const oracle = rows
          .map((values, i) => ({ id: `v${i}`, score: plainScore(metric, query, values), i }))
          .filter(({ i }) => namespace === undefined || i % 3 === 0)
          .sort((a, b) => (metric === 'cosine' ? b.score - a.score : a.score - b.score))
          .slice(0, 25)
        const { matches } = engine.query(query, {
          topK: 25,
          returnValues: true,
          ...(namespace === undefined ? {} : { namespace }),
        })
        expect(matches.map((match) => match.id)).toEqual(oracle.map(({ id }) => id))
        for (const [i, { score }] of oracle.entries()) expect(matches[i]!.score).toBeCloseTo(score, 5)
      }
    }
  })

  test('equal scores are ordered by id, whatever the order of writing', () => {
    const ids = ['d', 'a', 'c', 'b']
    const { engine, settle } = engineWith()
    engine.upsert(ids.map((id) => ({ id, values: [1, 0] })))
    settle()
    expect(engine.query([1, 0], { topK: 2 }).matches.map((match) => match.id)).toEqual(['a', 'b'])
  })

  test('a zero vector scores zero, not NaN', () => {
    const { engine, settle } = engineWith()
    engine.upsert([{ id: 'zero', values: [0, 0] }])
    settle()
    expect(engine.query([1, 0]).matches).toEqual([{ id: 'zero', score: 0 }])
    expect(engine.query([0, 0]).matches[0]!.score).toBe(0)
  })

  test('queryById searches around a stored vector', () => {
    const { engine, settle } = engineWith()
    engine.upsert([
      { id: 'a', values: [1, 0] },
      { id: 'b', values: [1, 1] },
    ])
    settle()
    expect(engine.queryById('b').matches.map((match) => match.id)).toEqual(['b', 'a'])
    expect(() => engine.queryById('none')).toThrow(
      /^VECTOR_QUERY_ERROR \(code = \d+\): vector with id "none" not found$/,
    )
  })
})

describe('metadata indexes', () => {
  const book = (id: string) => ({ id, values: [1, 0], metadata: { kind: 'book', price: 3 } })
  const found = (engine: VectorEngine, filter: object) => engine.query([1, 0], { filter }).matches.map(({ id }) => id)

  test('one that is made later holds what is written later, whenever either is processed', () => {
    const { engine, settle } = engineWith()
    engine.upsert([book('before')])
    engine.createMetadataIndex('kind', 'string')
    engine.upsert([book('after')])
    expect(engine.listMetadataIndexes()).toEqual({})
    settle()
    expect(engine.listMetadataIndexes()).toEqual({ kind: 'string' })
    expect(found(engine, { kind: 'book' })).toEqual(['after'])
    engine.upsert([book('before')])
    settle()
    expect(found(engine, { kind: 'book' })).toEqual(['after', 'before'])
  })

  test('one that went and came back holds nothing of before', () => {
    const { engine, settle } = engineWith({ metadataIndexes: { kind: 'string', price: 'number' } })
    engine.upsert([book('a')])
    settle()
    engine.describe()
    const copy = new VectorEngine({
      config: { dimensions: 2, metric: 'cosine', metadataIndexes: {}, visibilityDelayMs: 0 },
      clock: manualClock(0),
      newMutationId: () => 'm',
      state: engine.state(),
    })
    engine.deleteMetadataIndex('kind')
    engine.createMetadataIndex('kind', 'string')
    engine.upsert([book('b')])
    settle()
    expect(found(engine, { kind: 'book' })).toEqual(['b'])
    expect(found(engine, { price: 3 })).toEqual(['a', 'b'])
    expect(found(copy, { kind: 'book' })).toEqual(['a'])
  })

  test('refusals', () => {
    const { engine } = engineWith({ metadataIndexes: { kind: 'string' } })
    expect(() => engine.createMetadataIndex('kind', 'number')).toThrow('indexed already')
    expect(() => engine.createMetadataIndex('', 'string')).toThrow('non-empty string')
    expect(() => engine.createMetadataIndex('day', 'date')).toThrow('string, number or boolean')
    expect(() => engine.deleteMetadataIndex('day')).toThrow('not indexed')
    for (let i = 1; i < 10; i++) engine.createMetadataIndex(`f${i}`, 'string')
    expect(() => engine.createMetadataIndex('f10', 'string')).toThrow('max index count is 10')
  })
})

test('scores are approximate, near the exact ones, unless values are asked for', () => {
  const width = 64
  const rows = randomVectors(200, width, 21)
  const { engine, settle } = engineWith({ dimensions: width })
  engine.upsert(rows.map((values, i) => ({ id: `v${i}`, values })))
  settle()
  const [query] = randomVectors(1, width, 22)
  const exact = engine.query(query!, { topK: 50, returnValues: true }).matches
  const rough = engine.query(query!, { topK: 50 }).matches
  const exactOf = new Map(exact.map(({ id, score }) => [id, score]))
  const errors = rough.flatMap(({ id, score }) => (exactOf.has(id) ? [Math.abs(score - exactOf.get(id)!)] : []))
  expect(errors.length).toBeGreaterThan(45)
  expect(Math.max(...errors)).toBeGreaterThan(1e-5)
  expect(Math.max(...errors)).toBeLessThan(0.01)
  expect(rough.map(({ score }) => score)).toEqual(rough.map(({ score }) => score).toSorted((a, b) => b - a))
  // The same question has the same answer.
  expect(engine.query(query!, { topK: 50 }).matches).toEqual(rough)
})

describe('limits', () => {
  test('ids in one call', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)
    expect(() => engine.getByIds(ids(21))).toThrow(
      'VECTOR_GET_ERROR (code = 40007): too many ids in payload; max id count is 20, got 21',
    )
    expect(() => engine.deleteByIds(ids(101))).toThrow(
      'VECTOR_DELETE_ERROR (code = 40007): too many ids in payload; max id count is 100, got 101',
    )
    expect(engine.getByIds(ids(20))).toEqual([])
    expect(engine.deleteByIds(ids(100))).toEqual({ mutationId: expect.any(String) })
    expect(() => engine.query([1], {})).toThrow(
      'VECTOR_QUERY_ERROR (code = 40006): invalid query vector, expected 2 dimensions, and got 1 dimensions',
    )
  })

  const { engine } = engineWith()
  const vector = (more: object) => [{ id: 'a', values: [1, 0], ...more }]

  test('topK', () => {
    const text =
      'VECTOR_QUERY_ERROR (code = 40025): with returnValues=true or returnMetadata=all, max top K is 50, but got 60'
    expect(() => engine.query([1, 0], { topK: 60, returnValues: true })).toThrow(text)
    expect(() => engine.query([1, 0], { topK: 60, returnMetadata: 'all' })).toThrow(text)
    expect(() => engine.query([1, 0], { topK: 101 })).toThrow('max top K is 100, but got 101')
    expect(() => engine.query([1, 0], { topK: 0 })).toThrow('(code = 40025)')
    for (const options of [
      { topK: 100 },
      { topK: 100, returnMetadata: 'indexed' as const },
      { topK: 50, returnValues: true },
      { topK: 50, returnMetadata: 'all' as const },
    ]) {
      expect(engine.query([1, 0], options).count).toBe(0)
    }
  })

  test.each([
    ['dimensions', vector({ values: [1] }), 'expected 2 dimensions, and got 1 dimensions'],
    ['values', vector({ values: 'no' }), 'failed to parse'],
    ['NaN', vector({ values: [1, Number.NaN] }), 'failed to parse'],
    ['beyond float32', vector({ values: [1, 1e300] }), 'failed to parse'],
    ['half a character', vector({ metadata: { item: '\ud835' } }), 'failed to parse'],
    ['metadata key', vector({ metadata: { item: { 'a.b': 1 } } }), 'invalid metadata key "a.b"'],
    ['absence', [], 'failed to parse'],
    ['kind', ['a'], 'failed to parse'],
    ['id', vector({ id: 'é'.repeat(33) }), 'max is 64 bytes, got 66 bytes'],
    ['empty id', vector({ id: '' }), 'non-empty string'],
    ['namespace', vector({ namespace: 'n'.repeat(65) }), 'max is 64 bytes, got 65 bytes'],
    ['metadata', vector({ metadata: { item: 'x'.repeat(10_240) } }), 'must not exceed 10240 bytes'],
    ['batch', Array(1_001).fill(vector({})[0]), 'max is 1000, got 1001'],
  ])('refuses a vector by its %s', (_name, vectors, text) => {
    expect(() => engine.upsert(vectors)).toThrow(text)
    expect(() => engine.upsert(vectors)).toThrow(/^VECTOR_UPSERT_ERROR \(code = \d+\): /)
    expect(() => engine.insert(vectors)).toThrow(/^VECTOR_INSERT_ERROR \(code = \d+\): /)
  })

  test('accepts the limits themselves', () => {
    const edge = { id: 'é'.repeat(32), namespace: 'n'.repeat(64), metadata: { item: 'x'.repeat(10_240 - 11) } }
    expect(engine.upsert(Array(1_000).fill(vector(edge)[0]))).toEqual({ mutationId: expect.any(String) })
    expect(() => engineWith({ dimensions: 1_536 })).not.toThrow()
    expect(() => engineWith({ dimensions: 1_537 })).toThrow(RangeError)
  })

  test('a refused batch leaves nothing behind', () => {
    const { engine: fresh, settle } = engineWith()
    expect(() =>
      fresh.upsert([
        { id: 'good', values: [1, 0] },
        { id: 'bad', values: [1] },
      ]),
    ).toThrow()
    settle()
    expect(fresh.describe()).toMatchObject({ vectorCount: 0, processedUpToMutation: null })
  })
})

function plainScore(metric: Metric, a: number[], b: number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  if (metric === 'dot-product') return -dot
  if (metric === 'euclidean') return Math.hypot(...a.map((value, i) => value - b[i]!))
  return dot / (Math.hypot(...a) * Math.hypot(...b))
}
