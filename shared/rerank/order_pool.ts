import { createLru, type Lru } from '../base/lru.ts'
import type { Card } from '../domain/card.ts'
import type { LlmOrder } from '../domain/llm_order.ts'
import { extension } from './extend_order.ts'
import { knownShare, type PresentItem } from './order_state.ts'

/** What of a card is shown to a model later on. */
export type PooledItem = PresentItem & { card: Card }

/** Contexts whose shelves are looked at. */
const CONTEXTS_KEPT = 500
const CONTEXT_TTL_MS = 6 * 3_600_000
/** Cards kept for all contexts together: a kilobyte each. */
const ITEMS_KEPT = 5_000
/** Items counted in a context; cut to the half of it when there are more. */
const COUNTED_MAX = 160
/** After so many shelves all counts are halved: what was shown yesterday fades. */
const SHELVES_PER_AGE = 128

/** What a model would be asked about, and what an order of it is worth. */
export interface Proposal {
  /** In base order. */
  items: readonly PooledItem[]
  /** What to ask about for an order to know more than it does; nothing where it is made anew instead. */
  further(order: LlmOrder): readonly PooledItem[]
  /** The share of what shelves of the context show that an order of these candidates knows. */
  covers(candidates: LlmOrder['candidates']): number
}

/** A single shopper's shelf is asked about as it is. */
export const ownProposal = (composed: readonly PooledItem[]): Proposal => ({
  items: composed,
  further: () => [],
  covers: (candidates) => knownShare(candidates, composed),
})

/**
 * What shelves of a context show most. Shoppers of one taste see lists that differ: an order of one shopper's list would
 * know little of the next one's, an order of the items that they share knows most of both.
 */
export interface OrderPool {
  /**
   * @param composed a shelf of the context, best first
   * @param behind what might have stood on it: asked about where there is room, since another shopper's shelf may show it
   */
  saw(digest: string, composed: readonly PooledItem[], nowMs: number, behind?: readonly PooledItem[]): void
  /** The context's items to ask about, those that shelves show most and first in front. */
  proposal(digest: string, most: number, nowMs: number): Proposal
}

interface Context {
  shelves: number
  counts: Map<string, Counted>
}

interface Counted {
  item: PooledItem
  /** How often it was shown, a first place counting twice a last one. */
  count: number
  /** How often it stood behind a shelf. */
  behind: number
}

export function createOrderPool(): OrderPool {
  const contexts: Lru<Context> = createLru(CONTEXTS_KEPT, CONTEXT_TTL_MS)
  const items: Lru<PooledItem> = createLru(ITEMS_KEPT, CONTEXT_TTL_MS)
  /** One card an item for all contexts: each request brings its own copy. */
  const shared = (own: PooledItem, nowMs: number): PooledItem => {
    const key = `${own.card.offerMarket} ${own.card.currency} ${own.id}`
    const known = items.get(key, nowMs)
    if (known?.version === own.version) return known
    items.set(key, own, nowMs)
    return own
  }
  return {
    saw(digest, composed, nowMs, behind = []) {
      const context = contexts.get(digest, nowMs) ?? { shelves: 0, counts: new Map() }
      contexts.set(digest, context, nowMs)
      const counted = (one: PooledItem): Counted => {
        const own = context.counts.get(one.id) ?? { item: shared(one, nowMs), count: 0, behind: 0 }
        context.counts.set(one.id, own)
        if (own.item.version !== one.version) own.item = shared(one, nowMs)
        return own
      }
      for (const [place, one] of composed.entries()) counted(one).count += 1 - place / (2 * composed.length)
      for (const [place, one] of behind.entries()) counted(one).behind += 1 - place / (2 * behind.length)
      context.shelves += 1
      if (context.shelves % SHELVES_PER_AGE === 0)
        for (const one of context.counts.values()) {
          one.count /= 2
          one.behind /= 2
        }
      if (context.counts.size > COUNTED_MAX)
        context.counts = new Map(strongest(context, COUNTED_MAX / 2).map((one) => [one.item.id, one]))
    },
    proposal(digest, most, nowMs) {
      const context = contexts.get(digest, nowMs)
      const counted = context === undefined ? [] : strongest(context, COUNTED_MAX)
      const sum = counted.reduce((total, { count }) => total + count, 0)
      return {
        items: counted.slice(0, most).map(({ item }) => item),
        further: (order) =>
          extension(
            order,
            counted.map(({ item }) => item),
            most,
          ),
        covers(candidates) {
          const versions = new Map(candidates)
          const known = counted.filter(({ item }) => versions.get(item.id) === item.version)
          return sum === 0 ? 0 : known.reduce((total, { count }) => total + count, 0) / sum
        },
      }
    },
  }
}

/** What was shown first, then what might have been; a sort keeps equal counts as they were seen. */
const strongest = ({ counts }: Context, most: number): Counted[] =>
  [...counts.values()].sort((a, b) => b.count - a.count || b.behind - a.behind).slice(0, most)
