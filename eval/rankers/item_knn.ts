import { isSearch } from '../dataset/format.ts'
import type { BinaryRows } from './interactions.ts'
import type { Ranker } from './ranker.ts'
import { visitWeights } from './visits.ts'

/** Of an item of the n-th last visit. */
const VISIT_DECAY = 0.8

interface Near {
  items: Int32Array
  cosines: Float64Array
}

/** Item-based neighbours by cosine over all shoppers (Sarwar et al. 2001), no cut: the weighted sum over what the shopper has. */
export function itemKnnRanker({ rows, counts }: BinaryRows, index: ReadonlyMap<string, number>): Ranker {
  const holders = rowsByItem(rows, index.size)
  const near = new Map<number, Near>()
  const tally = new Float64Array(index.size)
  const neighbours = (item: number): Near => {
    const known = near.get(item)
    if (known) return known
    for (const row of holders[item]!) for (const other of rows[row]!) tally[other]! += 1
    tally[item] = 0
    const items = Int32Array.from(tally.keys()).filter((other) => tally[other]! > 0)
    const own = {
      items,
      cosines: Float64Array.from(items, (other) => tally[other]! / Math.sqrt(counts[item]! * counts[other]!)),
    }
    tally.fill(0)
    near.set(item, own)
    return own
  }
  return {
    name: 'item-knn',
    score(task, out) {
      if (isSearch(task)) return
      for (const [item, weight] of visitWeights(task, index, VISIT_DECAY)) {
        const { items, cosines } = neighbours(item)
        for (let at = 0; at < items.length; at++) {
          const other = items[at]!
          out[other] = (out[other] === Number.NEGATIVE_INFINITY ? 0 : out[other]!) + weight * cosines[at]!
        }
      }
    },
  }
}

/** Rows that hold each item. */
export function rowsByItem(rows: readonly Int32Array[], items: number): number[][] {
  const holders = Array.from({ length: items }, (): number[] => [])
  for (const [row, own] of rows.entries()) for (const item of own) holders[item]!.push(row)
  return holders
}
