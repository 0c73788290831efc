import type { StoredItem } from '../../domain/card.ts'
import { leafCategory, rootCategory } from '../../domain/item.ts'
import { PROFILE_LIMITS } from './limits.ts'
import { compare, type ItemWeight } from './weights.ts'

/** One more item must stand for at least this share of the history. */
const GAIN_MIN = 0.02

/**
 * Items that stand for a history: greedy facility location (Nemhauser, Wolsey and Fisher 1978), which is within 1 - 1/e
 * of the best choice. Every wanted item is served by the chosen one that is most like it, weighted by how much and how
 * recently it was wanted. The best first; ties by name.
 */
export function representativesOf(weights: readonly ItemWeight[], items: ReadonlyMap<string, StoredItem>): string[] {
  const wanted = weights
    .filter((own) => own.weight > 0 && items.has(own.item))
    .sort((a, b) => b.weight - a.weight || compare(a.item, b.item))
    .slice(0, PROFILE_LIMITS.itemsPerShopper)
  const stored = wanted.map((own) => items.get(own.item)!)
  const alike = stored.map((a, row) => stored.map((b, column) => (row === column ? 1 : similarity(a, b))))
  const total = wanted.reduce((sum, own) => sum + own.weight, 0)
  const served = new Float64Array(wanted.length)
  const chosen: number[] = []
  while (chosen.length < PROFILE_LIMITS.representatives) {
    let best = -1
    let bestGain = total * GAIN_MIN
    for (let candidate = 0; candidate < wanted.length; candidate++) {
      if (chosen.includes(candidate)) continue
      let gain = 0
      for (let own = 0; own < wanted.length; own++)
        gain += wanted[own]!.weight * Math.max(0, alike[own]![candidate]! - served[own]!)
      // A hair's breadth is no reason: sums in another order differ by as much.
      if (gain > bestGain + 1e-9) {
        best = candidate
        bestGain = gain
      }
    }
    if (best === -1) break
    chosen.push(best)
    for (let own = 0; own < wanted.length; own++) served[own] = Math.max(served[own]!, alike[own]![best]!)
  }
  return chosen.map((index) => wanted[index]!.item)
}

/** A weight by taste of a tenth, which one item in ten reaches with its strongest neighbour, is as alike as can be. */
const TASTE_OF_ONE = 1_000

/** How alike two items are in [0, 1]: as neighbours where they are, and by what they are where nothing was learned. */
export function similarity(a: StoredItem, b: StoredItem): number {
  return Math.max(neighbourhood(a, b.id), neighbourhood(b, a.id), kinship(a, b))
}

function neighbourhood(item: StoredItem, other: string): number {
  const taste = (item.bought.find(([id]) => id === other)?.[1] ?? 0) / TASTE_OF_ONE
  const similar = item.similar.find(([id]) => id === other)?.[1] ?? 0
  return Math.min(1, Math.max(taste, similar))
}

/** Below any close neighbourhood: the same shelf is not the same thing. */
function kinship(a: StoredItem, b: StoredItem): number {
  const shares = (of: (path: string) => string) =>
    a.categories.some((own) => b.categories.some((other) => of(own) === of(other)))
  const category = shares(leafCategory) ? 0.4 : shares(rootCategory) ? 0.15 : 0
  return category + (a.brand !== null && a.brand === b.brand ? 0.1 : 0)
}
