import type { Why } from '../../domain/recommendation.ts'
import { type ReasonContext, reasonFor } from '../../explain/reason.ts'
import { FEATURE_NAMES } from '../../rank/features.ts'
import type { ShelfAnswer } from '../answer.ts'
import { type Ranked, reasonContext } from '../compose.ts'
import type { ShelfRequest } from '../request.ts'

/** Features named beside an item. */
const FEATURES_NAMED = 8

export const rounded = (value: number): number => Math.round(value * 1e4) / 1e4

/** Why an item scores as it does, for one who may know all: a fact for each source, as a reason would cite it. */
export function whyOf(one: Ranked, about: ReasonContext, answer: ShelfAnswer): Why {
  const { candidate, card, shares, parts } = one
  const sources = [...shares].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const sum = sources.reduce((total, [, share]) => total + share, 0)
  return {
    evidence: sources.map(([source, share]) => {
      const reason = reasonFor({ candidate, shares: new Map([[source, share]]) }, card, about)
      return {
        source,
        share: rounded(share / sum),
        fact: reason?.evidence[0] ?? null,
        text: reason?.text ?? null,
      }
    }),
    features: weightiest(parts, FEATURES_NAMED),
    rules: [...(answer.rules.effects.get(card.id) ?? [])],
  }
}

/** The same for shoppers: facts, and nothing of what a shop weighs or decides. */
export const whyForShoppers = ({ evidence }: Why): Why => ({
  evidence: evidence.filter(({ fact }) => fact !== null).map(({ source, fact, text }) => ({ source, fact, text })),
})

/** Of every shown item that was ranked for this answer, by id. @param isTold whether the asker may know all */
export function whyShown(request: ShelfRequest, answer: ShelfAnswer, isTold: boolean): ReadonlyMap<string, Why> {
  const about = reasonContext(request, answer.context, answer.ranked)
  const shown = new Set(answer.shown.map(({ card }) => card.id))
  return new Map(
    answer.ranked
      .filter(({ card }) => shown.has(card.id))
      .map((one) => {
        const why = whyOf(one, about, answer)
        return [one.card.id, isTold ? why : whyForShoppers(why)]
      }),
  )
}

/** The largest of so many numbers by feature, for and against; in log odds. */
export function weightiest(parts: ArrayLike<number>, most: number): Array<{ feature: string; log_odds: number }> {
  const places = Array.from(parts, (part, at) => ({ part, at })).filter(({ part }) => rounded(part) !== 0)
  places.sort((a, b) => Math.abs(b.part) - Math.abs(a.part) || a.at - b.at)
  return places.slice(0, most).map(({ part, at }) => ({ feature: FEATURE_NAMES[at]!, log_odds: rounded(part) }))
}
