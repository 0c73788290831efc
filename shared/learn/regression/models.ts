import { type Learner, type LearnInput, NO_BLOCKS } from '../learner.ts'
import { gatherMatrix, matrixLearner, openMatrix } from '../matrix.ts'
import type { Moments } from './moments.ts'
import { nextMoments } from './next_moments.ts'
import { levelOccasions } from './occasions.ts'
import type { RegressionOptions } from './regression.ts'
import { unitMoments } from './unit_moments.ts'
import { gatherSequences, openSequences } from './visit_sequences.ts'

/** One regression of every item: what it reads, and how strongly it is held back. */
export interface RegressionModel extends Readonly<RegressionOptions> {
  readonly name: string
  readonly dependsOn: readonly string[]
  moments(input: LearnInput): Moments
}

/** Who wanted what. */
export const shopperMatrix = matrixLearner('shopper_matrix', { unit: 'shopper', halfLifeMs: null })

/** What was wanted at once: orders, and visits without one. */
export const occasionMatrix: Learner = {
  name: 'occasion_matrix',
  version: 1,
  dependsOn: [],
  gather(input) {
    const gathering = gatherMatrix(input, { unit: 'occasion', halfLifeMs: null })
    return {
      ...gathering,
      *finish() {
        const state = yield* gathering.finish()
        levelOccasions(openMatrix(state))
        return state
      },
    }
  },
  open: () => NO_BLOCKS,
}

/** What was wanted after what. */
export const visitSequences: Learner = {
  name: 'visit_sequences',
  version: 1,
  dependsOn: [],
  gather: gatherSequences,
  open: () => NO_BLOCKS,
}

/**
 * An item's weights say what it adds to the others: that its shopper wants them at all (taste), that they come on the
 * same occasion (together), that they are wanted on one of the next visits, itself among them (next).
 *
 * Beyond 100 candidates taste and together gain nothing, 40 lose a hundredth; next gains nothing beyond 40. With lambda
 * as large as the crowding all three are at or near their best, on purchases as on ratings, over shoppers as over orders;
 * half and twice as much lose two hundredths.
 */
export const REGRESSIONS = [
  {
    name: 'taste',
    dependsOn: ['shopper_matrix'],
    candidates: 100,
    strength: 1,
    moments: (input) => unitMoments(openMatrix(input.state('shopper_matrix'))),
  },
  {
    name: 'together',
    dependsOn: ['occasion_matrix'],
    candidates: 100,
    strength: 1,
    moments: (input) => unitMoments(openMatrix(input.state('occasion_matrix'))),
  },
  {
    name: 'next',
    dependsOn: ['visit_sequences'],
    candidates: 50,
    strength: 1,
    moments: (input) => nextMoments(openSequences(input.state('visit_sequences'))),
  },
] as const satisfies readonly RegressionModel[]
