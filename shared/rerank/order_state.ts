import type { LlmOrder } from '../domain/llm_order.ts'

/** An item of a composed shelf, as an order knows it. */
export interface PresentItem {
  id: string
  /** `candidateVersion` of its card now. */
  version: string
}

/** `stale` is served and asked for anew; of a `miss` nothing is served. */
export type OrderState = 'fresh' | 'stale' | 'miss'

/** An order that knows less of the present list says nothing about it. */
export const KNOWN_MIN = 0.5
/** Below it a newer order would say notably more. */
export const KNOWN_WELL = 0.75

/** The share of the present list that the order knows in its present version. */
export function knownShare(candidates: LlmOrder['candidates'], present: readonly PresentItem[]): number {
  if (present.length === 0) return 0
  const versions = new Map(candidates)
  return present.filter(({ id, version }) => versions.get(id) === version).length / present.length
}

/**
 * What an order is worth for a list now.
 * @param present the composed list, best first: the page and the places behind it that an order may bring up
 */
export function orderState(order: LlmOrder | null, present: readonly PresentItem[], nowMs: number): OrderState {
  if (order === null || nowMs >= order.hardUntilMs) return 'miss'
  const known = knownShare(order.candidates, present)
  if (known < KNOWN_MIN) return 'miss'
  return nowMs >= order.softUntilMs || known < KNOWN_WELL ? 'stale' : 'fresh'
}

/** An order that was found, with the rung that it makes: its very context's (L0), or its taste's or everybody's (L1). */
export interface FoundOrder {
  order: LlmOrder
  level: 'L0' | 'L1'
  state: 'fresh' | 'stale'
}
