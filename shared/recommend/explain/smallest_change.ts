import type { WhyNotCause } from '../../domain/explanation.ts'
import {
  type Attempt,
  boost,
  largerLimit,
  largestLimit,
  link,
  lowerDiversity,
  putInStock,
  raiseOwnCap,
  raiseRuleCap,
  removeExclusion,
  removeFilterClause,
  removeRule,
  type Trial,
  type Verified,
} from './attempts.ts'
import { RUNS_MAX } from './runs.ts'

/**
 * What is tried for each cause, the smaller change first: what one request asks before what a shop decides, and that
 * before what must happen. Each takes away its cause alone: an item that has another one behind it has no single change.
 */
const ATTEMPTS: Record<WhyNotCause, readonly Attempt[]> = {
  unknown_item: [],
  deleted: [],
  hidden: [],
  not_sellable: [putInStock],
  excluded_by_request: [removeExclusion],
  already_owned: [],
  disliked: [],
  earlier_page: [],
  filtered: [removeFilterClause],
  rule_hidden: [removeRule],
  rule_buried: [removeRule, boost, largestLimit],
  rule_capped: [raiseRuleCap, removeRule, boost, largestLimit],
  not_recalled: [link],
  ranked_below: [largerLimit, boost, largestLimit, link],
  not_varied: [raiseOwnCap, lowerDiversity, largerLimit, boost],
}

/** Why nothing was even tried. */
const NOTHING: Partial<Record<WhyNotCause, string>> = {
  unknown_item: 'The shop has no such item',
  deleted: 'The item is deleted',
  hidden: 'The item is not visible in this market',
  already_owned: 'What the shopper has is not shown in this placement',
  disliked: 'The shopper turned the item down',
  earlier_page: 'The item is on an earlier page',
}
const LACKS = {
  market: 'The item has no offer in this market',
  price: 'The item has no price in this market',
  window: 'The item is sold at another time',
  stock: null,
}

/** The first change that does show the item, tried on the shipped pipeline; else why there is none. */
export async function smallestChange(trial: Trial): Promise<Verified | string> {
  const { cause, lacks } = trial.cause
  if (cause === 'not_chosen') return 'Not told'
  const nothing = NOTHING[cause] ?? (lacks === undefined ? null : LACKS[lacks])
  if (nothing !== null) return nothing
  for (const attempt of ATTEMPTS[cause]) {
    const found = await attempt(trial).catch((error: unknown) => {
      trial.deps.log.error('stage_failed', error, { stage: 'change', shop: trial.absence.request.shop.shop })
      return null
    })
    if (found !== null) return found
  }
  return trial.runs.made >= RUNS_MAX
    ? `None of the changes that were tried shows it; more than ${RUNS_MAX} shelves are not made for one answer`
    : 'No single change of those that were tried shows it'
}
