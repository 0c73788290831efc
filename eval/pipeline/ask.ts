import type { Ranker as ShopRanker } from '../../shared/domain/ranker.ts'
import { ask } from '../../tests/support/ask.ts'
import type { ShelfParts } from '../../tests/support/world.ts'
import type { Task } from '../dataset/format.ts'
import type { TaskKind } from '../dataset/task_view.ts'
import type { Ranker } from '../rankers/ranker.ts'
import { PLACEMENT, placementOf, requestBody } from './request.ts'
import type { EvalShop } from './shop.ts'

/** Puts something else in the place of a part of the pipeline: a learned part alone, or weights that were fitted. */
export type Adapt = (parts: ShelfParts) => ShelfParts & { ranker?: ShopRanker | null }

const asItIs: Adapt = (parts) => parts

/** The ids that the shipped pipeline answers a task with, best first. @throws Error when a stage of it failed */
export async function askPipeline(
  shop: EvalShop,
  kind: TaskKind,
  task: Task,
  adapt: Adapt = asItIs,
): Promise<string[]> {
  const { placements } = shop.config
  const { ranker = shop.config.ranker, ...parts } = adapt(shop.parts)
  const config = { ...shop.config, ranker, placements: { ...placements, [PLACEMENT]: placementOf(kind, shop.spec) } }
  const { answer, ids } = await ask(parts, config, requestBody(task, shop.spec))
  if (answer.rung !== 'L2' || answer.degraded.length > 0)
    throw new Error(`task ${task.line} was answered from ${answer.rung}, degraded: ${answer.degraded.join(', ')}`)
  return ids
}

/** The pipeline as a ranker: what it does not return is unreturned, however near it was. */
export const pipelineRanker = (name: string, shop: EvalShop, kind: TaskKind, adapt: Adapt = asItIs): Ranker => ({
  name,
  async score(task, out) {
    place(await askPipeline(shop, kind, task, adapt), shop.dataset.index, out)
  },
})

/** Scores of a list: the first gets the largest. */
export function place(ids: readonly string[], index: ReadonlyMap<string, number>, out: Float64Array): void {
  for (const [at, id] of ids.entries()) {
    const item = index.get(id)
    if (item !== undefined) out[item] = ids.length - at
  }
}
