import { decodeArrays, encodeArrays } from '../arrays.ts'
import { type Learner, type LearnInput, NO_BLOCKS } from '../learner.ts'
import { rewoundTo } from '../rewound.ts'
import { comers } from './tasks.ts'

const COMERS = 'comers'

/** Counts the shoppers who came back after the moment that learning is wound back to: a sample is taken of them. */
export const comersLearner: Learner = {
  name: COMERS,
  version: 1,
  dependsOn: ['timeline'],
  gather(input) {
    const untilMs = rewoundTo(input)
    let count = 0
    return {
      passes: 1,
      // biome-ignore lint/correctness/useYield: a bucket is some ten thousand visits
      *bucket(_pass, _bucket, visits) {
        for (const _ of comers(visits, untilMs)) count += 1
      },
      // biome-ignore lint/correctness/useYield: it is a number
      *finish() {
        return encodeArrays({ count: Float64Array.of(count) })
      },
    }
  },
  open: () => NO_BLOCKS,
}

export const countOfComers = (input: Pick<LearnInput, 'state'>): number =>
  decodeArrays(input.state(COMERS), { count: 'Float64' }).arrays.count[0]!
