import { DeadlineExceeded, withDeadline } from '../base/deadline.ts'
import type { Card } from '../domain/card.ts'
import { FRESHNESS, LIMITS } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import { scoreCandidates } from '../rank/base_order.ts'
import { weightsFor } from '../rank/weights.ts'
import { rejectedItems } from '../recall/anchors.ts'
import {
  addNeighbours,
  addNew,
  addSeedVectors,
  addText,
  addTextVectors,
  addTrending,
  CandidatePool,
} from '../recall/candidates.ts'
import type { Finalists } from '../store/catalogue/shelf_reads.ts'
import type { ShelfAnswer } from './answer.ts'
import { isTooStale, vetoed } from './availability.ts'
import { cutShelf, exclusionOf, rankCards, reasonContext, shownOf } from './compose.ts'
import type { ShelfDeps } from './deps.ts'
import type { ShelfRequest } from './request.ts'
import { remember } from './surroundings.ts'
import { timeFor } from './time_left.ts'
import type { WaveOne } from './wave_one.ts'

/** Ids that may not be on the shelf. */
export function excludedIds(request: ShelfRequest, wave: Pick<WaveOne, 'past'>): Set<string> {
  const excluded = new Set([...request.exclude, ...request.seeds, ...request.cart, ...rejectedItems(wave.past)])
  if (!request.placement.repeat_purchases) {
    for (const item of wave.past) if (item.type === 'purchase') excluded.add(item.id)
  }
  return excluded
}

/** Candidates from everything that the first wave brought. */
export function poolOf(request: ShelfRequest, wave: WaveOne): CandidatePool {
  const pool = new CandidatePool()
  if (wave.gathered) addNeighbours(pool, wave.anchors, wave.gathered.neighbours)
  for (const { seed, matches } of wave.seedVectors) addSeedVectors(pool, seed, matches)
  addText(pool, wave.text)
  addTextVectors(pool, wave.textVectors)
  // What is trending or new now says nothing of another moment.
  if (request.asOfMs === null) {
    if (wave.lists) addTrending(pool, wave.lists.lists.trending)
    // What D1 says of the new is of this second; the lists are of the last learning.
    addNew(pool, wave.newest ?? wave.lists?.lists.new ?? [])
  }
  return pool
}

/** Rung L2: candidates, then one batch of live metadata for at most fifty of them, then the base order. Rejects when D1 does. */
export async function baseRung(
  request: ShelfRequest,
  wave: WaveOne,
  deps: ShelfDeps,
  stages: Stages,
  spare: number,
): Promise<ShelfAnswer> {
  const excluded = excludedIds(request, wave)
  const isExcluded = exclusionOf(request, excluded)
  const pool = poolOf(request, wave)
  const knowledge = deps.memory.availability.get(request.shop.shop)
  const nowMs = deps.clock.now()
  pool.keep((candidate) => {
    if (isExcluded(candidate.id)) return false
    // A hint only, and only while it is young: what counts is the card. It keeps places for items that can be sold.
    return (
      !knowledge ||
      isTooStale(knowledge.asOfMs, nowMs) ||
      !vetoed(knowledge, candidate.id, request.market, request.market, nowMs)
    )
  })
  const finalists = await readFinalists(request, pool, excluded, wave, deps, stages, spare)
  deps.memory.availability.confirm(request.shop.shop, finalists.state.epoch, finalists.state.asOfMs)
  keepAvailability(request.shop.shop, deps, nowMs)
  remember(request, finalists, deps)

  const known = new Set(pool.all().map((candidate) => candidate.id))
  addNeighbours(pool, wave.anchors, finalists.neighbours)
  pool.keep((candidate) => known.has(candidate.id) || !isExcluded(candidate.id))
  const cards = new Map<string, Card>(finalists.cards.map((card) => [card.id, card]))
  for (const card of finalists.filler) {
    if (isExcluded(card.id)) continue
    cards.set(card.id, card)
    pool.at(card.id).scores.set('popular', card.popularity)
  }
  const context = new Map([...(wave.gathered?.context ?? []), ...finalists.context])
  const ranked = rankCards(request, pool, cards)
  const about = reasonContext(request, context, ranked)
  const page = cutShelf(request, ranked, request.limit + spare)
  return {
    rung: 'L2',
    shown: page.map((one) => shownOf(request, one, about)),
    ranked,
    context,
    degraded: wave.degraded,
    cache: 'none',
    epoch: finalists.state.epoch,
    availabilityAsOfMs: null,
    sourceCounts: pool.countBySource(),
    missing: request.seeds.filter((seed) => !context.has(seed)),
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
  pool: CandidatePool,
  excluded: ReadonlySet<string>,
  wave: WaveOne,
  deps: ShelfDeps,
  stages: Stages,
  spare: number,
): Promise<Finalists> {
  if (!deps.memory.d1.allows()) throw new Error('the D1 breaker is open')
  const ids = scoreCandidates(pool.all(), weightsFor(request.placement.strategy, request.query), new Map())
    .slice(0, LIMITS.finalists)
    .map((scored) => scored.candidate.id)
  const reads = request.strict ? deps.strictReads : deps.reads
  const query = {
    shop: request.shop.shop,
    market: request.market,
    nowMs: deps.clock.now(),
    ids,
    expand: wave.expand,
    filler: {
      // Earlier pages are known by hash alone: as many more rows are read as they may take away.
      limit: request.limit + spare + request.shown.size,
      exclude: [...excluded, ...ids],
      filter: request.filter,
    },
  }
  try {
    const finalists = await stages.run('finalists', () =>
      withDeadline(
        'finalists',
        timeFor('finalists', deps, stages),
        stages.storage(() => reads.finalists(query)),
      ),
    )
    deps.memory.d1.succeeded()
    return finalists
  } catch (error) {
    // A slow filter is the request's own doing, and no sign that D1 is down for the others.
    if (!(request.filter !== null && error instanceof DeadlineExceeded)) deps.memory.d1.failed()
    throw error
  }
}
