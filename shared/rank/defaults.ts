import type { LinearOrder, Purpose, Ranker } from '../domain/ranker.ts'

/** How much each feature counts where a shop has not learned it yet, in the order mean, deviation, weight. */
const share = (weight: number): [number, number, number] => [0.1, 0.2, weight]
const rank = (weight: number): [number, number, number] => [-4, 1.2, weight]
const log = (weight: number): [number, number, number] => [0, 1.5, weight]

/** Ranks by behaviour and likeness of words carry most: these hold in shops of every kind. */
const BEHAVIOUR: LinearOrder = {
  taste_rank: rank(0.6),
  taste_ever_rank: rank(0.4),
  next_rank: rank(0.5),
  together_rank: rank(0.1),
  similar_past_share: share(0.1),
  arrival_share: share(0.15),
  similar_seed_share: share(0.4),
  title_best: share(0.3),
  title_mean: share(0.2),
  facts_best: share(0.15),
  rebought: [0.1, 0.1, -0.1],
}

/** Demand differs from shop to shop; where nothing is known of a shopper a little is enough to decide. */
const DEMAND: LinearOrder = {
  wanted_14d: log(0.1),
  wanted_91d: log(0.1),
  trending_here: share(0.15),
  scene: log(0.1),
  fresh: share(0.15),
  popular: share(0.1),
}

const PRESENT: LinearOrder = {
  cart_together_share: share(0.4),
  cart_together_rank: rank(0.9),
  cart_taste_rank: rank(0.4),
  complement_share: share(0.3),
}

const OWNED: LinearOrder = {
  // What was bought comes before all else that a shop may bring: the weights below compare purchases with each other.
  owned: [1, 0.2, 4],
  owned_visits: [0.8, 0.5, 0.25],
  owned_since: [-1, 0.8, 0.3],
  owned_days: [-3, 1, 0.2],
  owned_rate: [-3, 1.2, 0.5],
  next_share: share(0.3),
}

/** Of raw values: one of the largest text score is worth what four quarters of the query's words are. */
const raw = (weight: number): [number, number, number] => [0, 1, weight]

const WORDS: LinearOrder = {
  text_share: raw(5),
  text_vector_share: raw(2.5),
  query_letters: raw(5),
  query_head: raw(1.25),
  query_names: raw(1.25),
  query_any: raw(2.5),
  // Who asked for something wants that; what is known of the shopper orders what fits equally well.
  taste_share: raw(0.5),
  popular: raw(0.25),
}

/** The shipped orders: what serves until a shop has learned its own. */
export const DEFAULT_ORDERS: Readonly<Record<Purpose, LinearOrder>> = {
  home: { ...DEMAND, ...BEHAVIOUR },
  generic: { ...DEMAND, ...BEHAVIOUR, ...PRESENT },
  product: { ...DEMAND, ...BEHAVIOUR, ...PRESENT },
  cart: { ...DEMAND, ...BEHAVIOUR, ...PRESENT },
  // What is bought again is not told by what it looks like.
  again: { ...DEMAND, taste_rank: rank(0.2), next_rank: rank(0.3), ...OWNED },
  search: WORDS,
}

export const DEFAULT_RANKER: Ranker = { version: 'shipped-1', orders: DEFAULT_ORDERS }

/** The order of a shop for a purpose: its own, or the shipped one. */
export const orderFor = (ranker: Ranker | null, purpose: Purpose): LinearOrder =>
  ranker?.orders[purpose] ?? DEFAULT_ORDERS[purpose]

/** Named in answers and impression records, so that logs of different orders are never mixed. */
export const rankerVersion = (ranker: Ranker | null): string => (ranker ?? DEFAULT_RANKER).version
