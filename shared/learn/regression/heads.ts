import type { RowLists } from './row_lists.ts'

/** Sparse columns by item. */
export interface Columns {
  readonly rows: number
  readonly items: number
  /** items + 1 offsets into `row`. */
  readonly start: Int32Array
  /** The rows of each item, rising; where it stands in one several times only the first entry counts here. */
  readonly row: Int32Array | Uint16Array
}

/**
 * Items with more entries than this are heads. It bounds what a target's sums cost, however many events there are, and
 * is more than any item has in a shop of some hundred thousand events: there all sums are taken as they come.
 */
const ENTRIES_MAX = 2_048
/** Numbers of heads take a byte, and RunProducts has room for one more. */
const HEADS_MAX = 255

/**
 * The items that most shoppers have met. They are anchors of nearly every target, and with each other they meet in a
 * good part of all rows: summed up anew for every target, that would grow with the events times the items. Their products
 * with each other are the same for all targets and are summed up once; with others they are sought in the others' rows alone.
 */
export interface Heads {
  has(item: number): boolean
  /**
   * Of anchors that are heads: fills in their products, and has them stand first in the rows that are listed, which were
   * counted for the other anchors; makes room in the lists. @returns the steps that it took
   */
  join(anchors: Int32Array, into: Float64Array, lists: RowLists): number
}

/** @param gram the products of anchors with each other, without heads. @returns null where there is none */
export function findHeads(
  columns: Columns,
  gram: (anchors: Int32Array, into: Float64Array) => number,
  entriesMax = ENTRIES_MAX,
): Heads | null {
  const items = heaviest(columns, entriesMax)
  const count = items.length
  if (count === 0) return null
  const number = new Int16Array(columns.items).fill(-1)
  for (const [head, item] of items.entries()) number[item] = head
  const products = new Float64Array(count * count)
  gram(items, products)
  const { start, head, entry } = byRow(columns, items)
  const column = new Int16Array(count)
  return {
    has: (item) => number[item]! >= 0,
    join(anchors, into, lists) {
      column.fill(-1)
      const size = anchors.length
      for (let own = 0; own < size; own++) {
        const at = number[anchors[own]!]!
        if (at < 0) continue
        column[at] = own
        for (let other = 0; other < own; other++) {
          const atOther = number[anchors[other]!]!
          if (atOther >= 0) into[own * size + other] = products[at * count + atOther]!
        }
      }
      let steps = 0
      lists.each((row) => {
        for (let at = start[row]!; at < start[row + 1]!; at++) if (column[head[at]!]! >= 0) lists.count(row)
        steps += 2 * (start[row + 1]! - start[row]!)
      })
      lists.arrange()
      lists.each((row) => {
        for (let at = start[row]!; at < start[row + 1]!; at++) {
          const own = column[head[at]!]!
          if (own >= 0) lists.keep(row, own, entry[at]!)
        }
      })
      return steps
    },
  }
}

/** Items with too many entries, ascending; of too many the heaviest, of equals the first. */
function heaviest({ items, start }: Columns, entriesMax: number): Int32Array {
  const entries = (item: number) => start[item + 1]! - start[item]!
  const heavy: number[] = []
  for (let item = 0; item < items; item++) if (entries(item) > entriesMax) heavy.push(item)
  heavy.sort((a, b) => entries(b) - entries(a) || a - b)
  return Int32Array.from(heavy.slice(0, HEADS_MAX)).sort()
}

/** Of each row its heads, ascending, and their entries. */
function byRow(columns: Columns, items: Int32Array) {
  const { rows } = columns
  const start = new Int32Array(rows + 1)
  for (const item of items)
    for (let at = columns.start[item]!; at < columns.start[item + 1]!; at++)
      if (isFirst(columns, item, at)) start[columns.row[at]! + 1]! += 1
  for (let row = 0; row < rows; row++) start[row + 1]! += start[row]!
  const next = start.slice(0, rows)
  const head = new Uint8Array(start[rows]!)
  const entry = new Int32Array(start[rows]!)
  for (const [own, item] of items.entries()) {
    for (let at = columns.start[item]!; at < columns.start[item + 1]!; at++) {
      if (!isFirst(columns, item, at)) continue
      const slot = next[columns.row[at]!]!++
      head[slot] = own
      entry[slot] = at
    }
  }
  return { start, head, entry }
}

/** Whether an item's entry is the first in its row. */
export const isFirst = ({ start, row }: Columns, item: number, at: number): boolean =>
  at === start[item] || row[at] !== row[at - 1]
