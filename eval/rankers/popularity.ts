import type { BinaryRows } from './interactions.ts'
import type { Ranker } from './ranker.ts'

/** How many shoppers wanted each item. */
export function popularityRanker({ counts }: BinaryRows): Ranker {
  return { name: 'popularity', score: (_task, out) => out.set(counts) }
}
