import type { Shopper } from '../shopper.ts'
import type { ShopperLog } from './measures.ts'
import type { Logs } from './play.ts'

/** Mean behaviour of shoppers in thirds by a hidden trait, the least first. */
export interface Trait {
  trait: string
  behaviour: string
  thirds: [number, number, number]
}

/** Entropy of a shopper's category taste, in nats. */
const varietyOf = (shopper: Shopper): number => {
  let entropy = 0
  for (const share of shopper.categoryTaste.values()) if (share > 0) entropy -= share * Math.log(share)
  return entropy
}

/** Looks at which categories are counted: who looks more sees more of them, whatever the taste. */
const LOOKS = 4

/** Categories expected among any four of a shopper's looks (rarefaction; Hurlbert 1971). */
function categoriesAmong(looks: ReadonlyMap<string, number>): number {
  const all = looksOf(looks)
  let expected = 0
  for (const own of looks.values()) {
    let missed = 1
    for (let drawn = 0; drawn < LOOKS; drawn++) missed *= Math.max(0, all - own - drawn) / (all - drawn)
    expected += 1 - missed
  }
  return expected
}

const looksOf = (looks: ReadonlyMap<string, number>) => [...looks.values()].reduce((sum, own) => sum + own, 0)

/**
 * Whether hidden traits show in what shoppers do (Zhang et al. 2024, "On generative agents in recommendation", have the
 * same check): shoppers of diverse taste look at more categories, patient ones stay for more pages.
 */
export function traitsOf(shoppers: readonly Shopper[], logs: Logs): Trait[] {
  const thirds = (
    traitOf: (shopper: Shopper) => number,
    counts: (log: ShopperLog) => boolean,
    behaviourOf: (log: ShopperLog) => number,
  ) => {
    const sorted = shoppers
      .filter(({ id }) => counts(logs.get(id)!))
      .sort((a, b) => traitOf(a) - traitOf(b) || (a.id < b.id ? -1 : 1))
    return [0, 1, 2].map((third) => {
      const own = sorted.slice(Math.floor((third * sorted.length) / 3), Math.floor(((third + 1) * sorted.length) / 3))
      return own.reduce((sum, { id }) => sum + behaviourOf(logs.get(id)!), 0) / own.length
    }) as Trait['thirds']
  }
  return [
    {
      trait: 'diversity of taste',
      behaviour: 'categories among four looks',
      thirds: thirds(
        varietyOf,
        (log) => looksOf(log.looks) >= LOOKS,
        (log) => categoriesAmong(log.looks),
      ),
    },
    {
      trait: 'activity',
      behaviour: 'pages of a visit',
      thirds: thirds(
        ({ patience }) => patience,
        (log) => log.sessions > 0,
        (log) => log.shelves / log.sessions,
      ),
    },
  ]
}

export const rises = ({ thirds: [low, middle, high] }: Trait): boolean => low < middle && middle < high
