import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRng } from '../../base/rng.ts'
import { Strongest } from './strongest.ts'

const SEED = 20_261_152
const scores = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 })

/** By sorting all; of equal scores the smaller number first. */
const bySorting = (offers: ReadonlyArray<readonly [number, number]>, capacity: number) =>
  [...offers]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, capacity)
    .map(([item]) => item)

test('those of the largest scores are kept, ties by number, in whatever order they are offered', () => {
  const heap = new Strongest(7)
  fc.assert(
    fc.property(scores, fc.integer(), (values, seed) => {
      const offers = values.map((score, item) => [item, score] as const)
      for (const [item, score] of seededRng(seed).shuffle(offers)) heap.offer(item, score)
      expect(heap.take()).toEqual(bySorting(offers, 7))
      expect(heap.take()).toEqual([])
    }),
    { seed: SEED, numRuns: 500 },
  )
})
