import { DAY_MS } from '../base/clock.ts'
import type { Card, ContextItem } from '../domain/card.ts'
import type { ItemStats, StatColumn } from '../domain/item_stats.ts'
import type { Source } from '../domain/recommendation.ts'
import type { Anchor } from '../recall/anchors.ts'
import type { Candidate } from '../recall/candidates.ts'
import type { Owned, Ownership } from '../recall/owned.ts'
import { queryFeatures } from './query_features.ts'
import { RelativeSignal } from './relative.ts'
import { type Scene, sceneFeature } from './scene.ts'
import { factsAlike, wordsAlike } from './words_alike.ts'

/** What features read of a card. */
export type Facts = Pick<Card, 'title' | 'brand' | 'categories' | 'tags' | 'attributes' | 'popularity' | 'text'>

/** All that features are made from. */
export interface FeatureInput {
  candidates: readonly Candidate[]
  /** All that recall brought, the candidates among them: signals are relative to these. */
  pool: readonly Candidate[]
  /** Null before metadata was read: what needs it is 0 then, for all candidates alike. */
  cards: ReadonlyMap<string, Facts> | null
  context: ReadonlyMap<string, Pick<ContextItem, 'title' | 'brand' | 'categories' | 'attributes'>>
  anchors: readonly Anchor[]
  stats: ItemStats | null
  scene: Scene | null
  owned: Ownership
  query: string | null
  /** The moment that ages are counted to. */
  atMs: number
}

/** What one feature is read from. */
interface Row {
  candidate: Candidate
  /** Among the candidates. */
  place: number
  /** Row of the statistics; -1 without any. */
  stat: number
  owned: Owned | undefined
}

interface Feature {
  readonly name: string
  /** Whose share of the score it is, in reasons and traces. */
  readonly source: Source
  /** What reads it of one candidate after another: what is the same for all of them is looked up once. */
  readonly of: (shared: Shared) => (row: Row) => number
}

/** What is computed once for all candidates. */
class Shared {
  readonly input: FeatureInput
  readonly titles: { best: Float64Array; mean: Float64Array }
  readonly facts: { best: Float64Array; mean: Float64Array }
  readonly words: ReturnType<typeof queryFeatures>
  readonly #relative = new Map<string, RelativeSignal>()
  /** Weighted mean and spread of the context's log prices. */
  readonly price: { mean: number; spread: number } | null

  constructor(input: FeatureInput) {
    this.input = input
    const compared = comparables(input)
    this.titles = wordsAlike(compared.items, compared.context)
    this.facts = factsAlike(compared.items, compared.context)
    this.words = queryFeatures(input.query, input.candidates, input.cards)
    this.price = contextPrice(input)
  }

  /** A signal of the candidates relative to all that recall brought. */
  relative(name: string, signal: (candidate: Candidate) => number): RelativeSignal {
    let known = this.#relative.get(name)
    if (known === undefined) {
      known = new RelativeSignal(this.input.pool, this.input.candidates, signal)
      this.#relative.set(name, known)
    }
    return known
  }

  stat(column: StatColumn, row: number): number {
    return this.input.stats?.value(column, row) ?? 0
  }

  /** Days from a day of the statistics to the request; `never` where there is no such day. */
  daysSince(column: 'firstDay' | 'lastDay', row: number, never: number): number {
    const day = this.stat(column, row)
    return day <= 0 ? never : Math.max(0, this.input.atMs / DAY_MS - day)
  }
}

/** Cards and context with what they are compared by; without cards nothing is. */
function comparables({ candidates, cards, context, anchors }: FeatureInput) {
  const known = anchors.flatMap((anchor) => {
    const item = context.get(anchor.id)
    return item === undefined ? [] : [[item, anchor.weight] as const]
  })
  const NOTHING = { title: '', brand: null, categories: [], attributes: {} }
  return cards === null
    ? { items: candidates.map(() => NOTHING), context: [] }
    : { items: candidates.map(({ id }) => cards.get(id) ?? NOTHING), context: known }
}

/** Prices of less spread than this say nothing of what is too dear. In log units. */
const PRICE_SPREAD_MIN = 0.5

