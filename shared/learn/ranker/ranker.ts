import { hash32 } from '../../base/hash.ts'
import type { LearnInput } from '../learner.ts'
import type { SteppedLearner } from '../learner_steps.ts'
import { REGRESSIONS } from '../regression/models.ts'
import { regressionSteps } from '../regression/regression_steps.ts'
import { rewoundModel } from '../rewound.ts'
import { FITTED, fitStep, fittedOrders } from './fit_step.ts'
import { listsStep } from './lists_step.ts'
import { shownStep } from './shown_step.ts'

/**
 * Learns what each feature of the base order counts for: everything is learned as if the shop's last weeks had not been,
 * and what shoppers then did is the lesson: on shelves that they were shown, and on visits as if they had been shown some. The orders go with what is learned of all events.
 */
export const rankerLearner: SteppedLearner = {
  name: 'ranker',
  version: 4,
  dependsOn: FITTED,
  steps: [shownStep, ...REGRESSIONS.map(rewoundModel).flatMap(regressionSteps), listsStep, fitStep],
  gather: (input) => ({
    passes: 0,
    *bucket() {},
    // biome-ignore lint/correctness/useYield: all of it stands in the states that it depends on
    *finish() {
      return new TextEncoder().encode(rowOf(input))
    },
  }),
  open: (state) => ({
    count: 1,
    // biome-ignore lint/correctness/useYield: one row
    *block() {
      const text = new TextDecoder().decode(state)
      return text === '' ? [] : [text]
    },
  }),
}

function rowOf(input: LearnInput): string {
  const { orders, report } = fittedOrders(input)
  if (Object.keys(orders).length === 0) return ''
  const ranker = { version: `learned-${hash32(JSON.stringify(orders)).toString(36)}`, orders }
  return JSON.stringify(['ranker', ranker, report])
}
