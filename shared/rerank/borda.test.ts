import { expect, test } from 'vitest'
import { seededRng } from '../base/rng.ts'
import { borda, kendallTau } from './borda.ts'
import { presentations } from './permutations.ts'

test('the sum of places decides, and the base order where sums are equal', () => {
  expect(borda([[2, 0, 1]])).toEqual({ order: [2, 0, 1], agreement: 0 })
  expect(
    borda([
      [2, 0, 1],
      [2, 1, 0],
    ]).order,
  ).toEqual([2, 0, 1])
  expect(
    borda([
      [0, 1, 2],
      [2, 1, 0],
    ]).order,
  ).toEqual([0, 1, 2])
  expect(borda([])).toEqual({ order: [], agreement: 0 })
})

test('tau counts pairs', () => {
  expect(kendallTau([0, 1, 2, 3], [0, 1, 2, 3])).toBe(1)
  expect(kendallTau([0, 1, 2, 3], [3, 2, 1, 0])).toBe(-1)
  expect(kendallTau([0, 1, 2, 3], [0, 1, 3, 2])).toBeCloseTo(4 / 6)
})

test('equal passes agree wholly, those of a model that follows places or chance not at all', () => {
  const equal = seededRng(3).shuffle([...Array(20).keys()])
  expect(borda([equal, equal, equal])).toEqual({ order: equal, agreement: 1 })
  for (const passes of [2, 3]) expect(borda(presentations(20, passes, 5)).agreement).toBe(0)
  const rng = seededRng(11)
  const chance = Array.from({ length: 200 }, () => borda([1, 2, 3].map(() => rng.shuffle(equal))).agreement)
  expect(chance.reduce((sum, one) => sum + one, 0) / chance.length).toBeLessThan(0.08)
})
