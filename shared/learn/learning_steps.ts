import type { Learner } from './learner.ts'
import { learnerSteps } from './learner_steps.ts'
import { manifestStep } from './manifest_step.ts'
import { numberStep } from './number_step.ts'
import { readStep } from './read_step.ts'
import type { Step } from './step.ts'
import { censusStep, visitsStep } from './visits_step.ts'

/** From partitions to visits: what every learner, here or in another engine, begins with. */
export const visitSteps = (): Step[] => [readStep, numberStep, visitsStep, censusStep]

/** From partitions to a manifest of rows: the whole of learning, on whatever machine. */
export const learningSteps = (learners: readonly Learner[]): Step[] => [
  ...visitSteps(),
  ...learners.flatMap(learnerSteps),
  manifestStep(learners),
]
