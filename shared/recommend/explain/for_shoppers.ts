import type { Explanation, Neighbour, WhyNotItem } from '../../domain/explanation.ts'
import type { ShelfRequest } from '../request.ts'
import { whyForShoppers } from './why.ts'

/** What a browser key is told in the place of what a shop keeps to itself. */
const TOLD_AS: Partial<Record<WhyNotItem['cause'], WhyNotItem['cause']>> = {
  // Whether an item that is not offered exists is the shop's own business.
  deleted: 'unknown_item',
  hidden: 'unknown_item',
  rule_hidden: 'not_chosen',
  rule_buried: 'not_chosen',
  rule_capped: 'not_chosen',
  not_recalled: 'not_chosen',
  ranked_below: 'not_chosen',
  not_varied: 'not_chosen',
}

/** The explanation without rules, scores and what they were made from. */
export function forShoppers(told: Explanation, request: ShelfRequest): Explanation {
  const { smallest_change: _change, no_change: _none, ...rest } = told
  return {
    ...rest,
    // Of an item that is not shown a fact might tell what somebody else's shopper id bought.
    why: told.shown === null || told.why === null ? null : whyForShoppers(told.why),
    here: told.shown === null ? null : { above: nameOf(told.here?.above), below: nameOf(told.here?.below) },
    why_not: told.why_not && causeForShoppers(told.why_not, told.item_id, request),
    instead_of: told.instead_of && { item_id: told.instead_of.item_id, ...pageOnly(told, told.instead_of) },
    served: told.served,
  }
}

const nameOf = (neighbour: Neighbour | null | undefined): Neighbour | null =>
  neighbour ? { item_id: neighbour.item_id } : null

/** Which stands higher is told of what the page shows. */
const pageOnly = (told: Explanation, { shown, higher }: NonNullable<Explanation['instead_of']>) => ({
  shown,
  higher: shown === null && told.shown === null ? null : higher,
})

function causeForShoppers({ cause, list, filter }: WhyNotItem, id: string, request: ShelfRequest): WhyNotItem {
  const isOpinion = cause === 'already_owned' || cause === 'disliked'
  // Ids of shoppers can be guessed: what one did is told to who sent it alone.
  const isOwnTelling = request.past?.some((one) => one.id === id) === true
  if (isOpinion && !isOwnTelling) return { cause: 'not_chosen' }
  return {
    cause: TOLD_AS[cause] ?? cause,
    ...(list === undefined ? {} : { list }),
    ...(filter === undefined ? {} : { filter }),
  }
}
