import { expect, test } from 'vitest'
import { type Rng, seededRng } from '../../base/rng.ts'
import { type Fitted, fitListwise, type Lists, standardise } from './fit_listwise.ts'
import { minimize } from './lbfgs.ts'

function run<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

const TRUE = [1.5, -0.8, 0, 0.4]

/** Lists whose wanted items were drawn by the softmax of a known order. */
function drawn(rng: Rng, lists: number, size: number, order: readonly number[] = TRUE): Lists {
  const width = order.length
  const values = new Float32Array(lists * size * width)
  const wanted = new Uint8Array(lists * size)
  const start = Int32Array.from({ length: lists + 1 }, (_, list) => list * size)
  for (let list = 0; list < lists; list++) {
    const chances: number[] = []
    for (let row = 0; row < size; row++) {
      let score = 0
      for (let at = 0; at < width; at++) {
        const value = rng.next() * 4 - 2
        values[(list * size + row) * width + at] = value
        score += order[at]! * value
      }
      chances.push(Math.exp(score))
    }
    let left = rng.next() * chances.reduce((sum, one) => sum + one, 0)
    const pick = chances.findIndex((chance) => {
      left -= chance
      return left < 0
    })
    wanted[list * size + Math.max(0, pick)] = 1
  }
  return { width, start, values, wanted, stands: new Float32Array(wanted.length).fill(1) }
}

const zeros = (width: number) => new Float64Array(width)
const raw = (fitted: Fitted) => [...fitted.weight].map((weight, at) => weight / fitted.deviation[at]!)

test('the order that made the choices is found', () => {
  const fitted = run(fitListwise(drawn(seededRng(1), 3_000, 12), zeros(4)))
  for (const [at, weight] of raw(fitted).entries()) expect(weight).toBeCloseTo(TRUE[at]!, 0.8)
})

test('choices by chance give weights of nearly nothing', () => {
  const fitted = run(fitListwise(drawn(seededRng(2), 3_000, 12, [0, 0, 0, 0]), zeros(4)))
  for (const weight of raw(fitted)) expect(Math.abs(weight)).toBeLessThan(0.08)
})

test('few lists stay near the prior, many leave it', () => {
  const prior = Float64Array.from([0, 2, 0, 0])
  const [few, many] = [5, 3_000].map((lists) => run(fitListwise(drawn(seededRng(3), lists, 12), prior)))
  expect(Math.abs(raw(few!)[1]! - 2)).toBeLessThan(0.7)
  expect(many!.weight[1]!).toBeLessThan(-0.5)
})

test('the order of lists changes nothing but the last bits, and lists that say nothing change nothing', () => {
  const lists = drawn(seededRng(4), 300, 10)
  const size = 10 * lists.width
  const turned: Lists = {
    ...lists,
    values: new Float32Array(
      Array.from({ length: 300 }, (_, list) => [
        ...lists.values.slice((299 - list) * size, (300 - list) * size),
      ]).flat(),
    ),
    wanted: new Uint8Array(
      Array.from({ length: 300 }, (_, list) => [...lists.wanted.slice((299 - list) * 10, (300 - list) * 10)]).flat(),
    ),
  }
  const one = run(fitListwise(lists, zeros(4)))
  const other = run(fitListwise(turned, zeros(4)))
  for (let at = 0; at < 4; at++) expect(other.weight[at]).toBeCloseTo(one.weight[at]!, 4)
})

test('a feature that never differs gets no say', () => {
  const lists = drawn(seededRng(5), 200, 8)
  for (let row = 0; row < lists.wanted.length; row++) lists.values[row * lists.width + 2] = 7
  const fitted = run(fitListwise(lists, zeros(4)))
  expect(fitted.weight[2]).toBe(0)
  expect(standardise(7, fitted.mean[2]!, fitted.deviation[2]!)).toBe(0)
})

test('the minimiser finds the bottom of a narrow valley', () => {
  // Rosenbrock's function, whose valley is curved: (1, 1) is the bottom.
  const point = run(
    minimize(
      ([x, y], gradient) => {
        gradient[0] = -2 * (1 - x!) - 400 * x! * (y! - x! ** 2)
        gradient[1] = 200 * (y! - x! ** 2)
        return (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2
      },
      Float64Array.from([-1.2, 1]),
      { iterations: 200, tolerance: 1e-8 },
    ),
  )
  expect(point[0]).toBeCloseTo(1, 5)
  expect(point[1]).toBeCloseTo(1, 5)
})
