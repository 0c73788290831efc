import type { Card } from '../domain/card.ts'
import { leafCategory } from '../domain/item.ts'

/** Items that a shelf may have of one brand, and of one particular category. */
export interface CapLimits {
  maxPerBrand: number
  maxPerCategory: number
}

/** Items of each brand and particular category so far. */
export class Caps {
  readonly #brands = new Map<string, number>()
  readonly #categories = new Map<string, number>()
  readonly #max: CapLimits

  constructor(max: CapLimits) {
    this.#max = max
  }

  reached({ brand, categories }: Pick<Card, 'brand' | 'categories'>): boolean {
    if (brand !== null && (this.#brands.get(brand) ?? 0) >= this.#max.maxPerBrand) return true
    return categories.some((path) => (this.#categories.get(leafCategory(path)) ?? 0) >= this.#max.maxPerCategory)
  }

  add({ brand, categories }: Pick<Card, 'brand' | 'categories'>): void {
    if (brand !== null) this.#brands.set(brand, (this.#brands.get(brand) ?? 0) + 1)
    for (const leaf of new Set(categories.map(leafCategory)))
      this.#categories.set(leaf, (this.#categories.get(leaf) ?? 0) + 1)
  }
}
