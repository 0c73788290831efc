import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DenseRows, denseCrowding, denseWeights } from '../../../tests/support/dense_regression.ts'
import { seededRng } from '../../base/rng.ts'
import { allocateArrays } from '../arrays.ts'
import type { Matrix } from '../matrix.ts'
import { createRegression } from './regression.ts'
import { unitMoments } from './unit_moments.ts'

const SEED = 20_261_153

/** A matrix of rows of distinct items, each with its value. */
function matrixOf(rows: ReadonlyArray<ReadonlyMap<number, number>>, columns: number): Matrix {
  const entries = rows.flatMap((row, at) =>
    [...row].sort(([a], [b]) => a - b).map(([item, value]) => ({ at, item, value })),
  )
  const ordered = (list: typeof entries, count: number, key: 'at' | 'item', other: 'at' | 'item') => {
    const shape = { start: 'Int32', column: 'Int32', value: 'Float32' } as const
    const lengths = { start: count + 1, column: list.length, value: list.length }
    const { arrays } = allocateArrays(shape, lengths)
    for (const [place, entry] of list.entries()) {
      arrays.column[place] = entry[other]
      arrays.value[place] = entry.value
      arrays.start[entry[key] + 1]! += 1
    }
    for (let index = 0; index < count; index++) arrays.start[index + 1]! += arrays.start[index]!
    return arrays
  }
  const byItem = [...entries].sort((a, b) => a.item - b.item || a.at - b.at)
  return {
    rows: rows.length,
    columns,
    byRow: ordered(entries, rows.length, 'at', 'item'),
    byColumn: ordered(byItem, columns, 'item', 'at'),
  }
}

function randomRows(seed: number, rows: number, items: number): Array<Map<number, number>> {
  const rng = seededRng(seed)
  return Array.from({ length: rows }, () => {
    const own = new Map<number, number>()
    for (let item = 0; item < items; item++) if (rng.next() < 0.3) own.set(item, rng.pick([0.25, 0.5, 1]))
    return own
  })
}

const named = (row: ReadonlyMap<number, number>) => new Map([...row].map(([item, value]) => [String(item), value]))
const denseOf = (rows: ReadonlyArray<ReadonlyMap<number, number>>): DenseRows =>
  rows.map((row) => ({ x: named(row), y: named(row) }))

/** By anchor and target. */
function weightsOf(
  rows: ReadonlyArray<ReadonlyMap<number, number>>,
  items: number,
  options: { candidates: number; strength: number },
) {
  const solve = createRegression(unitMoments(matrixOf(rows, items)), options)
  const found = new Map<string, number>()
  for (let target = 0; target < items; target++) {
    const { anchors, weights } = solve(target)
    for (const [at, anchor] of anchors.entries()) found.set(`${anchor} ${target}`, weights[at]!)
  }
  return found
}

const sizes = fc.tuple(fc.integer(), fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 12 }))

const agrees = (strength: number, oracleStrength: number) =>
  fc.property(sizes, ([seed, rows, items]) => {
    const data = randomRows(seed, rows, items)
    fc.pre(data.some((row) => row.size > 1))
    const dense = denseOf(data)
    const expected = denseWeights(dense, oracleStrength * denseCrowding(dense), false)
    const found = weightsOf(data, items, { candidates: items, strength })
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
    for (const [pair, weight] of expected) expect(found.get(pair), pair).toBeCloseTo(weight, 6)
  })

test('with every item a candidate the weights are those of the dense regression', () => {
  fc.assert(agrees(1, 1), { seed: SEED, numRuns: 200 })
})

test('control: another strength is told apart', () => {
  expect(fc.check(agrees(1, 1.1), { seed: SEED, numRuns: 200, endOnFailure: true }).failed, `seed ${SEED}`).toBe(true)
})

test('candidates are those of the largest cosine shrunk by support, and only they are solved for', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const items = 15
      const data = randomRows(seed, 40, items)
      const found = weightsOf(data, items, { candidates: 4, strength: 1 })
      const column = (item: number) => data.map((row) => row.get(item) ?? 0)
      const dot = (a: number[], b: number[]) => a.reduce((sum, value, row) => sum + value * b[row]!, 0)
      for (let target = 0; target < items; target++) {
        const own = column(target)
        const likeness = (other: number) => {
          const its = column(other)
          const shared = own.filter((value, row) => value > 0 && its[row]! > 0).length
          return (dot(own, its) / Math.sqrt(dot(own, own) * dot(its, its))) * (shared / (shared + 5))
        }
        const others: number[] = []
        for (let other = 0; other < items; other++) if (other !== target && likeness(other) > 0) others.push(other)
        const expected = others.sort((a, b) => likeness(b) - likeness(a) || a - b).slice(0, 4)
        const anchors = [...found.keys()].flatMap((pair) =>
          pair.endsWith(` ${target}`) ? [Number(pair.split(' ')[0])] : [],
        )
        expect(anchors.sort()).toEqual(expected.sort())
      }
    }),
    { seed: SEED, numRuns: 50 },
  )
})

test('everybody twice at twice the strength is everybody once; values twice as large change nothing', () => {
  fc.assert(
    fc.property(sizes, ([seed, rows, items]) => {
      const data = randomRows(seed, rows, items)
      fc.pre(data.some((row) => row.size > 1))
      const options = { candidates: items, strength: 1 }
      const once = weightsOf(data, items, options)
      const twice = weightsOf([...data, ...data], items, { ...options, strength: 2 })
      const larger = weightsOf(
        data.map((row) => new Map([...row].map(([item, value]) => [item, 2 * value]))),
        items,
        options,
      )
      for (const other of [twice, larger])
        for (const [pair, weight] of once) expect(other.get(pair), pair).toBeCloseTo(weight, 6)
    }),
    { seed: SEED, numRuns: 100 },
  )
})
