import { expect, test } from 'vitest'
import { presentations } from './permutations.ts'

/** Mean place of each candidate over the passes. */
function meanPlaces(shown: readonly number[][]): number[] {
  const n = shown[0]!.length
  return Array.from({ length: n }, (_, own) => shown.reduce((sum, one) => sum + one.indexOf(own), 0) / shown.length)
}
const spread = (values: readonly number[]) => (values.length === 0 ? 0 : Math.max(...values) - Math.min(...values))

test('every presentation is a permutation, and mean places are as equal as whole places allow', () => {
  for (let n = 0; n <= 60; n++) {
    for (const passes of [1, 2, 3]) {
      const shown = presentations(n, passes, 7 * n + passes)
      expect(shown).toHaveLength(passes)
      for (const one of shown) expect(one.toSorted((a, b) => a - b)).toEqual([...Array(n).keys()])
      const least = passes === 2 || n % 2 === 1 ? 0 : 1 / 3
      if (passes > 1)
        expect(spread(meanPlaces(shown)), `${n} candidates, ${passes} passes`).toBeLessThanOrEqual(least + 1e-9)
    }
  }
})

test('one pass repeats the base order; more are drawn from the seed', () => {
  expect(presentations(5, 1, 9)).toEqual([[0, 1, 2, 3, 4]])
  expect(presentations(20, 3, 1)).toEqual(presentations(20, 3, 1))
  expect(presentations(20, 3, 1)).not.toEqual(presentations(20, 3, 2))
})

test('nobody stands at the same end twice', () => {
  for (const n of [10, 11, 20, 35]) {
    const shown = presentations(n, 3, n)
    for (let own = 0; own < n; own++) {
      const first = shown.filter((one) => one.indexOf(own) < n / 4).length
      const last = shown.filter((one) => one.indexOf(own) >= (3 * n) / 4).length
      expect(Math.max(first, last), `${own} of ${n}`).toBeLessThanOrEqual(1)
    }
  }
})

test('independent shuffles would be further apart', () => {
  const drawn = [1, 2, 3].map((seed) => presentations(21, 2, seed)[0]!)
  expect(spread(meanPlaces(drawn))).toBeGreaterThan(5)
})
