import { describe, expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { dirichlet, gamma, normal, weightedIndex } from './draw.ts'

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const many = (draw: () => number) => Array.from({ length: 20_000 }, draw)

describe('draws', () => {
  test('normal has mean 0 and variance 1', () => {
    const rng = seededRng(1)
    const values = many(() => normal(rng))
    expect(mean(values)).toBeCloseTo(0, 1)
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 1)
  })

  test.each([0.4, 1, 3.5])('gamma of shape %f has that mean and variance', (shape) => {
    const rng = seededRng(2)
    const values = many(() => gamma(rng, shape))
    expect(Math.abs(mean(values) - shape)).toBeLessThan(0.05 * shape + 0.02)
    expect(Math.abs(mean(values.map((value) => (value - shape) ** 2)) - shape)).toBeLessThan(0.12 * shape)
  })

  test('a dirichlet sums to one, and small concentrations are peaked', () => {
    const rng = seededRng(3)
    const top = (shape: number) =>
      mean(Array.from({ length: 300 }, () => Math.max(...dirichlet(rng, Array(10).fill(shape)))))
    expect(dirichlet(rng, [1, 2, 3]).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10)
    expect(top(0.1)).toBeGreaterThan(2 * top(10))
  })

  test('weightedIndex follows the weights and never draws a zero', () => {
    const rng = seededRng(4)
    const counts = [0, 0, 0]
    for (let i = 0; i < 10_000; i++) counts[weightedIndex(rng, [1, 0, 3])]! += 1
    expect(counts[1]).toBe(0)
    expect(counts[2]! / counts[0]!).toBeGreaterThan(2.7)
    expect(counts[2]! / counts[0]!).toBeLessThan(3.3)
  })
})
