import type { Source } from '../domain/recommendation.ts'
import type { PlacementBody } from '../domain/shop.ts'

/** How much each source speaks for an item, per strategy; every source is scaled to [0, 1] first. */
export type SourceWeights = Readonly<Record<Source, number>>

/**
 * Shipped defaults of the base order, version 1.
 * Purchase neighbours carry most wherever there is a context; on `home` and for strangers trending does.
 * `popular` weighs the item's shop-wide popularity, a mild prior that also orders the unknown.
 */
export const BASE_WEIGHTS: Readonly<Record<PlacementBody['strategy'], SourceWeights>> = {
  home: {
    bought_together: 1,
    vector_recent: 0.35,
    vector_seed: 0.35,
    vector_text: 0.8,
    text: 1,
    trending: 0.3,
    new: 0.15,
    popular: 0.1,
  },
  product: {
    bought_together: 1,
    vector_recent: 0.1,
    vector_seed: 0.6,
    vector_text: 0.8,
    text: 1,
    trending: 0.05,
    new: 0.05,
    popular: 0.05,
  },
  cart: {
    bought_together: 1,
    vector_recent: 0.1,
    vector_seed: 0.3,
    vector_text: 0.8,
    text: 1,
    trending: 0.1,
    new: 0.05,
    popular: 0.05,
  },
  generic: {
    bought_together: 1,
    vector_recent: 0.35,
    vector_seed: 0.4,
    vector_text: 0.8,
    text: 1,
    trending: 0.2,
    new: 0.1,
    popular: 0.1,
  },
}

/** Named in answers and impression records, so that logs of different orders are never mixed. */
export const BASE_ORDER_VERSION = 'base-v1'

/** What is not about the shopper's words counts this much beside them: it orders the hits, it does not replace them. */
const BESIDE_A_QUERY = 0.2

/** The weights of one request: a query speaks louder than everything that was done before it. */
export function weightsFor(strategy: PlacementBody['strategy'], query: string | null): SourceWeights {
  const weights = BASE_WEIGHTS[strategy]
  if (query === null) return weights
  const about = new Set<string>(['text', 'vector_text'])
  return Object.fromEntries(
    Object.entries(weights).map(([source, weight]) => [source, about.has(source) ? weight : weight * BESIDE_A_QUERY]),
  ) as Record<Source, number>
}
