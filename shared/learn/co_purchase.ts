import type { BoughtNeighbour } from '../domain/card.ts'
import { type EventMatrix, keptIntents } from './event_matrix.ts'

/** Neighbours kept an item: enough for a shelf, small enough for one row. */
export const NEIGHBOURS_KEPT = 50
/** A shopper with more items than this is a reseller or a robot; only as many count, spread over all of them. */
const ITEMS_PER_SHOPPER_MAX = 1_500
/** Pulls the likeness of rarely bought pairs towards nothing: n / (n + this). */
const SHRINKAGE = 2

/** Sorted rows of a sparse matrix (CSR): for row r the entries start[r] .. start[r + 1]. */
interface Rows {
  start: Int32Array
  column: Int32Array
  value: Float64Array
}

/**
 * Item neighbours by who wanted both: the cosine between the items' columns of shopper intents (Sarwar et al. 2001),
 * shrunk by support, strongest first. The third number is the count of distinct shoppers who bought both, for reasons.
 * Memory: the sparse matrix twice, and one row of accumulators.
 */
export function* boughtNeighbours(
  matrix: EventMatrix,
): Generator<readonly [item: string, neighbours: BoughtNeighbour[]]> {
  const items = matrix.items.names.length
  const byShopper = strongestPerPair(matrix)
  const byItem = transpose(byShopper, items)
  const norm = new Float64Array(items)
  for (let item = 0; item < items; item++) {
    let sum = 0
    for (let at = byItem.start[item]!; at < byItem.start[item + 1]!; at++) sum += byItem.value[at]! ** 2
    norm[item] = Math.sqrt(sum)
  }
  const dot = new Float64Array(items)
  const both = new Int32Array(items)
  const shared = new Int32Array(items)
  const touched: number[] = []
  for (let item = 0; item < items; item++) {
    for (let at = byItem.start[item]!; at < byItem.start[item + 1]!; at++) {
      const shopper = byItem.column[at]!
      const own = byItem.value[at]!
      for (let other = byShopper.start[shopper]!; other < byShopper.start[shopper + 1]!; other++) {
        const column = byShopper.column[other]!
        if (shared[column] === 0) touched.push(column)
        const value = byShopper.value[other]!
        dot[column]! += own * value
        shared[column]! += 1
        if (own === 1 && value === 1) both[column]! += 1
      }
    }
    const found: BoughtNeighbour[] = []
    for (const column of touched) {
      if (column !== item) {
        const support = shared[column]! / (shared[column]! + SHRINKAGE)
        const cosine = dot[column]! / (norm[item]! * norm[column]!)
        found.push([matrix.items.names[column]!, rounded(cosine * support), both[column]!])
      }
      dot[column] = 0
      both[column] = 0
      shared[column] = 0
    }
    touched.length = 0
    found.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    yield [matrix.items.names[item]!, found.slice(0, NEIGHBOURS_KEPT)]
  }
}

const rounded = (weight: number) => Math.round(weight * 1e5) / 1e5

/** One entry a shopper and item: the strongest intent, so that ten views are not a purchase. */
function strongestPerPair(matrix: EventMatrix): Rows {
  const shoppers = matrix.shoppers.names.length
  const perShopper: Array<Map<number, number>> = Array.from({ length: shoppers }, () => new Map())
  const intents = keptIntents(matrix)
  for (let row = 0; row < matrix.item.length; row++) {
    if (intents[row] === 0) continue
    const own = perShopper[matrix.shopper.values[row]!]!
    const item = matrix.item.values[row]!
    own.set(item, Math.max(own.get(item) ?? 0, intents[row]!))
  }
  const kept = perShopper.map((own) => {
    const entries = [...own].sort((a, b) => a[0] - b[0])
    if (entries.length <= ITEMS_PER_SHOPPER_MAX) return entries
    // By name, since numbers follow the order in which events were read.
    const { names } = matrix.items
    entries.sort((a, b) => (names[a[0]]! < names[b[0]]! ? -1 : 1))
    const step = entries.length / ITEMS_PER_SHOPPER_MAX
    return Array.from({ length: ITEMS_PER_SHOPPER_MAX }, (_, index) => entries[Math.floor(index * step)]!)
  })
  const total = kept.reduce((sum, entries) => sum + entries.length, 0)
  const rows: Rows = {
    start: new Int32Array(shoppers + 1),
    column: new Int32Array(total),
    value: new Float64Array(total),
  }
  let at = 0
  for (const [shopper, entries] of kept.entries()) {
    for (const [item, intent] of entries) {
      rows.column[at] = item
      rows.value[at++] = intent
    }
    rows.start[shopper + 1] = at
  }
  return rows
}

function transpose(rows: Rows, columns: number): Rows {
  const total = rows.column.length
  const turned: Rows = {
    start: new Int32Array(columns + 1),
    column: new Int32Array(total),
    value: new Float64Array(total),
  }
  for (const column of rows.column) turned.start[column + 1]! += 1
  for (let column = 0; column < columns; column++) turned.start[column + 1]! += turned.start[column]!
  const next = turned.start.slice()
  for (let row = 0; row + 1 < rows.start.length; row++) {
    for (let at = rows.start[row]!; at < rows.start[row + 1]!; at++) {
      const slot = next[rows.column[at]!]!++
      turned.column[slot] = row
      turned.value[slot] = rows.value[at]!
    }
  }
  return turned
}
