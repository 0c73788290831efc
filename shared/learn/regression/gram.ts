import { type Columns, findHeads, type Heads, isFirst } from './heads.ts'
import { RowLists } from './row_lists.ts'

/**
 * Adds the products of a row's columns with each other to the lower triangle by rows of `size` numbers.
 * @param from first of the row's places in the lists, of columns' numbers and entries: first heads, from `lights` on the
 * others, rising each. Products of two heads are left out.
 */
export type AddRow = (row: number, from: number, lights: number, to: number) => void

export interface GramSource {
  columns: Columns
  /** The sum of squares of each item's column. */
  mass: Float64Array
  /** Opens the sums for one set of anchors, whose rows are listed. */
  adding(anchors: Int32Array, into: Float64Array, lists: RowLists): AddRow
  /** Items with more entries are heads. */
  entriesMax?: number
}

/** Sums of products of anchors with each other, as Moments.gram; see there. */
export function createGram(source: GramSource): (anchors: Int32Array, into: Float64Array) => number {
  const { columns, entriesMax } = source
  const lists = new RowLists(columns.rows)
  const heads = findHeads(columns, (anchors, into) => gramOf(anchors, into, source, lists, null), entriesMax)
  return (anchors, into) => gramOf(anchors, into, source, lists, heads)
}

function gramOf(
  anchors: Int32Array,
  into: Float64Array,
  { columns, mass, adding }: GramSource,
  lists: RowLists,
  heads: Heads | null,
): number {
  const { start, row } = columns
  const size = anchors.length
  into.fill(0, 0, size * size)
  const lights: number[] = []
  let steps = 0
  for (let own = 0; own < size; own++) {
    const anchor = anchors[own]!
    into[own * size + own] = mass[anchor]!
    if (heads?.has(anchor)) continue
    lights.push(own)
    steps += start[anchor + 1]! - start[anchor]!
    for (let at = start[anchor]!; at < start[anchor + 1]!; at++) if (isFirst(columns, anchor, at)) lists.count(row[at]!)
  }
  const headCount = size - lights.length
  if (headCount > 0) steps += heads!.join(anchors, into, lists)
  else lists.arrange()
  for (const own of lights) {
    const anchor = anchors[own]!
    for (let at = start[anchor]!; at < start[anchor + 1]!; at++)
      if (isFirst(columns, anchor, at)) lists.keep(row[at]!, own, at)
  }
  const addRow = adding(anchors, into, lists)
  if (headCount === 0) {
    lists.drain((own, from, to) => addRow(own, from, from, to))
    return steps
  }
  lists.drain((own, from, to) => {
    let lightsFrom = from
    while (heads!.has(anchors[lists.column[lightsFrom]!]!)) lightsFrom += 1
    addRow(own, from, lightsFrom, to)
  })
  return steps
}
