import type { ArrivalNeighbour } from '../domain/card.ts'

/** Arrivals of one row: a shelf reads the rows of a shopper's whole past. */
export const ARRIVALS_PER_ROW = 20
/** Links are kept to so many parts of a standard deviation. */
const LINK_PARTS = 1_000

/**
 * A row's arrivals after some changed: strongest first, ties by id, the weakest cut. The same changes give the same row
 * in whatever order they came.
 * @param changes links by item; null takes the item out
 */
export function mergedArrivals(
  before: readonly ArrivalNeighbour[],
  changes: ReadonlyMap<string, number | null>,
): ArrivalNeighbour[] {
  const links = new Map(before)
  for (const [item, link] of changes) {
    if (link === null || link <= 0) links.delete(item)
    else links.set(item, Math.round(link * LINK_PARTS) / LINK_PARTS)
  }
  return [...links].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, ARRIVALS_PER_ROW)
}
