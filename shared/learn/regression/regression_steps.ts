import { release } from '../arrays.ts'
import { breathing, OBJECTS, type RunContext, type Step, units } from '../step.ts'
import { readInput } from '../visits_step.ts'
import type { RegressionModel } from './models.ts'
import { createRegression, type Solution } from './regression.ts'
import { createPart, transposed } from './weights.ts'

/** One of the millions of multiplications that a block takes where items have hundreds of buyers; see learner.ts. */
const TARGETS_PER_BLOCK = 200
const STEPS_PER_BREATH = 4_000_000

/** The regressions of all items in blocks, and their weights turned round, which are the state of the model's name. */
export const regressionSteps = (model: RegressionModel): Step[] => [solveStep(model), turnStep(model)]

const blocksOf = (items: number) => Math.ceil(items / TARGETS_PER_BLOCK)

const solveStep = (model: RegressionModel): Step => ({
  name: `${model.name}.solve`,
  async open(run: RunContext) {
    const input = await readInput(run, model.dependsOn)
    const solve = createRegression(model.moments(input), model)
    const items = input.items.length
    const open = units(blocksOf(items), async (block) => {
      const from = block * TARGETS_PER_BLOCK
      const bytes = await breathing(solvePart(solve, from, Math.min(items, from + TARGETS_PER_BLOCK)), run.breathe)
      await run.folder.put(OBJECTS.part(model.name, block), bytes)
    })
    return { ...open, close: () => release(...model.dependsOn.map((name) => input.state(name))) }
  },
})

function* solvePart(solve: (target: number) => Solution, from: number, to: number): Generator<void, Uint8Array> {
  const part = createPart()
  let steps = 0
  for (let target = from; target < to; target++) {
    const solution = solve(target)
    part.add(solution.anchors, solution.weights)
    steps += solution.steps
    if (steps < STEPS_PER_BREATH) continue
    steps = 0
    yield
  }
  return part.bytes()
}

const turnStep = (model: RegressionModel): Step => ({
  name: `${model.name}.turn`,
  async open(run: RunContext) {
    return units(1, async () => {
      const { items } = await readInput(run, [])
      const read = (block: number) => run.folder.bytes(OBJECTS.part(model.name, block))
      const bytes = await transposed(items.length, blocksOf(items.length), read, run.breathe)
      await run.folder.put(OBJECTS.state(model.name), bytes)
      release(bytes)
    })
  },
})
