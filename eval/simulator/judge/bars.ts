import type { Estimate } from '../../metrics/bootstrap.ts'
import type { Told } from './compare.ts'
import type { Responsiveness } from './probe.ts'
import { rises, type Trait } from './traits.ts'

/** A statement that holds or not. */
export interface Bar {
  name: string
  holds: boolean
  /** False where too few shoppers were played to tell: then it is told only. */
  judged: boolean
}

export interface Findings {
  probes: Record<string, Responsiveness>
  /** The shipped order less the named one, the same shoppers under both. */
  paired: Record<string, Told>
  /** The control less the named one, likewise. */
  control: Record<string, Told>
  /** Treated shoppers less the holdout, in one shop; `itself` is a policy against itself. */
  holdout: Record<string, Told>
  traits: Trait[]
}

/** Shoppers whose shelf must change after an event, beyond those whose shelf changes anyway. */
const CHANGED_MIN = 0.8

const above = (difference: Estimate | undefined): boolean => difference !== undefined && difference.lo > 0

/** An event changes the next shelf, and brings what it was about nearer. */
export const responds = ({ changed, unprompted, towards }: Responsiveness): boolean =>
  changed - unprompted >= CHANGED_MIN && towards > 0

/** Broader than item-kNN, and no worse in the order beyond the interval. */
export const broader = (difference: Told): boolean =>
  above(difference.coverage) && above(difference.tailShare) && difference.ndcg.hi >= 0

/** Earns more than what knows nobody. */
export const earns = (differences: Record<string, Told>): boolean =>
  above(differences.popularity?.revenue) && above(differences.random?.revenue)

const holdoutBars = (holdout: Findings['holdout']): Bar[] => [
  { name: 'more revenue than popularity and random, judged by the holdout', holds: earns(holdout), judged: true },
  {
    name: 'control: the holdout finds no difference of a policy to itself',
    holds: holdout.itself !== undefined && holdout.itself.revenue.lo <= 0 && holdout.itself.revenue.hi >= 0,
    judged: true,
  },
]

/** @param quick few shoppers were played: money, breadth and traits are told, not judged, and the holdout is not asked */
export function barsOf(found: Findings, quick: boolean): Bar[] {
  const bar = (name: string, holds: boolean, judged = true): Bar => ({ name, holds, judged })
  return [
    bar('an event changes the next shelf', responds(found.probes.shipped!)),
    bar('control: it does not where the policy ignores the shopper', !responds(found.probes.popularity!)),
    bar('control: nor where shelves change by chance', !responds(found.probes.random!)),
    bar('coverage and long-tail share above item-kNN, NDCG not below', broader(found.paired['item-knn']!), !quick),
    bar('more revenue than popularity and random, same shoppers', earns(found.paired), !quick),
    bar('control: not with the scores shuffled', !earns(found.control)),
    ...(quick ? [] : holdoutBars(found.holdout)),
    ...found.traits.map((trait) => bar(`${trait.behaviour} rise with ${trait.trait}`, rises(trait), !quick)),
  ]
}
