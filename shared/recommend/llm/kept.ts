import { withDeadline } from '../../base/deadline.ts'
import type { LlmOrder } from '../../domain/llm_order.ts'
import type { ReasonPack } from '../../domain/told_reason.ts'
import type { Stages } from '../../observe/stages.ts'
import type { ShelfDeps } from '../deps.ts'
import { timeFor } from '../time_left.ts'
import type { LlmPlan } from './contexts.ts'
import type { LlmDeps } from './deps.ts'

/** What was made before for a shelf's contexts, in their order. */
export interface Kept {
  orders: ReadonlyArray<LlmOrder | null>
  packs: ReadonlyArray<ReasonPack | null>
}

export const NOTHING_KEPT: Kept = { orders: [], packs: [] }

/**
 * Reads orders and reasons beside the second wave: from isolate memory, else with one call each. Whatever goes wrong, the
 * shelf is served without them.
 */
export async function readKept(
  plan: LlmPlan,
  withReasons: boolean,
  deps: ShelfDeps & { llm: LlmDeps },
  stages: Stages,
): Promise<Kept> {
  const { kv } = deps.memory
  const failed = (stage: string) => (error: unknown) => {
    kv.failed()
    deps.log.error('stage_failed', error, { stage, shop: plan.contexts[0]!.context.shop })
    return null
  }
  const [orders, packs] = await Promise.all([
    plan.use === 'none' ? null : readOrders(plan, deps, stages).catch(failed('llm_order')),
    withReasons ? readPacks(plan, deps, stages).catch(failed('reasons')) : null,
  ])
  return { orders: orders ?? [], packs: packs ?? [] }
}

async function readOrders(plan: LlmPlan, deps: ShelfDeps & { llm: LlmDeps }, stages: Stages) {
  const { orders } = deps.llm
  const places = plan.contexts.map(({ place }) => place)
  const held = places.map((place) => orders.held(place))
  if (held.every((order) => order !== undefined)) return held
  if (!deps.memory.kv.allows()) return held.map((order) => order ?? null)
  const found = await stages.run('llm_order', () =>
    withDeadline(
      'llm_order',
      timeFor('kept', deps, stages),
      stages.storage(() => orders.read(places)),
    ),
  )
  deps.memory.kv.succeeded()
  return places.map(({ digest }) => found.get(digest) ?? null)
}

async function readPacks(plan: LlmPlan, deps: ShelfDeps & { llm: LlmDeps }, stages: Stages) {
  const { memory, reasons } = deps.llm
  const { place, context } = plan.contexts[0]!
  const nowMs = deps.clock.now()
  const held = memory.packs.get(place.key, nowMs)
  if (held !== undefined || !deps.memory.kv.allows()) return [held ?? null]
  const pack = await stages.run('reasons', () =>
    withDeadline(
      'reasons',
      timeFor('kept', deps, stages),
      stages.storage(() => reasons.pack(context.shop, place.digest, place.key)),
    ),
  )
  deps.memory.kv.succeeded()
  memory.packs.set(place.key, pack, nowMs)
  return [pack]
}
