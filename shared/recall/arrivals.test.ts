import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ARRIVALS_PER_ROW, mergedArrivals } from './arrivals.ts'

const changes = fc.array(
  fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.double({ min: 0.01, max: 9, noNaN: true })),
)

test('a row is short, sorted, and the same in whatever order its arrivals came', () => {
  fc.assert(
    fc.property(changes, (list) => {
      const distinct = [...new Map(list)]
      const once = mergedArrivals([], new Map(distinct))
      let one = mergedArrivals([], new Map())
      for (const change of distinct.toReversed()) one = mergedArrivals(one, new Map([change]))
      expect(one).toEqual(once)
      expect(once.length).toBe(Math.min(ARRIVALS_PER_ROW, distinct.length))
      expect(mergedArrivals(once, new Map(once))).toEqual(once)
    }),
    { seed: 20_260_118 },
  )
})

test('who leaves is gone, and who speaks against an item brings it no more', () => {
  const before = [
    ['a', 2],
    ['b', 1],
  ] as const
  expect(mergedArrivals(before, new Map([['a', null]]))).toEqual([['b', 1]])
  expect(mergedArrivals(before, new Map([['b', -1]]))).toEqual([['a', 2]])
})
