import type { Card } from '../domain/card.ts'
import { categoryLevels } from '../domain/item.ts'
import { titleWords } from './title_words.ts'

const BRAND = 1
/** Of each step of a path, so that siblings are a little alike and twins very much. */
const CATEGORY_STEP = 1.5
const ATTRIBUTE = 0.5

type Features = Pick<Card, 'title' | 'brand' | 'categories' | 'attributes'>

/** How alike the items of one list are; items are named by their place in it. */
export interface Likeness {
  /** Weighted Jaccard likeness in [0, 1]. */
  between(a: number, b: number): number
  /** Raises `closest[i]` to the likeness of item i to `pick`, for every item of `among`, of which the first `count` are read. */
  raise(closest: Float64Array, pick: number, among: Int32Array, count: number): void
}

/**
 * Weighted Jaccard likeness over brand, category steps and attributes. Items that have none of these are compared by
 * the words of their titles, rare ones counting more (inverse document frequency within the list): the same thing in
 * another colour is nearly the same thing. Each item is read once.
 */
export function likenessOf(cards: readonly Features[]): Likeness {
  const rows = new Interned(cards)
  const { start, feature, weights, totals } = rows
  const mark = new Float64Array(weights.length)
  const shared = (item: number) => {
    let sum = 0
    for (let at = start[item]!; at < start[item + 1]!; at++) sum += mark[feature[at]!]!
    return sum
  }
  const setMarks = (item: number, on: boolean) => {
    for (let at = start[item]!; at < start[item + 1]!; at++) mark[feature[at]!] = on ? weights[feature[at]!]! : 0
  }
  const jaccard = (a: number, b: number, common: number) => {
    const union = totals[a]! + totals[b]! - common
    return union <= 0 ? 0 : Math.min(1, common / union)
  }
  return {
    between(a, b) {
      setMarks(a, true)
      const value = jaccard(a, b, shared(b))
      setMarks(a, false)
      return value
    },
    raise(closest, pick, among, count) {
      setMarks(pick, true)
      for (let at = 0; at < count; at++) {
        const item = among[at]!
        const value = jaccard(pick, item, shared(item))
        if (value > closest[item]!) closest[item] = value
      }
      setMarks(pick, false)
    },
  }
}

/** The items' features as numbers: those of item i are `feature[start[i]] .. feature[start[i + 1] - 1]`. */
class Interned {
  readonly start: Int32Array
  readonly feature: number[] = []
  /** By feature. */
  readonly weights: number[] = []
  /** By item: the sum of its features' weights. */
  readonly totals: Float64Array
  readonly #ids = new Map<string, Map<string, number>>()

  constructor(cards: readonly Features[]) {
    this.start = new Int32Array(cards.length + 1)
    this.totals = new Float64Array(cards.length)
    const words = new Map<number, number>()
    for (const [index, card] of cards.entries()) {
      const own = new Set<number>()
      this.#facts(card, own)
      if (own.size === 0) {
        for (const word of titleWords(card.title)) own.add(this.#id('word', word, 0))
        for (const id of own) words.set(id, (words.get(id) ?? 0) + 1)
      }
      for (const id of own) this.feature.push(id)
      this.start[index + 1] = this.feature.length
    }
    for (const [id, items] of words) this.weights[id] = Math.log1p(cards.length / items)
    for (let item = 0; item < cards.length; item++)
      for (let at = this.start[item]!; at < this.start[item + 1]!; at++)
        this.totals[item]! += this.weights[this.feature[at]!]!
  }

  #facts(card: Features, into: Set<number>): void {
    if (card.brand !== null) into.add(this.#id('brand', card.brand, BRAND))
    for (const path of card.categories)
      for (const level of categoryLevels(path)) into.add(this.#id('category', level, CATEGORY_STEP))
    for (const name in card.attributes) {
      const value = card.attributes[name]
      // The name apart from brand and category, whatever the shop calls it.
      if (typeof value === 'string') into.add(this.#id(`a ${name}`, value, ATTRIBUTE))
      else if (Array.isArray(value)) for (const one of value) into.add(this.#id(`a ${name}`, String(one), ATTRIBUTE))
    }
  }

  #id(field: string, value: string, weight: number): number {
    let ids = this.#ids.get(field)
    if (ids === undefined) {
      ids = new Map()
      this.#ids.set(field, ids)
    }
    let id = ids.get(value)
    if (id === undefined) {
      id = this.weights.length
      this.weights.push(weight)
      ids.set(value, id)
    }
    return id
  }
}
