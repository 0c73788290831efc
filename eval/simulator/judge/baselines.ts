import { hash32 } from '../../../shared/base/hash.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import type { Catalogue } from '../catalogue.ts'
import { Popularity } from '../policy.ts'
import type { SimulatedEvent } from '../types.ts'
import { type Arm, best, eligible } from './arm.ts'

/** Anything on sale, drawn anew for every page and the same again for the same page. */
export function randomArm(catalogue: Catalogue, seed: number): Arm {
  return {
    name: 'random',
    shelf: async (context) => {
      const rng = seededRng(hash32(`${context.sessionId} ${context.atMs} ${context.placement}`, seed))
      return rng
        .shuffle(eligible(catalogue, context))
        .slice(0, context.limit)
        .map((item) => item.id)
    },
    tell: async () => {},
    night: async () => {},
  }
}

/** The bestsellers as of last night; who asks does not matter. */
export function popularityArm(catalogue: Catalogue, past: readonly SimulatedEvent[]): Arm {
  const popularity = new Popularity()
  popularity.add(past)
  let today: SimulatedEvent[] = []
  return {
    name: 'popularity',
    shelf: async (context) => best(eligible(catalogue, context), context.limit, popularity.of),
    tell: async (events) => void today.push(...events),
    night: async () => {
      popularity.add(today)
      today = []
    },
  }
}

const INTENT: Record<SimulatedEvent['type'], number> = { view: 0.3, click: 0.3, add_to_cart: 0.7, purchase: 1 }
/** Of the n-th last distinct item. */
const RECENCY = 0.85
const HISTORY = 30
/** Bestsellers fill a shelf that neighbours leave short. */
const POPULARITY_FILL = 1e-6

/**
 * Item-based neighbours by cosine over shoppers (Sarwar et al. 2001), learned every night from everything; the shopper's
 * own events count at once. What was bought is not shown again unless the shelf is short, as in the product.
 */
export function itemKnnArm(catalogue: Catalogue, past: readonly SimulatedEvent[]): Arm {
  const popularity = new Popularity()
  const wants = new Map<string, Map<string, number>>()
  const lately = new Map<string, string[]>()
  const bought = new Map<string, Set<string>>()
  let neighbours = new Map<string, Map<string, number>>()
  const learn = (events: readonly SimulatedEvent[]) => {
    popularity.add(events)
    for (const { user_id, anonymous_id, item_id, type } of events) {
      const shopper = (user_id ?? anonymous_id)!
      const own = wants.get(shopper) ?? new Map<string, number>()
      wants.set(shopper, own.set(item_id, Math.max(own.get(item_id) ?? 0, INTENT[type])))
      lately.set(shopper, [item_id, ...(lately.get(shopper) ?? []).filter((id) => id !== item_id)].slice(0, HISTORY))
      if (type === 'purchase') bought.set(shopper, (bought.get(shopper) ?? new Set()).add(item_id))
    }
  }
  const relearn = () => {
    neighbours = cosines(wants)
  }
  learn(past)
  relearn()
  return {
    name: 'item-knn',
    shelf: async (context) => {
      const scores = new Map<string, number>()
      const anchor = (id: string, weight: number) => {
        for (const [other, cosine] of neighbours.get(id) ?? [])
          scores.set(other, (scores.get(other) ?? 0) + weight * cosine)
      }
      for (const id of context.cartItemIds) anchor(id, 1)
      if (context.seedItemId !== undefined) anchor(context.seedItemId, 1)
      // On a page that is about an item, the past is a hint only.
      const share = context.seedItemId === undefined && context.cartItemIds.length === 0 ? 1 : 0.3
      for (const [age, id] of (lately.get(context.shopper) ?? []).entries()) anchor(id, share * RECENCY ** age)
      const owned = bought.get(context.shopper)
      return best(
        eligible(catalogue, context),
        context.limit,
        (id) => (owned?.has(id) ? -1 : (scores.get(id) ?? 0)) + POPULARITY_FILL * popularity.of(id),
      )
    },
    tell: async (events) => learn(events),
    night: async () => relearn(),
  }
}

function cosines(wants: ReadonlyMap<string, ReadonlyMap<string, number>>): Map<string, Map<string, number>> {
  const dots = new Map<string, Map<string, number>>()
  const squares = new Map<string, number>()
  for (const own of wants.values())
    for (const [a, x] of own) {
      squares.set(a, (squares.get(a) ?? 0) + x * x)
      const row = dots.get(a) ?? new Map<string, number>()
      dots.set(a, row)
      for (const [b, y] of own) if (a !== b) row.set(b, (row.get(b) ?? 0) + x * y)
    }
  for (const [a, row] of dots)
    for (const [b, dot] of row) row.set(b, dot / Math.sqrt(squares.get(a)! * squares.get(b)!))
  return dots
}
