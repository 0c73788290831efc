import type { DatasetEvent } from '../dataset/format.ts'

/** Ratings below it are dislikes. */
export const LIKED_FROM = 4

/** Whether an event says that the shopper wanted the item. */
export const isPositive = (event: DatasetEvent): boolean => event.type !== 'rating' || event.value! >= LIKED_FROM

/** Who wanted what, without numbers: the rows of a binary matrix. */
export interface BinaryRows {
  /** Distinct items of each row, ascending. */
  rows: Int32Array[]
  /** Names of the rows, in their order. */
  names: string[]
  /** Rows that hold each item. */
  counts: Float64Array
}

const byUser = (event: DatasetEvent) => event.user
/** What one shopper took at one moment, or under one session where the dataset names it. */
const byBasket = (event: DatasetEvent) => `${event.user}\n${event.session ?? event.ts}`

export function binaryRows(
  events: readonly DatasetEvent[],
  index: ReadonlyMap<string, number>,
  per: 'user' | 'basket',
): BinaryRows {
  const nameOf = per === 'user' ? byUser : byBasket
  const sets = new Map<string, Set<number>>()
  for (const event of events) {
    const item = index.get(event.item)
    if (item === undefined || !isPositive(event)) continue
    const name = nameOf(event)
    const own = sets.get(name)
    if (own) own.add(item)
    else sets.set(name, new Set([item]))
  }
  const counts = new Float64Array(index.size)
  const rows = [...sets.values()].map((items) => Int32Array.from(items).sort())
  for (const row of rows) for (const item of row) counts[item]! += 1
  return { rows, names: [...sets.keys()], counts }
}
