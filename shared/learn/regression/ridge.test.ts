import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gauss } from '../../../tests/support/dense_regression.ts'
import { seededRng } from '../../base/rng.ts'
import { solveRidge } from './ridge.ts'

const SEED = 20_261_151

/** Sums of products of random sparse columns: what the solver is given in earnest, singular ones among them. */
function problem(seed: number, size: number, rows: number) {
  const rng = seededRng(seed)
  const columns = Array.from({ length: size }, () =>
    Array.from({ length: rows }, () => (rng.next() < 0.4 ? rng.next() : 0)),
  )
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, row) => sum + value * b[row]!, 0)
  const target = Array.from({ length: rows }, () => (rng.next() < 0.4 ? 1 : 0))
  return { gram: columns.map((a) => columns.map((b) => dot(a, b))), right: columns.map((a) => dot(a, target)) }
}

const sizes = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }))

function solved(gram: readonly number[][], right: readonly number[], lambda: number): number[] {
  const size = right.length
  // What stands above the diagonal is not read.
  const lower = Float64Array.from({ length: size * size }, (_, at) =>
    at % size <= Math.floor(at / size) ? gram[Math.floor(at / size)]![at % size]! : Number.NaN,
  )
  const x = Float64Array.from(right)
  solveRidge(lower, size, lambda, x)
  return [...x]
}

const agrees = (lambda: number, oracleLambda: number) =>
  fc.property(sizes, ([seed, size, rows]) => {
    const { gram, right } = problem(seed, size, rows)
    const expected = gauss(
      gram.map((row, at) => row.map((value, other) => value + (at === other ? oracleLambda : 0))),
      right,
    )
    for (const [at, value] of solved(gram, right, lambda).entries()) expect(value).toBeCloseTo(expected[at]!, 8)
  })

test('the solution is that of elimination with pivots', () => {
  fc.assert(agrees(0.7, 0.7), { seed: SEED, numRuns: 200 })
})

test('control: another lambda gives another solution', () => {
  expect(fc.check(agrees(0.7, 0.71), { seed: SEED, numRuns: 200, endOnFailure: true }).failed, `seed ${SEED}`).toBe(
    true,
  )
})
