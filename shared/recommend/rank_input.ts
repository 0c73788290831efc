import { DAY_MS } from '../base/clock.ts'
import type { Card, ContextItem } from '../domain/card.ts'
import type { ItemStats } from '../domain/item_stats.ts'
import type { LinearOrder } from '../domain/ranker.ts'
import { orderFor } from '../rank/defaults.ts'
import type { FeatureInput } from '../rank/features.ts'
import { sceneOf } from '../rank/scene.ts'
import type { Candidate } from '../recall/candidates.ts'
import { ownership } from '../recall/owned.ts'
import { purposeOf, type ShelfRequest } from './request.ts'
import type { WaveOne } from './wave_one.ts'

/** A shop whose events ended longer ago than this is looked at as it was then: its ages do not grow for ever. */
const QUIET_MS = 30 * DAY_MS

/** The moment that ages are counted to. */
export const momentOf = (asOfMs: number | null, stats: ItemStats | null, nowMs: number): number =>
  stats === null ? (asOfMs ?? nowMs) : Math.min(asOfMs ?? nowMs, stats.asOfMs + QUIET_MS)

/** What the base order of a request reads, for any set of candidates. */
export interface RankInput {
  order: LinearOrder
  /** Whether what is popular was popular at the request's moment. */
  popularityKnown: boolean
  of(
    candidates: readonly Candidate[],
    pool: readonly Candidate[],
    cards: ReadonlyMap<string, Card> | null,
    context: ReadonlyMap<string, ContextItem>,
  ): FeatureInput
}

export function rankInput(request: ShelfRequest, wave: WaveOne, nowMs: number): RankInput {
  const { anchors, stats, past, habits } = wave
  const atMs = momentOf(request.asOfMs, stats, nowMs)
  const scene = stats === null ? null : sceneOf(stats, { atMs: request.asOfMs ?? nowMs, market: request.market })
  const owned = ownership(past, habits)
  const { query } = request
  return {
    order: orderFor(request.shop.ranker, purposeOf(request)),
    popularityKnown: wave.knownThen,
    of: (candidates, pool, cards, context) => ({
      ...{ candidates, pool, cards, context },
      ...{ anchors, stats, scene, owned, query, atMs },
    }),
  }
}
