/** Sums of products with heads, which are summed up once, against sums without: the same but for their last bits. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnFrom } from '../../../tests/support/learned.ts'
import { DAY, interaction, NOW } from '../../../tests/support/unit_catalogue.ts'
import { seededRng } from '../../base/rng.ts'
import { openMatrix } from '../matrix.ts'
import { OBJECTS } from '../step.ts'
import { createGram, type GramSource } from './gram.ts'
import { occasionMatrix, shopperMatrix, visitSequences } from './models.ts'
import type { Moments } from './moments.ts'
import { nextMoments } from './next_moments.ts'
import { createRegression } from './regression.ts'
import { unitMoments } from './unit_moments.ts'
import { openSequences } from './visit_sequences.ts'

const SEED = 20_261_221
const ITEMS = 14
const NONE = Number.POSITIVE_INFINITY

/** Visits of a shop in which few items are wanted by most, again and again. */
async function statesOf(seed: number) {
  const rng = seededRng(seed)
  const events = Array.from({ length: 40 }, (_, shopper) =>
    Array.from({ length: 1 + rng.int(6) }, () => {
      const atMs = NOW - rng.int(60) * DAY
      const type = rng.next() < 0.6 ? ('purchase' as const) : ('view' as const)
      const items = new Set(Array.from({ length: 1 + rng.int(5) }, () => Math.floor(ITEMS * rng.next() ** 2)))
      return [...items].map((item) => interaction({ item: `i${item}`, shopper: `u:${shopper}`, atMs, type }))
    }),
  ).flat(2)
  const run = await learnFrom([shopperMatrix, occasionMatrix, visitSequences], events)
  return (name: string) => run.folder.bytes(OBJECTS.state(name))
}

type Made = (entriesMax: number) => Moments
async function modelsOf(seed: number): Promise<Made[]> {
  const state = await statesOf(seed)
  const [shoppers, occasions, visits] = [
    await state('shopper_matrix'),
    await state('occasion_matrix'),
    await state('visit_sequences'),
  ]
  return [
    (entriesMax) => unitMoments(openMatrix(shoppers), entriesMax),
    (entriesMax) => unitMoments(openMatrix(occasions), entriesMax),
    (entriesMax) => nextMoments(openSequences(visits), entriesMax),
  ]
}

const gramOf = ({ gram }: Pick<Moments, 'gram'>, anchors: readonly number[]) => {
  const into = new Float64Array(anchors.length ** 2)
  gram(Int32Array.from(anchors), into)
  return into
}
const differs = (one: Float64Array, other: Float64Array) =>
  one.some((value, at) => Math.abs(value - other[at]!) > 1e-9 * Math.max(1, Math.abs(value)))

const someAnchors = fc.subarray(
  Array.from({ length: ITEMS }, (_, item) => item),
  { minLength: 1 },
)

test('whatever are heads, and whichever of them are anchors: none, some, all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(someAnchors, { minLength: 1, maxLength: 12 }), async (seed, sets) => {
      for (const made of await modelsOf(seed)) {
        const plain = made(NONE)
        for (const entriesMax of [0, 3, 15, 40]) {
          const own = made(entriesMax)
          // One after the other: nothing is left behind by the one before.
          for (const anchors of sets) expect(differs(gramOf(own, anchors), gramOf(plain, anchors))).toBe(false)
        }
      }
    }),
    { seed: SEED, numRuns: 40 },
  )
})

test('the weights are the same to what is kept of them', async () => {
  for (const made of await modelsOf(7)) {
    const options = { candidates: 8, strength: 1 }
    const [plain, own] = [createRegression(made(NONE), options), createRegression(made(10), options)]
    for (let target = 0; target < ITEMS; target++) {
      const expected = plain(target)
      const weights = [...expected.weights]
      const found = own(target)
      expect([...found.anchors]).toEqual([...expected.anchors])
      for (const [at, weight] of weights.entries()) expect(found.weights[at]).toBeCloseTo(weight, 9)
    }
  }
})

test('where no item has too many entries nothing changes, not even the last bit, and it takes the same steps', async () => {
  const all = Array.from({ length: ITEMS }, (_, item) => item)
  for (const made of await modelsOf(8)) {
    expect(gramOf(made(2_048), all)).toEqual(gramOf(made(NONE), all))
    const into = new Float64Array(ITEMS ** 2)
    expect(made(2_048).gram(Int32Array.from(all), into)).toBe(made(NONE).gram(Int32Array.from(all), into))
  }
})

/** Rows of ones: items 0 and 1 stand in all of them, the others in few. */
function toy(adding: GramSource['adding'], entriesMax: number) {
  const rows = 60
  const standsIn = (item: number, row: number) => item < 2 || row % (item + 3) === 0
  const rowsOf = (item: number) => Array.from({ length: rows }, (_, row) => row).filter((row) => standsIn(item, row))
  const items = 6
  const mass = Float64Array.from({ length: items }, (_, item) => rowsOf(item).length)
  const start = new Int32Array(items + 1)
  for (let item = 0; item < items; item++) start[item + 1] = start[item]! + rowsOf(item).length
  const row = Int32Array.from(Array.from({ length: items }, (_, item) => rowsOf(item)).flat())
  const columns = { rows, items, start, row }
  return createGram({ columns, mass, adding, entriesMax })
}

/** Of ones every product is one. */
const ones =
  (first: (from: number, lights: number) => number): GramSource['adding'] =>
  ({ length: size }, into, { column }) =>
  (_row, from, lights, to) => {
    for (let at = Math.max(from + 1, first(from, lights)); at < to; at++)
      for (let before = from; before < at; before++)
        into[Math.max(column[at]!, column[before]!) * size + Math.min(column[at]!, column[before]!)]! += 1
  }

test.each<[string, GramSource['adding'], boolean]>([
  ['control: products of ones are counts', ones((_from, lights) => lights), false],
  ['negative control: sums that count two heads again are found out', ones((from) => from), true],
  ['negative control: sums that leave out a light are found out', ones((_from, lights) => lights + 1), true],
])('%s', (_name, adding, wrong) => {
  const anchors = [0, 1, 2, 3, 5]
  const plain = gramOf(
    {
      gram: toy(
        ones((from) => from),
        NONE,
      ),
    },
    anchors,
  )
  expect(differs(gramOf({ gram: toy(adding, 30) }, anchors), plain)).toBe(wrong)
})

test('what a target costs does not follow what the heads have', async () => {
  const anchors = Int32Array.from([0, 1, 2])
  const into = new Float64Array(9)
  const [plain, own] = [
    toy(
      ones((_from, lights) => lights),
      NONE,
    ),
    toy(
      ones((_from, lights) => lights),
      30,
    ),
  ]
  // Of item 2 twelve rows, two heads in each, listed twice; of the heads alone nothing.
  expect([plain(anchors, into), own(anchors, into)]).toEqual([60 + 60 + 12, 12 + 2 * 2 * 12])
  expect(own(Int32Array.from([0, 1]), into)).toBe(0)
  expect(into[2]).toBe(60)
})