function contextPrice({ anchors, stats }: FeatureInput): Shared['price'] {
  if (stats === null) return null
  let [total, sum, squares] = [0, 0, 0]
  for (const { id, weight } of anchors) {
    const price = stats.value('price', stats.of(id))
    if (price < 0) continue
    total += weight
    sum += weight * price
    squares += weight * price * price
  }
  if (total === 0) return null
  const mean = sum / total
  return { mean, spread: Math.sqrt(Math.max(0, squares / total - mean * mean) + PRICE_SPREAD_MIN ** 2) }
}

const signal = (name: string, source: Source, of: (candidate: Candidate) => number): Feature[] => [
  { name: `${name}_share`, source, of: (shared) => ofList(shared.relative(name, of).shares()) },
  { name: `${name}_rank`, source, of: (shared) => ofList(shared.relative(name, of).ranks()) },
]
/** By the candidate's place in the list at hand. */
const ofList =
  (values: Float64Array) =>
  ({ place }: Row) =>
    values[place]!
const stat = (name: string, source: Source, column: StatColumn): Feature => ({
  name,
  source,
  of: (shared) => (row) => shared.stat(column, row.stat),
})
const owned = (name: string, of: (own: Owned, row: Row, shared: Shared) => number): Feature => ({
  name,
  source: 'bought_before',
  of: (shared) => (row) => (row.owned === undefined ? 0 : of(row.owned, row, shared)),
})

const NEVER_SOLD_LOG_DAYS = 10
const days = (fromMs: number, shared: Shared) => Math.max(0, shared.input.atMs - fromMs) / DAY_MS

/** Opportunities that an item's own rate of repetition counts as. */
const REPEAT_PRIOR = 2

/** Purchases of the item by visit since the first one, joined by the item's rate among all shoppers. */
function repeatRate(own: Owned, row: Row, shared: Shared): number {
  const rate = Math.exp(shared.stat('rr', row.stat))
  return Math.log((own.visits - 1 + REPEAT_PRIOR * rate) / (own.sinceFirst + REPEAT_PRIOR) + 0.005)
}

/** How far the time since the last purchase is from the usual one, in log units; 0 is due now. */
function overdue(own: Owned, row: Row, shared: Shared): number {
  const usual =
    own.visits > 1 ? (own.lastMs - own.firstMs) / DAY_MS / (own.visits - 1) : Math.expm1(shared.stat('cyc', row.stat))
  return Math.max(-3, Math.min(3, Math.log((days(own.lastMs, shared) + 1) / Math.max(1, usual))))
}

/**
 * The features of the base order, by name. Each is raw: what it counts for is learned (see weights.ts). A feature that a
 * request cannot tell is the same for all candidates, and so says nothing.
 */
