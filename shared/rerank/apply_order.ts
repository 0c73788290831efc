import type { LlmOrder } from '../domain/llm_order.ts'
import { displace } from './displace.ts'
import type { PresentItem } from './order_state.ts'

/** An item of a composed shelf: rules, caps and variety have had their say. */
export interface ComposedItem extends PresentItem {
  /** A rule or exploration put it there: it stays. */
  pinned: boolean
}

export interface ApplyOptions {
  /** D: as far an item may move on one pass's word; twice as far where passes agree. */
  maxMoves: number
  /** As far up an item may ever come, however much passes agree; as far as it may move, when absent. */
  maxRise?: number
}

export interface AppliedOrder {
  ids: string[]
  /** Base places in the new order. */
  places: number[]
  /** Items that stand elsewhere than before. */
  moved: number
  /** The share of items that the order knows in their present version. */
  known: number
  /** How much the order's passes agreed, 0 to 1; 0 for one pass. */
  confidence: number
}

/** From here on several passes are believed further than one. */
const AGREED = 0.5
/** Below it they contradict each other: whatever their sum says is chance. */
export const CONTRADICTORY = 0.1

/**
 * The composed list as a language model's order wants it, as far as it may: a permutation of the list whatever the order
 * holds. Items that the order does not know, or knew otherwise, wish to stay where they are.
 */
export function applyOrder(composed: readonly ComposedItem[], order: LlmOrder, options: ApplyOptions): AppliedOrder {
  const ranks = rankByItem(order)
  const rankOf = ({ id, version }: ComposedItem) => {
    const own = ranks.get(id)
    return own !== undefined && own.version === version ? own.rank : null
  }
  const limit = limitOf(order, options.maxMoves)
  const places = limit === 0 ? [...composed.keys()] : arranged(composed, composed.map(rankOf), limit, options)
  return {
    ids: places.map((base) => composed[base]!.id),
    places,
    moved: places.filter((base, place) => base !== place).length,
    known: composed.length === 0 ? 0 : composed.filter((item) => rankOf(item) !== null).length / composed.length,
    confidence: order.passes > 1 ? order.agreement : 0,
  }
}

function limitOf({ passes, agreement }: LlmOrder, maxMoves: number): number {
  if (passes < 2) return maxMoves
  if (agreement < CONTRADICTORY) return 0
  return agreement >= AGREED ? 2 * maxMoves : maxMoves
}

function rankByItem(order: LlmOrder): Map<string, { rank: number; version: string }> {
  const ranks = new Map<string, { rank: number; version: string }>()
  for (const [rank, place] of order.order.entries()) {
    const candidate = order.candidates[place]
    if (candidate !== undefined) ranks.set(candidate[0], { rank, version: candidate[1] })
  }
  return ranks
}

function arranged(
  composed: readonly ComposedItem[],
  ranks: ReadonlyArray<number | null>,
  limit: number,
  { maxRise = limit }: ApplyOptions,
): number[] {
  const fixed = new Set([...composed.keys()].filter((base) => composed[base]!.pinned))
  const ordered = [...composed.keys()]
    .filter((base) => ranks[base] !== null && !fixed.has(base))
    .sort((a, b) => ranks[a]! - ranks[b]! || a - b)
  // What the order knows takes the places that it knows items of, in its order; all else wishes to stay.
  const free = ordered.toSorted((a, b) => a - b)
  const wanted = [...composed.keys()]
  for (const [at, place] of free.entries()) wanted[place] = ordered[at]!
  // Whoever rises too far may move less: each round takes the freedom of at least one more, so it ends.
  const held = new Set<number>()
  for (;;) {
    const places = displace(
      composed.length,
      wanted,
      (base) => (held.has(base) ? Math.min(limit, maxRise) : limit),
      fixed,
    )
    const risen = places.filter((base, place) => base - place > maxRise && !held.has(base))
    if (risen.length === 0) return places
    for (const base of risen) held.add(base)
  }
}
