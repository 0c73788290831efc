import type { Card } from '../domain/card.ts'
import { type Filter, valuesOf } from '../domain/filter.ts'
import { categoryLevels } from '../domain/item.ts'

type Scalar = string | number | boolean

/** Fields that few rules share a value of. */
const INDEXED = /^(?:id|brand|category|tag|attribute\..*)$/su

/**
 * Finds the few rules that may be about an item, of the many that a shop has: a rule that asks for certain values of a
 * field is met by these values alone, all others are always looked at. (Yan and Garcia-Molina 1994, "Index structures
 * for selective dissemination of information".)
 */
export class RuleIndex {
  readonly #always: number[] = []
  readonly #byField = new Map<string, Map<Scalar, number[]>>()
  readonly #met: Uint32Array
  #round = 0

  /** @param filters by place: what each rule says of its items; undefined for all items */
  constructor(filters: ReadonlyArray<Filter | undefined>) {
    this.#met = new Uint32Array(filters.length)
    for (const [place, filter] of filters.entries()) {
      const anchor = filter === undefined ? null : anchorOf(filter)
      if (anchor === null) this.#always.push(place)
      else for (const value of anchor.values) this.#listOf(anchor.field, value).push(place)
    }
  }

  /** Calls with the place of each rule that may be about the item, once each. */
  each(card: Card, visit: (place: number) => void): void {
    for (const place of this.#always) visit(place)
    this.#round += 1
    for (const [field, byValue] of this.#byField) {
      for (const value of valuesOf(card, field)) {
        this.#meet(byValue.get(value), visit)
        if (field !== 'category' || typeof value !== 'string') continue
        for (const level of categoryLevels(value)) if (level !== value) this.#meet(byValue.get(level), visit)
      }
    }
  }

  #meet(places: readonly number[] | undefined, visit: (place: number) => void): void {
    if (places === undefined) return
    for (const place of places) {
      if (this.#met[place] === this.#round) continue
      this.#met[place] = this.#round
      visit(place)
    }
  }

  #listOf(field: string, value: Scalar): number[] {
    const byValue = this.#byField.get(field) ?? new Map<Scalar, number[]>()
    this.#byField.set(field, byValue)
    const list = byValue.get(value) ?? []
    byValue.set(value, list)
    return list
  }
}

/** A condition that every item of the filter meets by one of a few values; null where there is none. */
function anchorOf(filter: Filter): { field: string; values: readonly Scalar[] } | null {
  if ('all' in filter) {
    for (const part of filter.all) {
      const anchor = anchorOf(part)
      if (anchor !== null) return anchor
    }
    return null
  }
  if (!('field' in filter) || !INDEXED.test(filter.field)) return null
  if (filter.op === 'eq') return { field: filter.field, values: [filter.value] }
  return filter.op === 'in' ? { field: filter.field, values: [...new Set(filter.value)] } : null
}