export const FEATURES: readonly Feature[] = [
  // Sums over the past: who wanted this wanted that; what follows on later visits; what shares a basket.
  ...signal('taste', 'bought_together', (own) => own.taste),
  ...signal('taste_ever', 'bought_together', (own) => own.tasteEver),
  ...signal('next', 'bought_together', (own) => own.next),
  ...signal('together', 'bought_together', (own) => own.together),
  // The same of the cart and the page.
  ...signal('cart_together', 'bought_together', (own) => own.cartTogether),
  ...signal('cart_taste', 'bought_together', (own) => own.cartTaste),
  ...signal('complement', 'complement', (own) => own.complement),
  // Likeness of text: nearest neighbours ahead of time, and words, once metadata is known.
  ...signal('similar_past', 'vector_recent', (own) => own.similarPast),
  // Of items that hardly anybody knows yet: what their text promises by behaviour.
  ...signal('arrival', 'vector_recent', (own) => own.arrival),
  ...signal('similar_seed', 'vector_seed', (own) => own.similarSeed),
  { name: 'title_best', source: 'vector_recent', of: ({ titles }) => ofList(titles.best) },
  { name: 'title_mean', source: 'vector_recent', of: ({ titles }) => ofList(titles.mean) },
  { name: 'facts_best', source: 'vector_recent', of: ({ facts }) => ofList(facts.best) },
  { name: 'facts_mean', source: 'vector_recent', of: ({ facts }) => ofList(facts.mean) },
  // How much it is wanted, by half-life.
  stat('wanted_7d', 'trending', 'p7'),
  stat('wanted_14d', 'trending', 'p14'),
  stat('wanted_28d', 'trending', 'p28'),
  stat('wanted_91d', 'popular', 'p91'),
  stat('wanted_ever', 'popular', 'all'),
  { name: 'trending_here', source: 'trending', of: () => (row) => row.candidate.trending },
  {
    name: 'scene',
    source: 'trending',
    of: ({ input: { stats, scene } }) =>
      stats === null || scene === null ? () => 0 : (row) => sceneFeature(stats, row.stat, scene),
  },
  {
    name: 'age',
    source: 'new',
    of: (shared) => (row) => Math.log1p(shared.daysSince('firstDay', row.stat, 0)),
  },
  {
    name: 'idle',
    source: 'popular',
    of: (shared) => (row) =>
      Math.min(NEVER_SOLD_LOG_DAYS, Math.log1p(shared.daysSince('lastDay', row.stat, Number.MAX_VALUE))),
  },
  { name: 'fresh', source: 'new', of: () => (row) => row.candidate.fresh },
  {
    name: 'popular',
    source: 'popular',
    of: ({ input: { cards } }) => (cards === null ? () => 0 : (row) => cards.get(row.candidate.id)?.popularity ?? 0),
  },
  // What is bought again, by everybody and by this shopper.
  stat('repeated', 'popular', 'rr'),
  stat('rebought', 'popular', 'rp'),
  owned('owned', () => 1),
  owned('owned_visits', (own) => Math.log1p(own.visits)),
  owned('owned_since', (own) => -Math.log1p(own.sinceLast)),
  owned('owned_days', (own, _row, shared) => -Math.log1p(days(own.lastMs, shared))),
  owned('owned_rate', repeatRate),
  owned('owned_due', overdue),
  owned('owned_off_cycle', (own, row, shared) => -Math.abs(overdue(own, row, shared))),
  owned('owned_fade', (own) => Math.log1p(own.fade)),
  {
    name: 'price_near',
    source: 'popular',
    of: (shared) => (row) => {
      const price = shared.stat('price', row.stat)
      return shared.price === null || price < 0 ? -1 : -Math.abs(price - shared.price.mean) / shared.price.spread
    },
  },
  stat('price', 'popular', 'price'),
  // The shopper's words.
  ...signal('text', 'text', (own) => own.text),
  ...signal('text_vector', 'vector_text', (own) => own.textVector),
  { name: 'query_letters', source: 'text', of: ({ words }) => ofList(words.letters) },
  { name: 'query_head', source: 'text', of: ({ words }) => ofList(words.head) },
  { name: 'query_names', source: 'text', of: ({ words }) => ofList(words.names) },
  { name: 'query_any', source: 'text', of: ({ words }) => ofList(words.any) },
]

export const FEATURE_NAMES: readonly string[] = FEATURES.map((feature) => feature.name)

/**
 * Features of all candidates, one feature after another.
 * @param wanted by place in FEATURES; what is 0 is left out. All are wanted, without it
 * @param visit is given a feature's place and its values by candidate, in an array that the next feature uses again
 */
export function eachFeature(
  input: FeatureInput,
  wanted: ArrayLike<number> | undefined,
  visit: (at: number, values: Float64Array) => void,
): void {
  const shared = new Shared(input)
  const rows = input.candidates.map((candidate, place): Row => {
    const stat = input.stats === null ? -1 : input.stats.of(candidate.id)
    return { candidate, place, stat, owned: input.owned.items.get(candidate.id) }
  })
  const values = new Float64Array(rows.length)
  for (let at = 0; at < FEATURES.length; at++) {
    if (wanted !== undefined && wanted[at] === 0) continue
    const read = FEATURES[at]!.of(shared)
    for (let place = 0; place < rows.length; place++) values[place] = read(rows[place]!)
    visit(at, values)
  }
}

/** @returns candidates times FEATURES.length numbers, a candidate's side by side */
export function featuresOf(input: FeatureInput): Float64Array {
  const width = FEATURES.length
  const features = new Float64Array(input.candidates.length * width)
  eachFeature(input, undefined, (at, values) => {
    for (let place = 0; place < values.length; place++) features[place * width + at] = values[place]!
  })
  return features
}
