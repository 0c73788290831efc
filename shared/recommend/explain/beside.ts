import type { DECIDERS, Neighbour } from '../../domain/explanation.ts'
import type { ShelfAnswer } from '../answer.ts'
import type { Ranked } from '../compose.ts'
import { rounded, weightiest } from './why.ts'

/** Features named where two items are compared. */
const FEATURES_COMPARED = 3

type Decider = (typeof DECIDERS)[number]

/** In how much one item scores above another, and in which features they differ most. */
export function differences(one: Ranked, other: Ranked): Required<Pick<Neighbour, 'log_odds' | 'features'>> {
  const parts = one.parts.map((part, at) => part - other.parts[at]!)
  // The sum of the parts and not the logarithm of the scores: these may have become 0.
  return {
    log_odds: rounded(parts.reduce((sum, part) => sum + part, 0)),
    features: weightiest(parts, FEATURES_COMPARED),
  }
}

/** What put one shown item above another that is ranked. */
export function decider(higher: Ranked, lower: Ranked, answer: ShelfAnswer): Decider {
  const ruled = [higher, lower].some(({ card }) => (answer.rules.effects.get(card.id) ?? []).length > 0)
  if (ruled) return 'rule'
  if (isNewcomer(higher, answer)) return 'newcomers'
  if (isModels(answer)) return 'model'
  return higher.score >= lower.score ? 'order' : 'variety'
}

/** Whether the item was drawn, and did not come by what it scores. */
const isNewcomer = ({ card }: Ranked, answer: ShelfAnswer) =>
  (answer.shown.find((one) => one.card.id === card.id)?.propensity ?? 1) < 1

/** Whether a language model's order had a say. */
export const isModels = ({ rung }: ShelfAnswer): boolean => rung === 'L0' || rung === 'L1'

/** The asked item beside another of its shelf. @param isAbove whether the other stands above it */
export function beside(one: Ranked, other: Ranked, isAbove: boolean, answer: ShelfAnswer): Neighbour {
  const [higher, lower] = isAbove ? [other, one] : [one, other]
  return { item_id: other.card.id, by: decider(higher, lower, answer), ...differences(one, other) }
}
