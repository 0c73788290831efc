import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { ceilingOf } from './ceiling.ts'

const LIST = Array.from({ length: 30 }, (_, at) => at)
const gainsAt = (...places: number[]) => new Map(places.map((place) => [place, 1]))
const at = (places: number[], moves: number) =>
  ceilingOf(
    LIST,
    gainsAt(...places),
    places.map(() => 1),
    moves,
  )

test('one relevant item rises as far as it may, and no further', () => {
  expect(at([5], 0)).toBeCloseTo(1 / Math.log2(7))
  expect(at([5], 3)).toBeCloseTo(1 / Math.log2(4))
  expect(at([5], 6)).toBe(1)
  expect([at([13], 3), at([29], 6)]).toEqual([0, 0])
  expect(at([12], 3)).toBeCloseTo(1 / Math.log2(11))
  expect(at([29], Number.POSITIVE_INFINITY)).toBe(1)
  expect(at([], 3)).toBeNaN()
})

/** DCG of the best of all orders that move nobody too far. */
function bestOfAll(n: number, gains: ReadonlyMap<number, number>, moves: number): number {
  const taken = new Set<number>()
  const best = (place: number): number => {
    if (place === n) return 0
    let most = Number.NEGATIVE_INFINITY
    for (let item = Math.max(0, place - moves); item <= Math.min(n - 1, place + moves); item++) {
      if (taken.has(item)) continue
      taken.add(item)
      most = Math.max(most, (gains.get(item) ?? 0) / Math.log2(place + 2) + best(place + 1))
      taken.delete(item)
    }
    return most
  }
  return best(0)
}

test('no order among all of them reaches more', () => {
  const rng = seededRng(4)
  for (let round = 0; round < 60; round++) {
    const gains = gainsAt(...LIST.slice(0, 8).filter(() => rng.next() < 0.4))
    if (gains.size === 0) continue
    const ideal = [...gains.values()]
    const most = ideal.reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0)
    for (const moves of [1, 2, 3])
      expect(ceilingOf(LIST.slice(0, 8), gains, ideal, moves)).toBeCloseTo(bestOfAll(8, gains, moves) / most)
  }
})
