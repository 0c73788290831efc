import { expect, test } from 'vitest'
import { type Rng, seededRng } from '../base/rng.ts'
import { displace } from './displace.ts'

interface Case {
  n: number
  wanted: number[]
  limits: number[]
  fixed: Set<number>
}

function drawn(rng: Rng, most: number): Case {
  const n = rng.int(most + 1)
  const all = [...Array(n).keys()]
  const equal = rng.next() < 0.5 ? rng.int(n + 1) : null
  return {
    n,
    wanted: rng.shuffle(all),
    limits: all.map(() => equal ?? rng.int(n + 1)),
    fixed: new Set(all.filter(() => rng.next() < 0.15)),
  }
}
const run = ({ n, wanted, limits, fixed }: Case) => displace(n, wanted, (base) => limits[base]!, fixed)

/** What is wrong with an order; null when it is one of the items, each within its limit. */
function fault(final: readonly number[], { n, limits, fixed }: Case): string | null {
  if (final.length !== n || new Set(final).size !== n || final.some((base) => !(base >= 0 && base < n)))
    return 'no order'
  const moved = final.findIndex((base, place) => Math.abs(base - place) > (fixed.has(base) ? 0 : limits[base]!))
  return moved === -1 ? null : `${final[moved]} moved too far`
}

function permutations(list: readonly number[]): number[][] {
  if (list.length === 0) return [[]]
  return list.flatMap((one) => permutations(list.filter((own) => own !== one)).map((rest) => [one, ...rest]))
}

test('always an order of the items, none beyond its limit, pinned ones unmoved: 20,000 cases', () => {
  const rng = seededRng(1)
  for (let round = 0; round < 20_000; round++) {
    const one = drawn(rng, 30)
    expect(fault(run(one), one), JSON.stringify(one)).toBeNull()
  }
})

test('of all feasible orders the one nearest to the wish from the top: against all orders of up to six', () => {
  const all = [0, 1, 2, 3, 4, 5, 6].map((n) => permutations([...Array(n).keys()]))
  const rng = seededRng(2)
  for (let round = 0; round < 2_000; round++) {
    const one = drawn(rng, 6)
    const rank = (base: number) => one.wanted.indexOf(base)
    const best = all[one.n]!.filter((order) => fault(order, one) === null).reduce((a, b) => {
      const at = a.findIndex((base, place) => base !== b[place])
      return at === -1 || rank(a[at]!) < rank(b[at]!) ? a : b
    })
    expect(run(one), JSON.stringify({ ...one, fixed: [...one.fixed] })).toEqual(best)
  }
})

test('a wish within the limits is granted, and a limit of nothing is the base order', () => {
  expect(displace(5, [1, 0, 2, 4, 3], () => 1, new Set())).toEqual([1, 0, 2, 4, 3])
  expect(displace(5, [4, 3, 2, 1, 0], () => 0, new Set())).toEqual([0, 1, 2, 3, 4])
  expect(displace(5, [4, 3, 2, 1, 0], () => Number.POSITIVE_INFINITY, new Set())).toEqual([4, 3, 2, 1, 0])
  expect(displace(6, [5, 4, 3, 2, 1, 0], () => 3, new Set([0]))[0]).toBe(0)
})

test('wishes and limits that make no sense are no harm', () => {
  expect(displace(3, [7, -1, 2, 2, 0.5, Number.NaN], () => 2, new Set())).toEqual([2, 0, 1])
  expect(displace(3, [2, 1, 0], () => Number.NaN, new Set([9]))).toEqual([0, 1, 2])
  expect(displace(0, [1], () => 3, new Set())).toEqual([])
})

test('the check sees an order that only clips what each item wishes', () => {
  const clipped = ({ n, wanted, limits, fixed }: Case) => {
    const goal = (base: number) => {
      const limit = fixed.has(base) ? 0 : limits[base]!
      return Math.min(Math.max(wanted.indexOf(base), base - limit), base + limit)
    }
    return [...Array(n).keys()].sort((a, b) => goal(a) - goal(b) || a - b)
  }
  const rng = seededRng(3)
  const cases = Array.from({ length: 500 }, () => drawn(rng, 30))
  expect(cases.filter((one) => fault(clipped(one), one) !== null).length).toBeGreaterThan(50)
})
