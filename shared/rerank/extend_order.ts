import type { LlmOrder } from '../domain/llm_order.ts'
import type { PresentItem } from './order_state.ts'

/** Items of an order that are asked about once more, evenly over it: between them the new ones find their places. */
const COMPARED = 14
/** Longer orders are not extended: what no shelf shows any more has to leave, and a new one begins without it. */
const EXTENDED_MAX = 160

/**
 * What to ask about so that an order knows more: items that it does not know, those that shelves show most first, and some
 * that it knows. One call names fifty; the shelves of a taste show three times as many.
 * @param strongest of the context, strongest first
 * @param most asked about at once
 * @returns in base order; empty where the order is as long as one may be
 */
export function extension<Item extends PresentItem>(order: LlmOrder, strongest: readonly Item[], most: number): Item[] {
  const versions = new Map(order.candidates)
  const isKnown = ({ id, version }: Item) => versions.get(id) === version
  const fresh = strongest.filter((item) => !isKnown(item)).slice(0, most - COMPARED)
  if (fresh.length === 0 || order.candidates.length + fresh.length > EXTENDED_MAX) return []
  const rankOf = new Map(order.order.map((candidate, rank) => [order.candidates[candidate]![0], rank]))
  const known = strongest.filter(isKnown).sort((a, b) => rankOf.get(a.id)! - rankOf.get(b.id)!)
  const step = Math.max(1, known.length / COMPARED)
  const compared = new Set(
    Array.from({ length: Math.min(COMPARED, known.length) }, (_, at) => known[Math.floor(at * step)]!),
  )
  const asked = new Set([...fresh, ...compared])
  return strongest.filter((item) => asked.has(item))
}

/**
 * The order with what another one says of new items: each stands behind the one before which it was compared last. What
 * the order knew in an earlier version is known in the present one alone.
 * @param further an order of `extension(order, …)`
 */
export function extended(order: LlmOrder, further: LlmOrder): LlmOrder {
  const versions = new Map(order.candidates)
  const asked = new Map(further.candidates)
  const isCompared = (id: string) => asked.get(id) === versions.get(id) && versions.has(id)
  const before: string[] = []
  const behind = new Map<string, string[]>()
  let last: string[] = before
  for (const place of further.order) {
    const [id] = further.candidates[place]!
    if (!isCompared(id)) last.push(id)
    else {
      last = []
      behind.set(id, last)
    }
  }
  const old = order.order.map((place) => order.candidates[place]![0]).filter((id) => !asked.has(id) || isCompared(id))
  const ids = [...before, ...old.flatMap((id) => [id, ...(behind.get(id) ?? [])])]
  const known = [
    ...order.candidates.filter(([id]) => !asked.has(id) || isCompared(id)),
    ...further.candidates.filter(([id]) => !isCompared(id)),
  ]
  const at = new Map(known.map(([id], index) => [id, index]))
  const passes = Math.min(order.passes, further.passes)
  const { cost } = further
  return {
    ...order,
    candidates: known,
    order: ids.map((id) => at.get(id)!),
    passes,
    agreement: passes > 1 ? Math.min(order.agreement, further.agreement) : 0,
    cost: {
      inputTokens: order.cost.inputTokens + cost.inputTokens,
      outputTokens: order.cost.outputTokens + cost.outputTokens,
      microCost: order.cost.microCost + cost.microCost,
    },
    madeAtMs: further.madeAtMs,
  }
}
