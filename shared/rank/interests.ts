import { categoryLevels } from '../domain/item.ts'

/** What a shopper's past says of the categories wanted. */
export interface Interests {
  /** Share of each category, at every level of its path; they sum to one. */
  shares: ReadonlyMap<string, number>
  /** 0 for a history of one category, towards 1 the more categories it is spread over; one half where nothing is known. */
  breadth: number
}

/** An item of the past and how much it counts: recent and telling events more. */
export interface WeightedItem {
  categories: readonly string[]
  weight: number
}

/** Nobody's breadth. */
export const UNKNOWN_BREADTH = 0.5
/** Events that the unknown weighs as much as: one view does not make a narrow taste. */
const BREADTH_PRIOR = 3

/**
 * Category shares of an item: its weight goes evenly to its paths, and of each path evenly to its levels, so that a
 * list calibrated to them is right about departments before it is right about shelves, however deep a shop's tree is.
 */
export function categoryShares(categories: readonly string[], give: (level: string, share: number) => void): void {
  for (const path of categories) {
    const levels = categoryLevels(path)
    for (const level of levels) give(level, 1 / (categories.length * levels.length))
  }
}

/**
 * The interests of a past. Breadth is 1 - exp(-H), H the Shannon entropy of the particular categories in nats: one less
 * the inverse of their effective number (Hill 1973), whatever the size of the catalogue; n / (n + 3) of it counts, n the
 * effective number of events, the rest is `UNKNOWN_BREADTH`.
 * @returns null where no item of the past has a category
 */
export function interestsOf(past: Iterable<WeightedItem>): Interests | null {
  const shares = new Map<string, number>()
  const paths = new Map<string, number>()
  let total = 0
  let squares = 0
  for (const { categories, weight } of past) {
    if (categories.length === 0 || !(weight > 0)) continue
    total += weight
    squares += weight * weight
    categoryShares(categories, (level, share) => shares.set(level, (shares.get(level) ?? 0) + weight * share))
    for (const path of categories) paths.set(path, (paths.get(path) ?? 0) + weight / categories.length)
  }
  if (total === 0) return null
  for (const [level, sum] of shares) shares.set(level, sum / total)
  let entropy = 0
  for (const sum of paths.values()) entropy -= (sum / total) * Math.log(sum / total)
  const events = (total * total) / squares
  const own = 1 - Math.exp(-entropy)
  return { shares, breadth: (events * own + BREADTH_PRIOR * UNKNOWN_BREADTH) / (events + BREADTH_PRIOR) }
}
