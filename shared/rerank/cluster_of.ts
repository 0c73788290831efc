import type { TasteIndex } from '../domain/taste_lifts.ts'
import type { Anchor } from '../recall/anchors.ts'

/** Log-odds that what a shopper did must give a taste: less is what anybody might have done. */
const EVIDENCE_MIN = 0.5
/** By so much it must be ahead of the next: of two that are as likely neither is known. */
const AHEAD_MIN = 0.1

/**
 * The taste of a shopper: that for which the items of the shopper's past speak most, each by its log-lift times its
 * weight (naive Bayes with faded evidence; items that tell of no taste say nothing).
 * @param anchors of which those of the past count: the page and the cart are part of the context themselves
 * @returns null where none stands out
 */
export function clusterOf(anchors: readonly Anchor[], tastes: TasteIndex): string | null {
  const scores = new Float64Array(tastes.ids.length)
  for (const { id, kind, weight } of anchors)
    if (kind === 'past') for (const [taste, lift] of tastes.byItem.get(id) ?? []) scores[taste]! += weight * lift
  let [best, next, at] = [0, 0, -1]
  for (const [taste, score] of scores.entries()) {
    if (score > best) [best, next, at] = [score, best, taste]
    else if (score > next) next = score
  }
  return best >= EVIDENCE_MIN && best - next >= AHEAD_MIN ? tastes.ids[at]! : null
}
