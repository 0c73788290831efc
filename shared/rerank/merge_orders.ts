import type { LlmOrder } from '../domain/llm_order.ts'
import { CONTRADICTORY } from './apply_order.ts'
import { type FoundOrder, KNOWN_MIN, KNOWN_WELL, orderState, type PresentItem } from './order_state.ts'

/** What several orders know of one list together. */
export interface Merged {
  /** The share of the list that any of them knows in its present version. */
  known: number
  /** Places in the list of those orders that speak for an item. */
  speaking: ReadonlySet<number>
}

interface Spoken extends Merged {
  /** For each item the first order that knows it, and its rank there; null where none does. */
  says: ReadonlyArray<{ by: number; rank: number } | null>
}

/** @param orders the nearest audience first; null where there is none */
export const mergedOf = (
  orders: ReadonlyArray<LlmOrder | null>,
  present: readonly PresentItem[],
  nowMs: number,
): Merged => spoken(orders, present, nowMs)

/**
 * One order of several that know a part of a list each: a page's shoppers share what goes with the page, those of a taste
 * what they like. Each item is spoken for by the nearest order that knows it, and orders rank their own items alone: these
 * take each other's places. So nothing is made of how one order's ranks compare with another's.
 * @param orders the nearest audience first; null where there is none
 * @returns null where even together they know too little
 */
export function mergeOrders(
  orders: ReadonlyArray<LlmOrder | null>,
  present: readonly PresentItem[],
  nowMs: number,
): Pick<FoundOrder, 'order' | 'state'> | null {
  const { known, speaking, says } = spoken(orders, present, nowMs)
  if (speaking.size === 0 || known < KNOWN_MIN) return null
  const used = [...speaking].sort((a, b) => a - b).map((by) => orders[by]!)
  const softUntilMs = Math.min(...used.map((order) => order.softUntilMs))
  const state = nowMs >= softUntilMs || known < KNOWN_WELL ? 'stale' : 'fresh'
  if (used.length === 1) return { order: used[0]!, state }
  const places = [...present.keys()].filter((place) => says[place] !== null)
  const wanted = new Map<number, number>()
  for (const by of speaking) {
    const own = places.filter((place) => says[place]!.by === by)
    const ranked = own.toSorted((a, b) => says[a]!.rank - says[b]!.rank)
    for (const [at, place] of own.entries()) wanted.set(place, ranked[at]!)
  }
  const indexOf = new Map(places.map((place, index) => [place, index]))
  const passes = Math.min(...used.map((order) => order.passes))
  const sum = (pick: (cost: LlmOrder['cost']) => number) => used.reduce((all, { cost }) => all + pick(cost), 0)
  return {
    state,
    order: {
      v: 1,
      key: used[0]!.key,
      candidates: places.map((place) => [present[place]!.id, present[place]!.version] as const),
      order: places.map((place) => indexOf.get(wanted.get(place)!)!),
      // As far as the least sure of them may move anything.
      passes,
      agreement: passes > 1 ? Math.min(...used.map(({ agreement }) => agreement)) : 0,
      cost: {
        inputTokens: sum((cost) => cost.inputTokens),
        outputTokens: sum((cost) => cost.outputTokens),
        microCost: sum((cost) => cost.microCost),
      },
      madeAtMs: Math.min(...used.map(({ madeAtMs }) => madeAtMs)),
      softUntilMs,
      hardUntilMs: Math.min(...used.map(({ hardUntilMs }) => hardUntilMs)),
    },
  }
}

function spoken(orders: ReadonlyArray<LlmOrder | null>, present: readonly PresentItem[], nowMs: number): Spoken {
  const says: Array<{ by: number; rank: number } | null> = present.map(() => null)
  const speaking = new Set<number>()
  for (const [by, order] of orders.entries()) {
    if (order === null || nowMs >= order.hardUntilMs || says.every((own) => own !== null)) continue
    // Whose passes contradict each other says nothing, and keeps nobody from speaking.
    if (order.passes > 1 && order.agreement < CONTRADICTORY) continue
    const ranks = new Map(
      order.order.map((candidate, rank) => {
        const [id, version] = order.candidates[candidate]!
        return [id, { version, rank }] as const
      }),
    )
    for (const [place, { id, version }] of present.entries()) {
      const own = ranks.get(id)
      if (says[place] !== null || own === undefined || own.version !== version) continue
      says[place] = { by, rank: own.rank }
      speaking.add(by)
    }
  }
  const known = present.length === 0 ? 0 : says.filter((own) => own !== null).length / present.length
  return { known, speaking, says }
}

/**
 * What is served: the nearest order where it holds by itself (L0), else what the shared ones say together (L1).
 * @param orders the nearest audience first, `shared` where it is not one history's
 */
export function pickOrder(
  orders: ReadonlyArray<{ shared: boolean; order: LlmOrder | null }>,
  present: readonly PresentItem[],
  nowMs: number,
): FoundOrder | null {
  const nearest = orders[0]?.order ?? null
  const state = orderState(nearest, present, nowMs)
  if (nearest !== null && state !== 'miss') return { order: nearest, level: 'L0', state }
  const merged = mergeOrders(
    orders.map(({ shared, order }) => (shared ? order : null)),
    present,
    nowMs,
  )
  return merged === null ? null : { ...merged, level: 'L1' }
}
