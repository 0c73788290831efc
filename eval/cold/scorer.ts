import type { Dataset } from '../dataset/dataset.ts'
import type { ItemVectors } from '../rankers/item_vectors.ts'
import type { ColdSplit } from './split.ts'

/** What a scorer may learn from: the split's kept events and every item's text. */
export interface ColdWorld {
  dataset: Dataset
  split: ColdSplit
  vectors: ItemVectors
}

/** How much a shopper would want an item: the inner product of their vectors, unless it says otherwise. */
export interface Matcher {
  /** @param user position among `split.users` */
  userVector(user: number): Float32Array
  /** @param item position in the catalogue; a hidden item is known by its text alone */
  itemVector(item: number): Float32Array
  score?(user: Float32Array, item: Float32Array): number
}

export interface ColdScorer {
  name: string
  learn(world: ColdWorld): Matcher | Promise<Matcher>
}
