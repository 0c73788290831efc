import { namesIn } from '../enrich/names_shopper.ts'
import type { DeadLetterStore } from '../store/operations/dead_letters.ts'
import type { ForgottenStore } from '../store/operations/forgotten.ts'
import { toldAtMs } from './letter_time.ts'

/**
 * Dead letters, of which none is kept that names somebody who is being forgotten or was, for as long as it is known: what
 * could not be taken would bring the shopper back whole, however late it comes. One that tells of a later time by its own
 * account is of somebody new.
 */
export const withoutForgottenLetters = (
  letters: DeadLetterStore,
  forgotten: Pick<ForgottenStore, 'among'>,
): DeadLetterStore => ({
  ...letters,
  async put(letter, nowMs) {
    const untilOf = await forgotten.among(letter.shop, namesIn(letter))
    if (untilOf.size > 0) {
      // Nothing happened after it came, whatever its sender's clock says.
      const atMs = Math.min(toldAtMs(letter) ?? 0, nowMs)
      if ([...untilOf.values()].some((untilMs) => atMs <= untilMs)) return
    }
    await letters.put(letter, nowMs)
  },
})
