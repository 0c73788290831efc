import { expect, test } from 'vitest'
import { type Rng, seededRng } from '../base/rng.ts'
import { hasFallen } from './alarm.ts'
import { isAbove, lowerBound, NO_SUMS, plus, type Sums, upperBound } from './bounds.ts'

const ALPHA = 0.05
const RUNS = 400
const LOOKS = 60
const A_LOOK = 50

/** Mostly nothing, now and then something: like clicks. */
const draw = (rng: Rng, mean: number) => {
  const u = rng.next()
  return u < 0.15 + mean / 2 ? 1 : u < 0.3 ? -1 : 0
}
const one = (x: number): Sums => ({ n: 1, sum: x, squares: x * x })
const sums = (rng: Rng, mean: number, count: number) => {
  let all = NO_SUMS
  for (let at = 0; at < count; at++) all = plus(all, one(draw(rng, mean)))
  return all
}

/** The share of runs in which a judge says at any of many looks that a mean of nothing is above nothing. */
function everWrong(judge: (seen: Sums) => boolean): number {
  let wrong = 0
  for (let run = 0; run < RUNS; run++) {
    const rng = seededRng(run)
    let seen = NO_SUMS
    for (let look = 0; look < LOOKS; look++) {
      seen = plus(seen, sums(rng, 0, A_LOOK))
      if (judge(seen)) {
        wrong += 1
        break
      }
    }
  }
  return wrong / RUNS
}

test('looking again and again errs in at most alpha of all cases; an interval for one look does not', () => {
  expect(everWrong((seen) => isAbove(seen, 0, ALPHA))).toBeLessThanOrEqual(ALPHA)
  const once = ({ n, sum, squares }: Sums) => sum / n - 1.645 * (Math.sqrt(squares) / n) > 0
  expect(everWrong(once)).toBeGreaterThan(ALPHA * 2)
})

test('a real difference is found, and the bounds close in on it', () => {
  const seen = sums(seededRng(1), 0.1, 20_000)
  const [low, high] = [lowerBound(seen, ALPHA), upperBound(seen, ALPHA)]
  expect(low).toBeGreaterThan(0.05)
  expect(high).toBeLessThan(0.15)
  expect(isAbove(seen, low - 1e-6, ALPHA)).toBe(true)
  expect(isAbove(seen, low + 1e-6, ALPHA)).toBe(false)
  expect([lowerBound(NO_SUMS, ALPHA), upperBound(NO_SUMS, ALPHA)]).toEqual([-1, 1])
})

test('a mean that falls is noticed whatever came before; over all days it would not be', () => {
  const rng = seededRng(5)
  const good = Array.from({ length: 60 }, () => sums(rng, 0.15, 100))
  const bad = Array.from({ length: 25 }, () => sums(rng, -0.15, 100))
  expect(hasFallen(good, 0, 1_000)).toBe(false)
  expect(hasFallen([...good, ...bad], 0, 1_000)).toBe(true)
  expect([...good, ...bad].reduce(plus).sum).toBeGreaterThan(0)
})
