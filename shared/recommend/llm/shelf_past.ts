import type { ContextItem } from '../../domain/card.ts'
import { titleIn } from '../../domain/card.ts'
import type { OrderCandidate, OrderContext } from '../../domain/llm_order.ts'
import type { PastItem } from '../../recall/anchors.ts'
import { NO_PAST, type ShelfPast, type ShelfPastItem } from '../../rerank/past.ts'
import type { ShelfDeps } from '../deps.ts'
import type { ShelfRequest } from '../request.ts'
import type { LlmDeps } from './deps.ts'

/** A context's items in the shop's words: what a model is told of a page, a cart and, for one history, of that. */
export async function shelfPast(
  context: OrderContext,
  request: ShelfRequest,
  past: readonly PastItem[],
  known: ReadonlyMap<string, ContextItem>,
  deps: ShelfDeps & { llm: LlmDeps },
): Promise<ShelfPast> {
  const told = (ids: readonly string[]): OrderCandidate[] =>
    ids.flatMap((id) => {
      const item = known.get(id)
      return item === undefined ? [] : [candidateOf(item, context.market)]
    })
  const page: ShelfPast = { ...NO_PAST, seeds: told(context.seeds), cart: told(context.cart) }
  if (context.audience.kind !== 'exact') return page
  // Without a profile, or without the store, the history speaks for itself.
  const profile =
    request.shopper === null ? null : await deps.llm.profiles.get(context.shop, request.shopper).catch(() => null)
  return {
    ...page,
    items: itemsOf(past, known, context.market),
    topics: profile?.profile.topics ?? [],
    representatives: told(profile?.representatives ?? []),
  }
}

/** Oldest first, each item once, where it was met last, with all that was done with it. */
function itemsOf(past: readonly PastItem[], known: ReadonlyMap<string, ContextItem>, market: string): ShelfPastItem[] {
  const timed = past.map((event, index) => ({ event, at: event.atMs ?? index }))
  timed.sort((a, b) => a.at - b.at)
  const done = new Map<string, Set<string>>()
  for (const { event } of timed) {
    const did = done.get(event.id) ?? new Set<string>()
    done.delete(event.id)
    done.set(event.id, did.add(event.type))
  }
  return [...done].flatMap(([id, did]) => {
    const item = known.get(id)
    return item === undefined ? [] : [{ ...candidateOf(item, market), did: [...did] }]
  })
}

const candidateOf = (item: ContextItem, market: string): OrderCandidate => ({
  ...{ id: item.id, version: '', title: titleIn(item, market), brand: item.brand },
  ...{ categories: item.categories, attributes: item.attributes, price: null },
})
