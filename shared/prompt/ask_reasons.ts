import type { ReasonData, ReasonItem } from './reason.ts'
import { askShelf, type ShelfAsk, TASKS } from './tasks.ts'
import type { ShelfQuestion } from './verbaliser.ts'

/** Evidence says all that a reason may say: without a shelf to share a prompt with, none of it is told. */
const bareShelf = (locale: string): ShelfQuestion => ({
  locale,
  topics: [],
  representatives: [],
  history: [],
  cart: [],
  placement: '',
  seeds: [],
  query: null,
  candidates: [],
})

/** The question why some items stand on one shelf. No id of item, shopper or shop is in it. */
export function askReasons(items: readonly ReasonItem[], locale: string, shelf = bareShelf(locale)): ShelfAsk {
  const data: ReasonData = { items }
  const { fixedTokens, tokensPerCandidate } = TASKS.explain
  return {
    ...askShelf(TASKS.explain, shelf, { ...data }),
    // By the items that are told, not by those that were ranked.
    maxOutputTokens: fixedTokens + tokensPerCandidate * items.length,
  }
}
