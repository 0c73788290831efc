import type { Wishes } from './factors_svd.ts'
import { type Grid, gridOf } from './text_map_judge.ts'

/** One in so many items is hidden, and at most so many. */
const HIDDEN_EVERY = 10
const HIDDEN_MAX = 300
/** Likeness of a hidden item to every other lies in memory: some ten megabytes. */
const LIKENESSES_MAX = 1_200_000
/** An item of fewer shoppers says nothing about an order of shoppers. */
const SHOPPERS_MIN = 5
/** Shoppers whose wishes are scored. */
const SCORED_MAX = 2_500

/** Wishes of which some items were taken out, to be guessed. */
export interface Hidden {
  items: Int32Array
  /** Wishes without them. */
  kept: Wishes
  /** Rows of `kept` that are scored. */
  scored: Int32Array
  /** scored x items: 1 where it was wanted. */
  wanted: Grid
}

/** Hides items with enough shoppers, chosen by a hash of their numbers. */
export function hideItems(wishes: Wishes): Hidden {
  const { rows, columns, byRow } = wishes
  const items = itemsToHide(wishes)
  const place = new Int32Array(columns).fill(-1)
  for (const [at, item] of items.entries()) place[item] = at
  const start = new Int32Array(rows + 1)
  const column = new Int32Array(byRow.column.length)
  const usable: number[] = []
  let entries = 0
  for (let row = 0; row < rows; row++) {
    for (let at = byRow.start[row]!; at < byRow.start[row + 1]!; at++)
      if (place[byRow.column[at]!] === -1) column[entries++] = byRow.column[at]!
    start[row + 1] = entries
    if (entries > start[row]!) usable.push(row)
  }
  // Spread over all of them: rows may be in an order that means something.
  const every = Math.max(1, usable.length / SCORED_MAX)
  const scored = Int32Array.from(
    { length: Math.min(usable.length, SCORED_MAX) },
    (_, at) => usable[Math.floor(at * every)]!,
  )
  const wanted = gridOf(scored.length, items.length)
  for (const [at, row] of scored.entries())
    for (let entry = byRow.start[row]!; entry < byRow.start[row + 1]!; entry++) {
      const hidden = place[byRow.column[entry]!]!
      if (hidden !== -1) wanted.values[at * items.length + hidden] = 1
    }
  return { items, kept: { rows, columns, byRow: { start, column: column.subarray(0, entries) } }, scored, wanted }
}

function itemsToHide({ columns, byRow }: Wishes): Int32Array {
  const shoppers = new Int32Array(columns)
  for (const column of byRow.column) shoppers[column]! += 1
  const hashOf = (item: number) => Math.imul(item + 1, 0x9e3779b1) >>> 0
  const fit = [...shoppers.keys()].filter((item) => shoppers[item]! >= SHOPPERS_MIN)
  const most = Math.min(HIDDEN_MAX, Math.floor(fit.length / HIDDEN_EVERY), Math.floor(LIKENESSES_MAX / columns))
  return Int32Array.from(fit.sort((a, b) => hashOf(a) - hashOf(b)).slice(0, most)).sort()
}
