import { release } from './arrays.ts'
import type { Learner } from './learner.ts'
import { breathing, OBJECTS, type RunContext, type Step, units } from './step.ts'
import { readInput, readVisits } from './visits_step.ts'

/** A learner with steps of its own, which come first and leave states that it depends on. */
export interface SteppedLearner extends Learner {
  readonly steps: readonly Step[]
}

/** A learner's two steps, after those of its own: its passes over the buckets, and its blocks of rows. */
export const learnerSteps = (learner: Learner | SteppedLearner): Step[] => [
  ...('steps' in learner ? learner.steps : []),
  gatherStep(learner),
  blocksStep(learner),
]

const gatherStep = (learner: Learner): Step => ({
  name: `${learner.name}.gather`,
  async open(run: RunContext) {
    return units(1, async () => {
      const input = await readInput(run, learner.dependsOn)
      const gathering = learner.gather(input)
      for (let pass = 0; pass < gathering.passes; pass++) {
        for (let bucket = 0; bucket < input.bucketShoppers.length; bucket++) {
          const visits = await readVisits(run, bucket)
          await breathing(gathering.bucket(pass, bucket, visits), run.breathe)
          release(visits.item)
        }
      }
      const state = await breathing(gathering.finish(), run.breathe)
      await run.folder.put(OBJECTS.state(learner.name), state)
      release(state, ...learner.dependsOn.map((name) => input.state(name)))
    })
  },
})

const blocksStep = (learner: Learner): Step => ({
  name: `${learner.name}.rows`,
  async open(run: RunContext) {
    const input = await readInput(run, learner.dependsOn)
    const state = await run.folder.bytes(OBJECTS.state(learner.name))
    const blocks = learner.open(state, input)
    const open = units(blocks.count, async (index) => {
      const lines = await breathing(blocks.block(index), run.breathe)
      await run.folder.put(OBJECTS.rows(learner.name, index), lines.join('\n'))
    })
    return { ...open, close: () => release(state, ...learner.dependsOn.map((name) => input.state(name))) }
  },
})
