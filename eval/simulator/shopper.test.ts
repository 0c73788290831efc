import { describe, expect, test } from 'vitest'
import { buildCatalogue } from './catalogue.ts'
import { population } from './shopper.ts'
import { testConfig, testItems } from './testing.ts'

const catalogue = buildCatalogue(testItems(), 1)

/** Mean cosine of feature tastes over pairs of shoppers that are, or are not, of one cluster. */
function meanSimilarity(shoppers: ReturnType<typeof population>, sameCluster: boolean): number {
  let sum = 0
  let pairs = 0
  for (const [i, a] of shoppers.entries())
    for (const b of shoppers.slice(i + 1)) {
      if ((a.cluster === b.cluster) !== sameCluster) continue
      const x = [...a.featureTaste.values()]
      const y = [...b.featureTaste.values()]
      const dot = (p: number[], q: number[]) => p.reduce((total, value, k) => total + value * q[k]!, 0)
      sum += dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
      pairs += 1
    }
  return sum / pairs
}

describe('population', () => {
  test('is fixed by its seed', () => {
    expect(population(testConfig(7), catalogue)).toEqual(population(testConfig(7), catalogue))
    expect(population(testConfig(7), catalogue)).not.toEqual(population(testConfig(8), catalogue))
  })

  test('grows without changing the shoppers that were there', () => {
    const few = population({ ...testConfig(7), shoppers: 20 }, catalogue)
    expect(population({ ...testConfig(7), shoppers: 40 }, catalogue).slice(0, 20)).toEqual(few)
  })

  test('activity has a heavy tail: the busiest tenth makes over a quarter of the sessions', () => {
    const sessions = population(testConfig(7), catalogue)
      .map((shopper) => shopper.sessions)
      .sort((a, b) => b - a)
    const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0)
    expect(sum(sessions.slice(0, 20)) / sum(sessions)).toBeGreaterThan(0.25)
    expect(sessions.at(-1)).toBeGreaterThanOrEqual(1)
  })

  test('shoppers of one cluster share a taste, shoppers of two do not', () => {
    const shoppers = population(testConfig(7), catalogue)
    expect(meanSimilarity(shoppers, true)).toBeGreaterThan(0.7)
    expect(meanSimilarity(shoppers, false)).toBeLessThan(0.4)
  })

  test('category taste is a distribution', () => {
    for (const { categoryTaste } of population(testConfig(7), catalogue))
      expect([...categoryTaste.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
  })
})
