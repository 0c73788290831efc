import { hash32 } from '../../base/hash.ts'
import { type Card, withinWindow } from '../../domain/card.ts'
import { WHY_NOT_CAUSES, type WhyNotCause, type WhyNotItem } from '../../domain/explanation.ts'
import type { RuleEffect } from '../../domain/rule.ts'
import type { ItemStanding } from '../../store/catalogue/item_standing.ts'
import type { ShelfAnswer } from '../answer.ts'
import type { Ranked } from '../compose.ts'
import type { ShelfRequest } from '../request.ts'
import { type Exclusion, exclusionsOf } from '../shelf_pool.ts'
import { isModels } from './beside.ts'
import { failingClauses } from './failing_clause.ts'
import { rounded } from './why.ts'

/** An item that is not on a shelf, and all that is known of that. */
export interface Absence {
  request: ShelfRequest
  id: string
  nowMs: number
  /** Null where the shop never had the item. */
  standing: ItemStanding | null
  /** The shelf as it is. */
  base: ShelfAnswer
  /** The shelf with the item looked at whatever the sources bring; null when there may be no more shelves. */
  looked(): Promise<ShelfAnswer | null>
  /** The shelf by the order alone; null as above. */
  plain(): Promise<ShelfAnswer | null>
}

type Judged = WhyNotItem | null
type Judge = (absence: Absence) => Judged | Promise<Judged>

/** The first cause in their order. @param order another than the one that is told, for tests */
export async function firstCause(
  absence: Absence,
  order: readonly WhyNotCause[] = WHY_NOT_CAUSES,
): Promise<WhyNotItem | null> {
  for (const cause of order) {
    const judged = await JUDGES[cause](absence)
    if (judged !== null) return judged
  }
  return null
}

/** What is known of an item's exclusion, as shelves know it. */
export const exclusionOfItem = ({ request, id, base }: Pick<Absence, 'request' | 'id' | 'base'>): Exclusion | null =>
  (base.made && exclusionsOf(request, base.made.wave).get(id)) ?? null

export const rankedIn = (answer: ShelfAnswer | null, id: string): Ranked | undefined =>
  answer?.ranked.find((one) => one.card.id === id)

/** The shelf in which the item was ranked: as it is, else the one that looks at it. */
export const rankedShelf = async (absence: Absence): Promise<ShelfAnswer | null> =>
  rankedIn(absence.base, absence.id) !== undefined ? absence.base : absence.looked()

const isExcludedByRequest = (why: Exclusion | null): why is 'exclude_item_ids' | 'item_ids' | 'cart_item_ids' =>
  why !== null && why !== 'owned' && why !== 'disliked'

/** Each as if it were the only one: their order decides between several. */
const JUDGES: Record<WhyNotCause, Judge> = {
  unknown_item: ({ standing, request }) => {
    const at = standing?.offer?.card(0)?.createdAtMs
    const came = request.asOfMs !== null && at !== undefined && at > request.asOfMs
    return standing === null || came ? { cause: 'unknown_item' } : null
  },
  deleted: ({ standing }) => (standing?.deleted === true ? { cause: 'deleted' } : null),
  hidden: ({ standing }) => (standing?.offer?.visible === false ? { cause: 'hidden' } : null),
  not_sellable: ({ standing, nowMs }) => {
    if (standing === null) return null
    const { offer } = standing
    if (offer === null) return { cause: 'not_sellable', lacks: 'market' }
    if (!offer.priced) return { cause: 'not_sellable', lacks: 'price' }
    if (!offer.inStock) return { cause: 'not_sellable', lacks: 'stock' }
    return withinWindow(offer, nowMs) ? null : { cause: 'not_sellable', lacks: 'window' }
  },
  excluded_by_request: (absence) => {
    const why = exclusionOfItem(absence)
    return isExcludedByRequest(why) ? { cause: 'excluded_by_request', list: why } : null
  },
  already_owned: (absence) => (exclusionOfItem(absence) === 'owned' ? { cause: 'already_owned' } : null),
  disliked: (absence) => (exclusionOfItem(absence) === 'disliked' ? { cause: 'disliked' } : null),
  earlier_page: ({ request, id }) => (request.shown.has(hash32(id)) ? { cause: 'earlier_page' } : null),
  filtered: (absence) => {
    const { filter } = absence.request
    const card = cardOf(absence)
    const clause = filter === null || card === null ? undefined : failingClauses(filter, card).at(-1)
    return clause === undefined ? null : { cause: 'filtered', filter: clause }
  },
  rule_hidden: (absence) => ruled(absence, 'hidden', 'rule_hidden'),
  rule_buried: (absence) => ruled(absence, 'buried', 'rule_buried'),
  rule_capped: (absence) => ruled(absence, 'capped', 'rule_capped'),
  not_recalled: ({ base, id }) => (base.made?.pool.has(id) === true ? null : { cause: 'not_recalled' }),
  ranked_below: async (absence) => ((await isVaried(absence)) ? null : below(absence)),
  not_varied: async (absence) =>
    (await isVaried(absence)) ? { cause: 'not_varied', ...(await placeOf(absence)), by: await moverOf(absence) } : null,
}

