import type { Learner, LearnInput } from '../learner.ts'
import type { SteppedLearner } from '../learner_steps.ts'
import { type Matrix, openMatrix } from '../matrix.ts'
import { REGRESSIONS } from './models.ts'
import { regressionSteps } from './regression_steps.ts'
import { Strongest } from './strongest.ts'
import { type AnchorWeights, openWeights } from './weights.ts'

/** Neighbours kept an item: some 60 by each of three weights, and sixty rows are read for a shelf. */
export const NEIGHBOURS_KEPT = 120
const ITEMS_PER_BLOCK = 200
const STEPS_PER_BREATH = 2_000_000

/**
 * An item's neighbours by behaviour: what the item adds to each other's score by taste, together and next (REGRESSIONS),
 * in ten-thousandths, and how many shoppers bought both, for reasons. Strongest first: by the sum of the three weights'
 * sizes, each as a share of the item's own largest of its kind.
 */
export const neighboursLearner: SteppedLearner = {
  name: 'bought',
  version: 2,
  dependsOn: ['shopper_matrix', ...REGRESSIONS.map(({ name }) => name)],
  steps: REGRESSIONS.flatMap(regressionSteps),
  gather: () => ({
    passes: 0,
    *bucket() {},
    // biome-ignore lint/correctness/useYield: all of it stands in the states that it depends on
    *finish() {
      return new Uint8Array()
    },
  }),
  open: (_state, input) => openNeighbours(input),
}

function openNeighbours(input: LearnInput): ReturnType<Learner['open']> {
  const models = REGRESSIONS.map(({ name }) => openWeights(input.state(name)))
  const matrix = openMatrix(input.state('shopper_matrix'))
  const union = createUnion(input.items.length)
  const buyers = createBuyers(matrix)
  return {
    count: Math.ceil(input.items.length / ITEMS_PER_BLOCK),
    *block(index) {
      const lines: string[] = []
      const end = Math.min(input.items.length, (index + 1) * ITEMS_PER_BLOCK)
      let steps = 0
      for (let item = index * ITEMS_PER_BLOCK; item < end; item++) {
        const kept = union.of(item, models)
        if (kept.length > 0) {
          steps += buyers.count(item)
          const entries = kept.map(({ other, weights }) => [input.items[other], ...weights, buyers.of(item, other)])
          lines.push(JSON.stringify(['bought', input.items[item], entries]))
        }
        if (steps < STEPS_PER_BREATH) continue
        steps = 0
        yield
      }
      return lines
    },
  }
}

interface Neighbour {
  other: number
  /** By model. */
  weights: number[]
}

/** The strongest of an anchor's targets by all models. */
export function createUnion(items: number) {
  const strength = new Float64Array(items)
  const strongest = new Strongest(NEIGHBOURS_KEPT)
  return {
    of(anchor: number, models: readonly AnchorWeights[]): Neighbour[] {
      const touched: number[] = []
      const byTarget = models.map(({ start, target, weight }) => {
        const own = new Map<number, number>()
        let largest = 0
        for (let at = start[anchor]!; at < start[anchor + 1]!; at++) largest = Math.max(largest, Math.abs(weight[at]!))
        for (let at = start[anchor]!; at < start[anchor + 1]!; at++) {
          const other = target[at]!
          own.set(other, weight[at]!)
          if (strength[other] === 0) touched.push(other)
          strength[other]! += Math.abs(weight[at]!) / largest
        }
        return own
      })
      for (const other of touched) {
        strongest.offer(other, strength[other]!)
        strength[other] = 0
      }
      return strongest.take().map((other) => ({ other, weights: byTarget.map((own) => own.get(other) ?? 0) }))
    },
  }
}

/** Distinct shoppers who bought an item and another. */
function createBuyers({ byRow, byColumn, columns }: Matrix) {
  const both = new Int32Array(columns)
  return {
    /** Counts for one item. @returns the steps that it took */
    count(item: number): number {
      both.fill(0)
      let steps = columns
      for (let at = byColumn.start[item]!; at < byColumn.start[item + 1]!; at++) {
        if (byColumn.value[at] !== 1) continue
        const shopper = byColumn.column[at]!
        const end = byRow.start[shopper + 1]!
        for (let entry = byRow.start[shopper]!; entry < end; entry++)
          if (byRow.value[entry] === 1) both[byRow.column[entry]!]! += 1
        steps += end - byRow.start[shopper]!
      }
      return steps
    },
    /** Nobody buys an item beside itself. */
    of: (item: number, other: number) => (item === other ? 0 : both[other]!),
  }
}
