import { DeadlineExceeded } from '../base/deadline.ts'
import type { Card } from '../domain/card.ts'
import { FRESHNESS, LIMITS } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import { bestIds } from '../rank/order.ts'
import { fillerQuery } from '../rank/rules_filler.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import type { Finalists } from '../store/catalogue/shelf_reads.ts'
import type { ShelfAnswer } from './answer.ts'
import { isTooStale, vetoed } from './availability.ts'
import { cutShelf, interestsFor, rankCards, reasonContext, shownOf } from './compose.ts'
import { d1Call } from './d1_call.ts'
import type { ShelfDeps } from './deps.ts'
import { explored } from './explored.ts'
import { llmPart } from './llm/llm_shelf.ts'
import { type RankInput, rankInput } from './rank_input.ts'
import type { ShelfRequest } from './request.ts'
import { appliedRules, requestRules, withPinned } from './request_rules.ts'
import { type ShelfPool, shelfPool } from './shelf_pool.ts'
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

async function readFinalists(
  request: ShelfRequest,
  { pool, excluded, takesPopular }: ShelfPool,
  rank: RankInput,
  wave: WaveOne,
  force: RulesInForce,
  deps: ShelfDeps,
  stages: Stages,
  spare: number,
): Promise<Finalists> {
  const all = pool.all()
  const most = request.candidates === null ? LIMITS.finalists : LIMITS.rerankItems
  const best = bestIds(rank.of(all, all, null, wave.gathered?.context ?? new Map()), rank.order, most)
  const ids = withPinned(best, force, pool, most)
  const filler = fillerQuery(request.filter, force)
  const filling = {
    // Earlier pages are known by hash alone: as many more rows are read as they may take away.
    limit: request.limit + spare + request.shown.size + filler.spare,
    exclude: [...excluded, ...filler.exclude, ...ids],
    filter: filler.filter,
  }
  const mayRunShort = ids.length < most || request.filter !== null || force.judged.length > 0 || request.shown.size > 0
  const reads = request.strict ? deps.strictReads : deps.reads
  const query = {
    shop: request.shop.shop,
    market: request.market,
    nowMs: deps.clock.now(),
    ids,
    expand: wave.expand,
    texts: request.query !== null,
    filler: takesPopular && mayRunShort ? filling : null,
  }
  // A slow filter is the request's or its shop's own doing.
  const isOwnDoing = (error: unknown) => query.filler?.filter != null && error instanceof DeadlineExceeded
  const read = (filled: typeof query) =>
    stages.run('finalists', () =>
      d1Call({ stage: 'finalists' }, deps, stages, () => reads.finalists(filled), isOwnDoing),
    )
  const found = await read(query)
  // Popular items are half of what a shelf would read: where finalists abound they are read only when most cannot be sold.
  const isShort = takesPopular && !mayRunShort && found.cards.length < request.limit + spare
  return isShort ? read({ ...query, filler: filling }) : found
}
