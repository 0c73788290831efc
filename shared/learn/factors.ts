import { FACTOR_DIMS, packDirection } from '../domain/item_factors.ts'
import { decodeArrays, encodeArrays } from './arrays.ts'
import { type Factors, itemFactors } from './factors_svd.ts'
import type { Learner } from './learner.ts'
import { openMatrix } from './matrix.ts'
import { shopperMatrix } from './regression/models.ts'

const ITEMS_PER_BLOCK = 2_000

/** Where each item lies by who wants it (`itemFactors`): the space that texts are mapped to and tastes are found in. */
export const factorsLearner: Learner = {
  name: 'factors',
  version: 1,
  dependsOn: [shopperMatrix.name],
  gather: (input) => ({
    passes: 0,
    // biome-ignore lint/correctness/useYield: there are no passes
    *bucket() {
      throw new RangeError('there are no passes')
    },
    *finish() {
      const { vectors, shoppers } = yield* itemFactors(openMatrix(input.state(shopperMatrix.name)))
      return encodeArrays({ vectors, shoppers })
    },
  }),
  open(state, input) {
    const { vectors, shoppers } = openFactors(state)
    return {
      count: Math.ceil(input.items.length / ITEMS_PER_BLOCK),
      // biome-ignore lint/correctness/useYield: a block is two thousand short rows
      *block(index) {
        const lines: string[] = []
        const end = Math.min(input.items.length, (index + 1) * ITEMS_PER_BLOCK)
        for (let item = index * ITEMS_PER_BLOCK; item < end; item++) {
          if (shoppers[item] === 0) continue
          const own = vectors.subarray(item * FACTOR_DIMS, (item + 1) * FACTOR_DIMS)
          lines.push(JSON.stringify(['factors', input.items[item], shoppers[item], packDirection(own)]))
        }
        return lines
      },
    }
  },
}

/** Views of the learner's state. */
export const openFactors = (state: Uint8Array): Factors =>
  decodeArrays(state, { vectors: 'Float32', shoppers: 'Int32' } as const).arrays
