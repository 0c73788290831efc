import type { Rng } from '../../shared/base/rng.ts'
import type { ColdScorer, Matcher } from './scorer.ts'
import { TEXT_MAP_SCORERS } from './text_map_scorers.ts'

export type { ColdScorer, ColdWorld, Matcher } from './scorer.ts'

/** Those who did much do more: the same order of shoppers for every item. */
const activity: ColdScorer = {
  name: 'activity',
  learn: ({ split }) => ({
    userVector: (user) => Float32Array.of(split.users.rows[user]!.length),
    itemVector: () => Float32Array.of(1),
  }),
}

/** Likeness of texts: the item's to the mean of what the shopper wanted. */
const text: ColdScorer = {
  name: 'text',
  learn: ({ split, vectors }) => ({
    userVector: (user) => {
      const rows = split.users.rows[user]!
      const sum = new Float64Array(vectors.items[0]!.length)
      for (const item of rows) for (const [at, value] of vectors.items[item]!.entries()) sum[at]! += value
      return Float32Array.from(sum, (value) => value / rows.length)
    },
    itemVector: (item) => vectors.items[item]!,
  }),
}

/** All that are compared; `kernel`, `collaborative` and `combination` are the product's. */
export const COLD_SCORERS: readonly ColdScorer[] = [activity, text, ...TEXT_MAP_SCORERS]
/** Their names where they are there, and what the combination is made of. */
export const COMBINATION = 'combination'
export const PARTS_OF_COMBINATION = ['text', 'kernel', 'collaborative'] as const

/** Every hidden item gets another's vector: what is left says nothing of the item itself. */
export function shuffledItems(matcher: Matcher, hidden: Int32Array, rng: Rng): Matcher {
  const others = rng.shuffle([...hidden])
  const given = new Map([...hidden].map((item, at) => [item, others[at]!]))
  return { ...matcher, itemVector: (item) => matcher.itemVector(given.get(item) ?? item) }
}
