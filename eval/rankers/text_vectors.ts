import { isSearch, type Task } from '../dataset/format.ts'
import { dot, type ItemVectors } from './item_vectors.ts'
import type { Ranker } from './ranker.ts'

/** Likeness of texts: to the query, or to the mean of what the shopper has. */
export function textVectorRanker({ items, ofQuery }: ItemVectors, index: ReadonlyMap<string, number>): Ranker {
  return {
    name: 'text-vectors',
    score(task, out) {
      const sought = isSearch(task) ? ofQuery(task.query) : meanOf(task, items, index)
      if (sought === null) return
      for (const [item, vector] of items.entries()) out[item] = dot(sought, vector)
    },
  }
}

function meanOf(
  task: Exclude<Task, { query: string }>,
  items: readonly Float32Array[],
  index: ReadonlyMap<string, number>,
): Float32Array | null {
  const known = new Set([...task.history.map(([id]) => id), ...task.cart].flatMap((id) => index.get(id) ?? []))
  if (known.size === 0) return null
  const sum = new Float64Array(items[0]!.length)
  // In the catalogue's order: a sum of fractions depends on the order of its terms.
  for (const item of [...known].sort((a, b) => a - b)) {
    const vector = items[item]!
    for (let at = 0; at < sum.length; at++) sum[at]! += vector[at]!
  }
  return Float32Array.from(sum, (value) => value / known.size)
}
