import type { Card } from '../domain/card.ts'
import { FRESHNESS } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import type { ShelfAnswer } from './answer.ts'
import { isTooStale, vetoed } from './availability.ts'
import { cutShelf, interestsFor, rankCards, reasonContext, shownOf } from './compose.ts'
import type { ShelfDeps } from './deps.ts'
import { explored } from './explored.ts'
import { readFinalists } from './finalists.ts'
import { llmPart } from './llm/llm_shelf.ts'
import { rankInput } from './rank_input.ts'
import type { ShelfRequest } from './request.ts'
import { appliedRules, requestRules } from './request_rules.ts'
import { shelfPool } from './shelf_pool.ts'
import { remember } from './surroundings.ts'
import type { WaveOne } from './wave_one.ts'

/**
 * Candidates, then one batch of live metadata for at most fifty of them, then the base order (rung L2); in the order of a
 * language model where a fresh one is kept (L0, L1). Rejects when D1 does.
 */
export async function baseRung(
  request: ShelfRequest,
  wave: WaveOne,
  deps: ShelfDeps,
  stages: Stages,
  keeps: number,
): Promise<ShelfAnswer> {
  const nowMs = deps.clock.now()
  const force = requestRules(request, wave.past.length > 0, nowMs)
  const own = shelfPool(request, wave, force)
  const { pool } = own
  const knowledge = deps.memory.availability.get(request.shop.shop)
  // A hint only, and only while it is young: what counts is the card. It keeps places for items that can be sold.
  if (knowledge && !isTooStale(knowledge.asOfMs, nowMs))
    pool.keep(({ id }) => !vetoed(knowledge, id, request.market, request.market, nowMs))
  const rank = rankInput(request, wave, nowMs)
  const llm = llmPart(request, wave, deps, stages)
  const spare = Math.max(keeps, llm.spare)
  const finalists = await readFinalists(request, own, rank, wave, force, deps, stages, spare)
  deps.memory.availability.confirm(request.shop.shop, finalists.state.epoch, finalists.state.asOfMs)
  keepAvailability(request.shop.shop, deps, nowMs)
  remember(request, finalists, deps)

  own.join(finalists.neighbours)
  const cards = new Map<string, Card>(finalists.cards.map((card) => [card.id, card]))
  for (const card of own.fill(finalists.filler)) cards.set(card.id, card)
  const context = new Map([...(wave.gathered?.context ?? []), ...finalists.context])
  const ranked = rankCards(request, pool, cards, rank, context)
  const about = reasonContext(request, context, ranked)
  const interests = interestsFor(request, wave.anchors, context)
  const page = cutShelf(request, ranked, request.limit + spare, interests, force)
  const rules = appliedRules(force, page.effects, own.hidden)
  const placed = explored(request, page.shelf, ranked, wave.stats, force, nowMs)
  const served = await llm.finish({ placed, ranked, context, about, interests, rules })
  return {
    rung: served.rung,
    shown: served.placed
      .slice(0, request.limit + keeps)
      .map(({ one, propensity }) => shownOf(request, one, about, rules, propensity, served.told)),
    ...(served.llm === undefined ? {} : { llm: served.llm }),
    servedLlm: served.servedLlm,
    ranked,
    context,
    degraded: wave.degraded,
    cache: 'none',
    epoch: finalists.state.epoch,
    availabilityAsOfMs: null,
    sourceCounts: pool.countBySource(),
    rules,
    missing: request.seeds.filter((seed) => !context.has(seed)),
    made: { wave, pool, cards },
  }
}

/** Has the isolate know what cannot be sold, behind the answer: without it the last rung has nothing that it may show. */
function keepAvailability(shop: string, deps: ShelfDeps, nowMs: number): void {
  const { availability } = deps.memory
  const held = availability.get(shop)
  if (held?.from === 'd1' && nowMs - held.asOfMs <= FRESHNESS.vetoHoldMs) return
  deps.defer('availability', () => availability.fresh(shop, FRESHNESS.vetoHoldMs))
}
