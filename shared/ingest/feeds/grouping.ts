/**
 * Gathers rows that belong to one product, wherever they stand. With the sizes known a group is handed over with its
 * last row and forgotten; without, every group waits for the end of the feed, which a request's size bounds.
 */
export interface Grouper<R> {
  /** @returns the group when this row completes it */
  add(key: string, row: R): R[] | null
  /** What is still open, in the order of first rows. */
  rest(): R[][]
}

export function createGrouper<R>(sizes: ReadonlyMap<string, number> | null): Grouper<R> {
  const open = new Map<string, R[]>()
  return {
    add(key, row) {
      const rows = open.get(key) ?? []
      rows.push(row)
      if (rows.length === sizes?.get(key)) {
        open.delete(key)
        return rows
      }
      open.set(key, rows)
      return null
    },
    rest() {
      const rows = [...open.values()]
      open.clear()
      return rows
    },
  }
}
