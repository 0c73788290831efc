import type { LlmShelf } from '../domain/gate.ts'
import { LIMITS } from '../domain/limits.ts'
import { rankerVersion } from '../rank/defaults.ts'
import type { ShelfAnswer } from './answer.ts'
import type { ShelfRequest } from './request.ts'

/**
 * What is remembered of a shelf: who saw what, out of what, with which scores. Written from the first request on,
 * because logs of this kind cannot be made afterwards.
 */
export interface ImpressionRecord {
  v: 1
  recommendation_id: string
  shop: string
  at: number
  placement: string
  /** What the placement is for; absent in records of earlier releases. */
  strategy: string
  market: string
  locale: string
  shopper: string | null
  rung: string
  cache: string
  /** The order that ranked, so that logs of different orders are never mixed. */
  order: string
  variant: 'control' | 'holdout'
  /** The stateless twentieth of shoppers whose shelves judge the others. */
  holdout: boolean
  seeds: readonly string[]
  cart: readonly string[]
  query: string | null
  /** Shown items, first to last, and the probability with which each was shown there: below 1 where newcomers were drawn. */
  shown: readonly string[]
  propensities: readonly number[]
  /** The version of the shop's rules, and those of `shown` that stand where they do because of a rule. */
  rules_version: number
  by_rule: readonly string[]
  /** [id, score, sources]: what was ranked, best first. */
  candidates: ReadonlyArray<readonly [string, number, readonly string[]]>
  /** Absent where no language model's order was at hand, or its gate is off. */
  llm?: LlmShelf
}

const CANDIDATES_KEPT = LIMITS.finalists

export function impressionOf(
  request: ShelfRequest,
  answer: ShelfAnswer,
  id: string,
  holdout: boolean,
  nowMs: number,
): ImpressionRecord {
  return {
    v: 1,
    recommendation_id: id,
    shop: request.shop.shop,
    at: nowMs,
    placement: request.placementName,
    strategy: request.placement.strategy,
    market: request.market,
    locale: request.locale,
    shopper: request.shopper,
    rung: answer.rung,
    cache: answer.cache,
    order: rankerVersion(request.shop.ranker),
    variant: holdout ? 'holdout' : 'control',
    holdout,
    seeds: request.seeds,
    cart: request.cart,
    query: request.query,
    shown: answer.shown.map((one) => one.card.id),
    propensities: answer.shown.map((one) => one.propensity),
    rules_version: request.shop.rules.version,
    by_rule: answer.shown.filter((one) => one.rules.length > 0).map((one) => one.card.id),
    candidates: candidatesOf(answer),
    ...(answer.llm !== undefined && { llm: answer.llm }),
  }
}

const rounded = (score: number) => Math.round(score * 1e5) / 1e5

/** What was ranked, best first; of a shelf from the cache, what was ranked when it was made. */
export function candidatesOf(answer: ShelfAnswer): Array<readonly [string, number, readonly string[]]> {
  if (answer.candidates !== undefined) return [...answer.candidates]
  return answer.ranked
    .slice(0, CANDIDATES_KEPT)
    .map((one) => [one.candidate.id, rounded(one.score), [...one.shares.keys()]] as const)
}
