import type { TaskView } from '../dataset/task_view.ts'
import { dot } from '../rankers/item_vectors.ts'
import { auc, hitAt, ndcgAt, recallAt, reciprocalRank, tieGroups } from './expectation.ts'
import { topOf } from './top.ts'

export const CUTS = [1, 5, 10, 20] as const
/** Items at the top that are looked at beyond their relevance. */
export const SHELF = 10
/** Of the catalogue, by how many wanted it: what counts as popular. */
export const HEAD_SHARE = 0.1

/** Measured on every task; the mean over tasks is what is reported. */
export const MEASURES = [
  ...CUTS.map((k) => `ndcg@${k}` as const),
  ...CUTS.map((k) => `hr@${k}` as const),
  ...CUTS.map((k) => `recall@${k}` as const),
  'mrr',
  'auc',
  `novelty@${SHELF}`,
  `diversity@${SHELF}`,
  `popularity-share@${SHELF}`,
] as const
export type Measure = (typeof MEASURES)[number]

/** What measures beyond relevance know of the items; by position. */
export interface ItemFacts {
  /** Bits: -log2 of the share of shoppers that wanted the item; null where nobody's wishes are known. */
  information: Float64Array | null
  /** Whether the item is of the popular tenth. */
  head: Uint8Array | null
  vectors: readonly Float32Array[]
}

/** @param counts shoppers that wanted each item, out of `shoppers` */
export function itemFacts(counts: Float64Array, shoppers: number, vectors: readonly Float32Array[]): ItemFacts {
  if (shoppers === 0) return { information: null, head: null, vectors }
  const head = new Uint8Array(counts.length)
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b)
  for (const item of order.slice(0, Math.ceil(counts.length * HEAD_SHARE))) head[item] = 1
  // As if one more shopper had wanted every item: what nobody knows is very new, not infinitely so.
  return { information: counts.map((count) => -Math.log2((count + 1) / (shoppers + 1))), head, vectors }
}

/** Every measure of one task, in the order of MEASURES, NaN where it has no meaning; and the items at the top. */
export function measure(scores: Float64Array, view: TaskView, facts: ItemFacts, seed: number) {
  const { pool, gains, ideal } = view
  const groups = tieGroups(scores, pool, gains)
  const shown = topOf(scores, pool, SHELF, seed)
  const known = ideal.length > 0
  const values = [
    ...CUTS.map((k) => ndcgAt(groups, ideal, k)),
    ...CUTS.map((k) => (known ? hitAt(groups, k) : Number.NaN)),
    ...CUTS.map((k) => recallAt(groups, ideal.length, k)),
    known ? reciprocalRank(groups) : Number.NaN,
    auc(groups, pool.length),
    facts.information === null ? Number.NaN : meanOf(shown, (item) => facts.information![item]!),
    unlikeness(shown, facts.vectors),
    facts.head === null ? Number.NaN : meanOf(shown, (item) => facts.head![item]!),
  ]
  return { values, shown }
}

const meanOf = (items: readonly number[], value: (item: number) => number): number =>
  items.length === 0 ? Number.NaN : items.reduce((sum, item) => sum + value(item), 0) / items.length

/** Mean of 1 - cosine over all pairs (Ziegler et al. 2005, intra-list similarity). */
function unlikeness(items: readonly number[], vectors: readonly Float32Array[]): number {
  let sum = 0
  let pairs = 0
  for (let a = 1; a < items.length; a++)
    for (let b = 0; b < a; b++) {
      sum += 1 - dot(vectors[items[a]!]!, vectors[items[b]!]!)
      pairs += 1
    }
  return pairs === 0 ? Number.NaN : sum / pairs
}