/** The card that shelves read, else what the catalogue says. */
const cardOf = ({ base, id, standing }: Absence): Card | null =>
  base.made?.cards.get(id) ?? standing?.offer?.card(1) ?? null

/** What rules do to the item: on the shelf as it is when they met it there, else when it is looked at. */
async function ruled(absence: Absence, effect: RuleEffect['effect'], cause: WhyNotCause): Promise<Judged> {
  const { base, id } = absence
  const met = base.rules.effects.has(id) || rankedIn(base, id) !== undefined
  const shelf = met ? base : await absence.looked()
  const rule = shelf?.rules.effects.get(id)?.find((one) => one.effect === effect)?.rule
  return rule === undefined ? null : { cause, rule }
}

/** Whether the page had the item before a language model's order was applied. */
const isMovedByModel = ({ base, id }: Absence): boolean => isModels(base) && base.llm?.base?.includes(id) === true

/** Whether the order alone shows the item. */
const isVaried = async (absence: Absence): Promise<boolean> =>
  isMovedByModel(absence) || (await absence.plain())?.shown.some(({ card }) => card.id === absence.id) === true

async function placeOf(absence: Absence): Promise<{ rank?: number; of?: number }> {
  const shelf = await rankedShelf(absence)
  const at = shelf?.ranked.findIndex(({ card }) => card.id === absence.id) ?? -1
  return at === -1 ? {} : { rank: at + 1, of: shelf!.ranked.length }
}

async function below(absence: Absence): Promise<WhyNotItem> {
  const gap = await gapOf(absence)
  return { cause: 'ranked_below', ...(await placeOf(absence)), ...(gap === null ? {} : { gap: rounded(gap) }) }
}

/** What the item's log odds lack to the last place that the order itself gives; null where that is not known. */
export async function gapOf(absence: Absence): Promise<number | null> {
  const shelf = await rankedShelf(absence)
  const own = rankedIn(shelf, absence.id)
  const plain = await absence.plain()
  if (own === undefined || plain === null) return null
  const free = plain.shown.filter(({ rules }) => !rules.some(({ effect }) => effect === 'pinned'))
  const last = free.map(({ card }) => rankedIn(shelf, card.id)).filter((one) => one !== undefined)
  const least = last.reduce((min, one) => Math.min(min, one.score), Number.POSITIVE_INFINITY)
  return own.score > 0 && Number.isFinite(least) ? Math.log(least / own.score) : null
}

async function moverOf(absence: Absence): Promise<NonNullable<WhyNotItem['by']>> {
  const { base, id } = absence
  if (isMovedByModel(absence)) return 'model'
  if (!base.shown.some(({ propensity }) => propensity < 1)) return 'variety'
  // Under a rule no newcomers are drawn: what is shown then gave way to one.
  const still = await absence.looked()
  return still?.shown.some(({ card }) => card.id === id) === true ? 'newcomers' : 'variety'
}
