import { namesIn } from '../enrich/names_shopper.ts'
import type { DeadLetterStore } from '../store/operations/dead_letters.ts'
import type { ForgottenStore } from '../store/operations/forgotten.ts'

/**
 * Dead letters, of which none is kept that names somebody who is being forgotten, or was a moment ago: what could not be
 * taken while the erasure ran would bring the shopper back whole.
 */
export const withoutForgottenLetters = (
  letters: DeadLetterStore,
  forgotten: Pick<ForgottenStore, 'among'>,
): DeadLetterStore => ({
  ...letters,
  async put(letter, nowMs) {
    const untilOf = await forgotten.among(letter.shop, namesIn(letter))
    if ([...untilOf.values()].some((untilMs) => nowMs <= untilMs)) return
    await letters.put(letter, nowMs)
  },
})
