import { decodeArrays, encodeArrays } from './arrays.ts'
import type { Wishes } from './factors_svd.ts'
import { type Learner, NO_BLOCKS } from './learner.ts'
import { openMatrix } from './matrix.ts'
import { shopperMatrix } from './regression/models.ts'

/** Enough to choose a few numbers by, and small enough to lie beside the vectors of all texts. */
const ENTRIES_MAX = 600_000

/** A part of the shoppers, spread over all, with all that each of them wanted: what the text map is chosen on. */
export const wishSampleLearner: Learner = {
  name: 'wish_sample',
  version: 1,
  dependsOn: [shopperMatrix.name],
  gather: (input) => ({
    passes: 0,
    // biome-ignore lint/correctness/useYield: there are no passes
    *bucket() {
      throw new RangeError('there are no passes')
    },
    // biome-ignore lint/correctness/useYield: a copy of two megabytes
    *finish() {
      const { rows, columns, byRow } = openMatrix(input.state(shopperMatrix.name))
      const every = Math.max(1, Math.ceil(byRow.column.length / ENTRIES_MAX))
      const start = new Int32Array(Math.ceil(rows / every) + 1)
      for (let row = 0, at = 0; row < rows; row += every, at++)
        start[at + 1] = start[at]! + byRow.start[row + 1]! - byRow.start[row]!
      const column = new Int32Array(start.at(-1)!)
      for (let row = 0, at = 0; row < rows; row += every, at++)
        column.set(byRow.column.subarray(byRow.start[row]!, byRow.start[row + 1]!), start[at]!)
      return encodeArrays({ start, column }, { columns, items: input.items })
    },
  }),
  open: () => NO_BLOCKS,
}

export function openWishSample(state: Uint8Array): { wishes: Wishes; items: readonly string[] } {
  const { arrays, meta } = decodeArrays(state, { start: 'Int32', column: 'Int32' } as const)
  const { columns, items } = meta as { columns: number; items: readonly string[] }
  return { wishes: { rows: arrays.start.length - 1, columns, byRow: arrays }, items }
}

/** The same wishes in other numbers. @param place of each column, -1 to leave it out */
export function renumberedWishes({ rows, byRow }: Wishes, place: Int32Array, columns: number): Wishes {
  const start = new Int32Array(rows + 1)
  const column = new Int32Array(byRow.column.length)
  let entries = 0
  for (let row = 0; row < rows; row++) {
    for (let at = byRow.start[row]!; at < byRow.start[row + 1]!; at++) {
      const own = place[byRow.column[at]!]!
      if (own !== -1) column[entries++] = own
    }
    start[row + 1] = entries
  }
  return { rows, columns, byRow: { start, column: column.subarray(0, entries) } }
}
