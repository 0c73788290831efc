/** The worker in the real local runtime: RPC, errors, and what survives a restart on the same folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type RealVectorize, startVectorize } from '../testing/runtime.ts'
import type { VectorizeProps } from './config.ts'

const HOUR_MS = 3_600_000
const NOW_VISIBLE = { dimensions: 2, visibilityDelayMs: 0 }
const NEVER_VISIBLE = { dimensions: 2, visibilityDelayMs: HOUR_MS }

let folder: string
const running: RealVectorize[] = []
const start = async (props: VectorizeProps) => {
  const index = await startVectorize(folder, props)
  running.push(index)
  return index
}
// Ends workerd with SIGKILL: nothing is flushed on the way out.
const stop = async (index: RealVectorize) => {
  running.splice(running.indexOf(index), 1)
  await index.dispose()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vectorize-'))
})
afterEach(async () => {
  for (const index of [...running]) await stop(index)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('serves the binding over RPC', async () => {
  const index = await start({ index: 'rpc', ...NOW_VISIBLE, metadataIndexes: 'kind:string' })
  const vectors = [
    { id: 'a', values: [1, 0], namespace: 'shop', metadata: { item: 'a', kind: 'book' } },
    { id: 'b', values: [0, 1], namespace: 'shop', metadata: { item: 'b', kind: 'shoe' } },
  ]
  const { mutationId } = (await index.call('upsert', vectors)) as { mutationId: string }
  expect(mutationId).toMatch(/^[0-9a-f-]{36}$/)
  expect(await index.call('describe')).toMatchObject({ vectorCount: 2, processedUpToMutation: mutationId })
  const options = { namespace: 'shop', returnMetadata: 'all', filter: { kind: 'shoe' } }
  expect(await index.call('query', [1, 1], options)).toEqual({
    count: 1,
    matches: [
      { id: 'b', score: expect.closeTo(Math.SQRT1_2, 6), namespace: 'shop', metadata: { item: 'b', kind: 'shoe' } },
    ],
  })
  expect(await index.call('queryById', 'a', { topK: 1 })).toMatchObject({ matches: [{ id: 'a', score: 1 }] })
  await index.call('insert', [{ id: 'a', values: [5, 5] }])
  await index.call('deleteByIds', ['b'])
  expect(await index.call('getByIds', ['a', 'b'])).toEqual([vectors[0]])
  await expect(index.call('query', [1, 0], { topK: 60, returnValues: true })).rejects.toThrow(
    /^VECTOR_QUERY_ERROR \(code = 40025\): .*max top K is 50, but got 60/,
  )
}, 30_000)

test('vectors and mutations that are not yet visible survive a restart', async () => {
  const first = await start({ index: 'durable', ...NOW_VISIBLE })
  const seeded = Array.from({ length: 1_000 }, (_, i) => ({ id: `v${i}`, values: [1, i], metadata: { item: `${i}` } }))
  await first.call('upsert', seeded)
  await first.call('deleteByIds', ['v999'])
  const before = await first.call('describe')
  expect(before).toMatchObject({ vectorCount: 999 })
  await stop(first)

  const second = await start({ index: 'durable', ...NEVER_VISIBLE })
  expect(await second.call('describe')).toEqual(before)
  await second.call('upsert', [{ id: 'late', values: [0.5, -1], namespace: 'n' }])
  await second.call('insert', [{ id: 'v0', values: [7, 7] }])
  await second.call('deleteByIds', ['v1'])
  expect(await second.call('getByIds', ['late'])).toEqual([])
  await stop(second)

  const third = await start({ index: 'durable', ...NOW_VISIBLE })
  expect(await third.call('describe')).toMatchObject({ vectorCount: 999 })
  expect(await third.call('getByIds', ['late', 'v0', 'v1', 'v2'])).toEqual([
    { id: 'late', values: [0.5, -1], namespace: 'n' },
    { id: 'v0', values: [1, 0], metadata: { item: '0' } },
    { id: 'v2', values: [1, 2], metadata: { item: '2' } },
  ])
}, 60_000)

test('an index keeps its dimensions, and indexes do not mix', async () => {
  const one = await start({ index: 'shape', ...NOW_VISIBLE })
  await one.call('upsert', [{ id: 'a', values: [1, 0] }])
  await stop(one)
  const other = await start({ index: 'other', dimensions: 3, visibilityDelayMs: 0 })
  expect(await other.call('describe')).toMatchObject({ vectorCount: 0, dimensions: 3 })
  await stop(other)
  const changed = await start({ index: 'shape', dimensions: 3, visibilityDelayMs: 0 })
  await expect(changed.call('describe')).rejects.toThrow('This index was created as')
}, 60_000)
