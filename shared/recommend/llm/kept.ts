import { withDeadline } from '../../base/deadline.ts'
import type { LlmOrder } from '../../domain/llm_order.ts'
import type { ReasonPack } from '../../domain/told_reason.ts'
import type { Stages } from '../../observe/stages.ts'
import type { ShelfDeps } from '../deps.ts'
import { timeFor } from '../time_left.ts'
import type { LlmPlan } from './contexts.ts'
import type { LlmDeps } from './deps.ts'

/** What was made before for a shelf. */
export interface Kept {
  /** Of its contexts, in their order. */
  orders: ReadonlyArray<LlmOrder | null>
  /** Of the first context, the only one whose facts are all true of the shelf. */
  pack: ReasonPack | null
}

/**
 * Reads orders and reasons beside the second wave: from isolate memory, else with one call. Whatever goes wrong, the shelf
 * is served with what the isolate holds.
 */
export async function readKept(
  plan: LlmPlan,
  withReasons: boolean,
  deps: ShelfDeps & { llm: LlmDeps },
  stages: Stages,
): Promise<Kept> {
  const { llm, clock } = deps
  const { kv } = deps.memory
  const { place: first, context } = plan.contexts[0]!
  const places = plan.use === 'none' ? [] : plan.contexts.map(({ place }) => place)
  const orders = places.map((place) => llm.orders.held(place))
  const pack = withReasons ? llm.memory.packs.get(first.key, clock.now()) : null
  const held: Kept = { orders: orders.map((order) => order ?? null), pack: pack ?? null }
  const readsOrders = orders.includes(undefined)
  if ((!readsOrders && pack !== undefined) || !kv.allows()) return held
  const read = async (): Promise<Kept> => {
    const [found, told] = await Promise.all([
      readsOrders ? llm.orders.read(places) : null,
      pack === undefined ? llm.reasons.pack(context.shop, first.digest, first.key) : null,
    ])
    if (pack === undefined) llm.memory.packs.set(first.key, told, clock.now())
    return {
      orders: found === null ? held.orders : places.map(({ digest }) => found.get(digest) ?? null),
      pack: pack === undefined ? told : pack,
    }
  }
  try {
    const kept = await stages.run('kept', () =>
      withDeadline('kept', timeFor('kept', deps, stages), stages.storage(read)),
    )
    kv.succeeded()
    return kept
  } catch (error) {
    kv.failed()
    deps.log.error('stage_failed', error, { stage: 'kept', shop: context.shop })
    return held
  }
}
