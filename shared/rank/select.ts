import type { Card } from '../domain/card.ts'
import { Calibration } from './calibration.ts'
import { type CapLimits, Caps } from './caps.ts'
import type { Interests } from './interests.ts'
import { likenessOf } from './likeness.ts'

export interface SelectOptions extends CapLimits {
  limit: number
  /** 0 keeps the order of scores, 1 looks at variety almost alone. */
  diversity: number
  /** Whose shelf it is; absent where it is not about a shopper's past. */
  interests?: Interests | null
}

export interface Selectable {
  card: Card
  /** Odds; where the best has none, all are as relevant. */
  score: number
}

/** Of a diversity of 1: some relevance must stay, or the shelf turns to noise. */
const LARGEST_TRADE = 0.9

/** An item that the best one is so many times likelier than has a relevance of 0. */
const ODDS = 30
/** What is less likely still differs by so much of its log odds: variety counts more there. */
const FAINT = 0.05
const LEAST_ODDS = 1e-6

/** What each term of the greedy choice counts. */
export interface VarietyWeights {
  relevance: number
  /** Against likeness to what is chosen already. */
  unlikeness: number
  /** For category shares like the shopper's own. */
  calibration: number
  /** Against what everybody wants anyway, and would find without a shelf (Zhou et al. 2010, the diversity dilemma). */
  novelty: number
}

/** Of the diversity: how much the shop's most popular item loses to one that nobody wants. */
const NOVELTY = 1.25

/**
 * How variety is sought: a narrow history is led on to other things, a broad one is mirrored. With b the breadth of the
 * history and t the diversity, likeness counts against an item with t (1.5 - b), calibration for it with t b; without
 * interests likeness counts t, and there is nothing to calibrate to.
 */
export function varietyWeights(diversity: number, interests: Interests | null): VarietyWeights {
  const trade = Math.min(diversity, LARGEST_TRADE)
  const novelty = NOVELTY * trade
  if (interests === null) return { relevance: 1 - trade, unlikeness: trade, calibration: 0, novelty }
  const { breadth } = interests
  return { relevance: 1 - trade, unlikeness: trade * (1.5 - breadth), calibration: trade * breadth, novelty }
}

/**
 * Picks a shelf: maximal marginal relevance (Carbonell and Goldstein 1998) over the log odds of scores, beside it the
 * calibration of category shares (Steck 2018), with caps per brand and particular category. The best item comes first
 * whatever is sought. Caps yield when they would leave the shelf short: a full shelf comes first.
 * @param entries best first
 * @returns at most `limit` entries, in the order in which they are shown; with a diversity of 0 in the order of scores
 */
export function selectShelf<T extends Selectable>(entries: readonly T[], options: SelectOptions): T[] {
  const cards = entries.map((entry) => entry.card)
  const caps = new Caps(options)
  const variety = options.diversity > 0 ? new Variety(entries, cards, options) : null
  // What is left, best first; the first `count` are read.
  const left = Int32Array.from(entries.keys())
  let count = left.length
  const chosen: T[] = []
  while (chosen.length < options.limit && count > 0) {
    let at = chosen.length === 0 ? 0 : bestOf(left, count, variety, (index) => !caps.reached(cards[index]!))
    if (at === -1) at = bestOf(left, count, variety, () => true)
    const pick = left[at]!
    left.copyWithin(at, at + 1, count--)
    chosen.push(entries[pick]!)
    caps.add(cards[pick]!)
    variety?.add(pick, left, count)
  }
  return chosen
}

/**
 * The log odds of an item beside the best one, scaled to 1 for the best. Scores are odds: as they are, one item that stands out
 * would leave nothing between all others, and variety would choose among them alone.
 */
function relevanceOf(score: number, best: number): number {
  if (best <= 0) return 1
  const relevance = 1 + Math.log(Math.max(score / best, LEAST_ODDS)) / Math.log(ODDS)
  return relevance < 0 ? relevance * FAINT : relevance
}

/** The place of the best among what is left; the first of equals. -1 where none is allowed. */
function bestOf(left: Int32Array, count: number, variety: Variety | null, allowed: (index: number) => boolean): number {
  let winner = -1
  let most = Number.NEGATIVE_INFINITY
  for (let at = 0; at < count; at++) {
    const index = left[at]!
    const value = variety === null ? -at : variety.value(index)
    if (value <= most || !allowed(index)) continue
    winner = at
    most = value
    if (variety === null) break
  }
  return winner
}

/** The terms of the greedy choice, kept up with what is chosen. */
class Variety {
  readonly #weights: VarietyWeights
  readonly #relevance: Float64Array
  readonly #closest: Float64Array
  readonly #popularity: Float64Array
  readonly #likeness: ReturnType<typeof likenessOf>
  readonly #calibration: Calibration | null

  constructor(entries: readonly Selectable[], cards: readonly Card[], options: SelectOptions) {
    const interests = options.interests ?? null
    this.#weights = varietyWeights(options.diversity, interests)
    this.#relevance = Float64Array.from(entries, (entry) => relevanceOf(entry.score, entries[0]!.score))
    this.#closest = new Float64Array(entries.length)
    this.#popularity = Float64Array.from(cards, (card) => card.popularity)
    this.#likeness = likenessOf(cards)
    this.#calibration = interests === null ? null : new Calibration(interests, cards)
  }

  value(index: number): number {
    const { relevance, unlikeness, calibration, novelty } = this.#weights
    const plain =
      relevance * this.#relevance[index]! - unlikeness * this.#closest[index]! - novelty * this.#popularity[index]!
    return this.#calibration === null ? plain : plain + calibration * this.#calibration.gain(index)
  }

  add(pick: number, left: Int32Array, count: number): void {
    this.#likeness.raise(this.#closest, pick, left, count)
    this.#calibration?.add(pick)
  }
}
