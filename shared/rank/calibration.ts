import type { Card } from '../domain/card.ts'
import { categoryShares, type Interests } from './interests.ts'

/** Of the target in the list's distribution, so that a missing category costs much and not everything (Steck 2018). */
const SMOOTHING = 0.01
/** The largest divergence that the smoothing allows: it scales the divergence to [0, 1]. */
const LARGEST = -Math.log(SMOOTHING)

/**
 * How far the categories of a list are from a shopper's, in [0, 1]: the Kullback-Leibler divergence of the list's
 * smoothed category shares from the interests (Steck 2018, "Calibrated recommendations"), over its largest value.
 */
export function miscalibration(interests: Interests, list: ReadonlyArray<Pick<Card, 'categories'>>): number {
  const held = new Map<string, number>()
  for (const { categories } of list)
    categoryShares(categories, (level, share) => held.set(level, (held.get(level) ?? 0) + share / list.length))
  let divergence = 0
  for (const [level, wanted] of interests.shares) {
    const smoothed = (1 - SMOOTHING) * (held.get(level) ?? 0) + SMOOTHING * wanted
    divergence += wanted * Math.log(wanted / smoothed)
  }
  return Math.min(1, Math.max(0, divergence) / LARGEST)
}

/** Items of equal categories, and what they would add to a list. */
interface Kind {
  levels: number[]
  shares: number[]
  gain: number
}

/** The greedy term: what each item would do for the calibration of the list chosen so far. */
export class Calibration {
  readonly #wanted: number[] = []
  readonly #held: number[] = []
  readonly #kinds: Kind[] = []
  readonly #kindOf: Int32Array
  #chosen = 0

  constructor(interests: Interests, cards: ReadonlyArray<Pick<Card, 'categories'>>) {
    const levels = new Map<string, number>()
    for (const [level, share] of interests.shares) {
      levels.set(level, this.#wanted.length)
      this.#wanted.push(share)
      this.#held.push(0)
    }
    this.#kindOf = new Int32Array(cards.length)
    const kinds = new Map<string, number>()
    for (const [index, { categories }] of cards.entries()) {
      const name = categories.length === 1 ? categories[0]! : categories.join('\0')
      let kind = kinds.get(name)
      if (kind === undefined) {
        kind = this.#kinds.length
        kinds.set(name, kind)
        this.#kinds.push(kindOf(categories, levels))
      }
      this.#kindOf[index] = kind
    }
    this.#measure()
  }

  /**
   * The gain of putting an item next, in [0, 1]: by how much the divergence of the list of n + 1 falls through the item's
   * own categories, times n + 1, so that one share of diversity means the same on a long list and a short one.
   */
  gain(item: number): number {
    return this.#kinds[this.#kindOf[item]!]!.gain
  }

  add(item: number): void {
    const { levels, shares } = this.#kinds[this.#kindOf[item]!]!
    for (let at = 0; at < levels.length; at++) this.#held[levels[at]!]! += shares[at]!
    this.#chosen += 1
    this.#measure()
  }

  #measure(): void {
    const size = this.#chosen + 1
    for (const kind of this.#kinds) {
      let fall = 0
      for (let at = 0; at < kind.levels.length; at++) {
        const level = kind.levels[at]!
        const wanted = this.#wanted[level]!
        const without = ((1 - SMOOTHING) * this.#held[level]!) / size + SMOOTHING * wanted
        fall += wanted * Math.log1p(((1 - SMOOTHING) * kind.shares[at]!) / (size * without))
      }
      kind.gain = Math.min(1, (size * fall) / LARGEST)
    }
  }
}

/** Only levels that the shopper has an interest in: the others change nothing that is measured. */
function kindOf(categories: readonly string[], levels: ReadonlyMap<string, number>): Kind {
  const own = new Map<number, number>()
  categoryShares(categories, (name, share) => {
    const level = levels.get(name)
    if (level !== undefined) own.set(level, (own.get(level) ?? 0) + share)
  })
  return { levels: [...own.keys()], shares: [...own.values()], gain: 0 }
}
