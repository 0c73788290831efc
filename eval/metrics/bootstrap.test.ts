import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { difference, estimate, RESAMPLES, resample } from './bootstrap.ts'

const SEED = 7

const noise = (length: number, seed: number) => {
  const rng = seededRng(seed)
  return Float64Array.from({ length }, () => rng.next())
}
const alone = (length: number) => Array.from({ length }, (_, at) => `u ${at}`)
const one = (clusters: string[], values: Float64Array, seed = SEED) => estimate(resample(clusters, [values], seed)[0]!)

test('the interval is that of the standard error, and a seed repeats it', () => {
  const values = noise(400, 1)
  const { value, lo, hi } = one(alone(400), values)
  const half = 1.96 * Math.sqrt(1 / 12 / 400)
  expect(value).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / 400, 12)
  expect(value - lo).toBeGreaterThan(half * 0.85)
  expect(hi - value).toBeLessThan(half * 1.15)
  expect(one(alone(400), values)).toEqual({ value, lo, hi })
  expect(one(alone(400), values, SEED + 1)).not.toEqual({ value, lo, hi })
  expect(RESAMPLES).toBeGreaterThanOrEqual(2_000)
})

test('tasks of one user are drawn together: ten copies of each tell no more than one', () => {
  const values = noise(50, 2)
  const copied = Float64Array.from({ length: 500 }, (_, at) => values[at % 50]!)
  const users = Array.from({ length: 500 }, (_, at) => `u ${at % 50}`)
  const together = one(users, copied)
  const apart = one(alone(500), copied)
  expect(together).toEqual(one(alone(50), values))
  // The control takes copies for independent and is three times as sure.
  expect(apart.hi - apart.lo).toBeLessThan((together.hi - together.lo) / 2)
})

test('differences are paired: what both have in common does not blur them', () => {
  const base = noise(300, 3)
  const better = base.map((value) => value + 0.01)
  const [a, b] = resample(alone(300), [better, base], SEED)
  const paired = difference(a!, b!)
  expect(paired.lo).toBeCloseTo(0.01, 6)
  expect(paired.hi).toBeCloseTo(0.01, 6)
  const [left] = resample(alone(300), [better], SEED)
  const [right] = resample(alone(300), [base], SEED + 1)
  expect(difference(left!, right!).lo).toBeLessThan(0)
})

test('a task without a value counts for nothing', () => {
  const values = Float64Array.of(1, Number.NaN, 0, Number.NaN)
  expect(one(alone(4), values).value).toBe(0.5)
})
