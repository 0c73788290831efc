import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetEvent } from '../dataset/format.ts'
import type { TaskKind } from '../dataset/task_view.ts'
import { easeRanker } from './ease.ts'
import { binaryRows } from './interactions.ts'
import { itemKnnRanker } from './item_knn.ts'
import type { ItemVectors } from './item_vectors.ts'
import { bm25Ranker } from './lexical.ts'
import { popularityRanker } from './popularity.ts'
import type { Ranker, Skipped } from './ranker.ts'
import { textVectorRanker } from './text_vectors.ts'
import { tfIdfRanker } from './tf_idf.ts'

/** A ranker that is made when its turn comes. */
export interface Offer {
  name: string
  make(): Ranker | Skipped | Promise<Ranker | Skipped>
}

/** What the pipeline is compared with: textbook rankers that share nothing with it. */
export function baselines(
  dataset: Dataset,
  kind: TaskKind,
  events: readonly DatasetEvent[],
  vectors: () => ItemVectors,
): Offer[] {
  const { index, items } = dataset
  const bm25: Offer = { name: 'bm25', make: () => bm25Ranker(items) }
  if (kind === 'search') return [{ name: 'tf-idf', make: () => tfIdfRanker(items) }, bm25]
  const users = binaryRows(events, index, 'user')
  const ease = (name: string, lambda: number) => ({
    name,
    make: () => easeRanker(users, index, { name, lambda, visitDecay: 0.8 }),
  })
  const name = 'ease-baskets'
  return [
    { name: 'popularity', make: () => popularityRanker(users) },
    bm25,
    { name: 'text-vectors', make: () => textVectorRanker(vectors(), index) },
    { name: 'item-knn', make: () => itemKnnRanker(users, index) },
    ease('ease-100', 100),
    ease('ease-400', 400),
    {
      name,
      make: () => easeRanker(binaryRows(events, index, 'basket'), index, { name, lambda: 100, visitDecay: 0.5 }),
    },
  ]
}
