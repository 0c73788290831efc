import type { Rng } from '../../shared/base/rng.ts'
import type { Catalogue, SimItem } from './catalogue.ts'
import { weightedIndex } from './draw.ts'
import type { ShelfContext, ShelfPolicy, SimulatedEvent } from './types.ts'

/** Shares of the slots; the rest are random, so that every item is seen sometimes. */
const POPULAR_SHARE = 0.4
const BROWSE_SHARE = 0.4
/** Below one, so that no early winner takes the whole shop. */
const POPULARITY_POWER = 0.7

const POPULARITY_POINTS: Record<SimulatedEvent['type'], number> = { view: 0.5, click: 0.5, add_to_cart: 2, purchase: 4 }

/** Running popularity per item: what earlier shoppers did decides what later ones are shown (rich get richer). */
export class Popularity {
  private readonly points = new Map<string, number>()

  of = (itemId: string): number => this.points.get(itemId) ?? 0

  add(events: readonly SimulatedEvent[]): void {
    for (const { item_id, type } of events) this.points.set(item_id, this.of(item_id) + POPULARITY_POINTS[type])
  }
}

/**
 * The shop before it had recommendations: bestsellers, the page's own category, and chance. It knows no taste, so the log it
 * leaves has popularity bias but also enough exploration to learn from.
 */
export function exploratoryPolicy(catalogue: Catalogue, popularity: Popularity, rng: Rng): ShelfPolicy {
  return (context) => {
    const chosen = new Set<string>()
    const everything = onSale(catalogue.items, context)
    const near = onSale(nearby(catalogue, context), context)
    // A small catalogue cannot fill the shelf: stop after enough misses.
    for (let tries = 0; chosen.size < context.limit && tries < 6 * context.limit; tries++) {
      const slot = rng.next()
      const pool = slot >= POPULAR_SHARE && slot < POPULAR_SHARE + BROWSE_SHARE && near.length > 0 ? near : everything
      if (pool.length === 0) break
      const weights =
        slot < POPULAR_SHARE ? pool.map((item) => (1 + popularity.of(item.id)) ** POPULARITY_POWER) : pool.map(() => 1)
      const item = pool[weightedIndex(rng, weights)]!
      if (item.id !== context.seedItemId) chosen.add(item.id)
    }
    return [...chosen]
  }
}

function onSale(items: readonly SimItem[], context: ShelfContext): SimItem[] {
  return items.filter((item) => item.createdMs <= context.atMs && item.prices.has(context.market))
}

/** The page's category; on a product or cart page, everything under the same root. */
function nearby(catalogue: Catalogue, context: ShelfContext): SimItem[] {
  if (context.category !== undefined) return catalogue.byCategory.get(context.category) ?? []
  const seed = context.seedItemId === undefined ? undefined : catalogue.byId.get(context.seedItemId)
  return seed === undefined ? [] : catalogue.items.filter((item) => item.root === seed.root)
}
