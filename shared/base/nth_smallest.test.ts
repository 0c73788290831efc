import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nthSmallest } from './nth_smallest.ts'

// One zero: which of the two comes first is no matter.
const number = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 3 })).map((value) => value + 0)

test('is what stands there after sorting, of any values, and leaves the same values', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), fc.nat(59), (list, at) => {
      const n = at % list.length
      const values = Float64Array.from(list)
      const sorted = values.slice().sort()
      expect(nthSmallest(values, n)).toBe(sorted[n])
      expect(values.sort()).toEqual(sorted)
    }),
    { numRuns: 2_000 },
  )
})

test('there is no n-th of fewer', () => {
  expect(nthSmallest(new Float64Array(2), 2)).toBeUndefined()
  expect(nthSmallest(new Float64Array(2), -1)).toBeUndefined()
  expect(nthSmallest(new Float64Array(0), 0)).toBeUndefined()
})
