import type { Catalogue, SimItem } from '../catalogue.ts'
import type { ShelfContext, SimulatedEvent } from '../types.ts'

/** A policy under judgement, with the shop that it learns from. */
export interface Arm {
  readonly name: string
  /** Item ids, best first. */
  shelf(context: ShelfContext): Promise<readonly string[]>
  /** Events that have just happened. */
  tell(events: readonly SimulatedEvent[], nowMs: number): Promise<void>
  /** What a shop computes while it sleeps. */
  night(nowMs: number): Promise<void>
}

/** Items that a page may show: on sale, of the page's category, and neither what the page is about nor in the cart. */
export function eligible(catalogue: Catalogue, context: ShelfContext): SimItem[] {
  const pool = context.category === undefined ? catalogue.items : (catalogue.byCategory.get(context.category) ?? [])
  return pool.filter(
    (item) =>
      item.createdMs <= context.atMs &&
      item.prices.has(context.market) &&
      item.id !== context.seedItemId &&
      !context.cartItemIds.includes(item.id),
  )
}

/** Ids by score, best first; equal scores by id. */
export const best = (items: readonly SimItem[], limit: number, scoreOf: (id: string) => number): string[] =>
  items
    .map(({ id }) => ({ id, score: scoreOf(id) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id)
