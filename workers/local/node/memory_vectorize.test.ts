import { expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { createMemoryVectorize } from './memory_vectorize.ts'

test('answers as the binding does, and rejects instead of throwing', async () => {
  const clock = manualClock(0)
  const index = createMemoryVectorize({ clock, dimensions: 2, visibilityDelayMs: 500 })
  await index.upsert([{ id: 'a', values: [1, 0], metadata: { item: 'a' } }])
  expect((await index.query([1, 0])).count).toBe(0)
  clock.advance(500)
  expect((await index.query([1, 0], { returnMetadata: 'all' })).matches).toEqual([
    { id: 'a', score: 1, metadata: { item: 'a' } },
  ])
  const refused = index.query([1, 0], { topK: 60, returnValues: true })
  await expect(refused).rejects.toThrow(/^VECTOR_QUERY_ERROR \(code = 40025\): .*max top K is 50, but got 60/)
})
