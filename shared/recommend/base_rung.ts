import { DeadlineExceeded, withDeadline } from '../base/deadline.ts'
import type { Card } from '../domain/card.ts'
import { FRESHNESS, LIMITS } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import { bestIds } from '../rank/order.ts'
import { fillerQuery } from '../rank/rules_filler.ts'
import type { RulesInForce } from '../rank/rules_in_force.ts'
import { rejectedItems } from '../recall/anchors.ts'
import {
  addNeighbours,
  addNew,
  addOwned,
  addSeedVectors,
  addText,
  addTextVectors,
  addTrending,
  CandidatePool,
} from '../recall/candidates.ts'
import { ownership } from '../recall/owned.ts'
import type { Finalists } from '../store/catalogue/shelf_reads.ts'
import type { ShelfAnswer } from './answer.ts'
import { isTooStale, vetoed } from './availability.ts'
import { cutShelf, exclusionOf, interestsFor, rankCards, reasonContext, shownOf } from './compose.ts'
import type { ShelfDeps } from './deps.ts'
import { explored } from './explored.ts'
import { type RankInput, rankInput } from './rank_input.ts'
import { repeats, type ShelfRequest } from './request.ts'
import { appliedRules, recallByRules, requestRules, withPinned } from './request_rules.ts'
import { remember } from './surroundings.ts'
import { timeFor } from './time_left.ts'
import type { WaveOne } from './wave_one.ts'

/** Ids that may not be on the shelf. */
export function excludedIds(request: ShelfRequest, wave: Pick<WaveOne, 'past' | 'habits'>): Set<string> {
  // Who names candidates has decided what may come.
  if (request.candidates !== null) return new Set(request.exclude)
  const excluded = new Set([...request.exclude, ...request.seeds, ...request.cart, ...rejectedItems(wave.past)])
  for (const id of wave.habits?.disliked ?? []) excluded.add(id)
  if (!repeats(request.placement)) {
    for (const { item } of wave.habits?.items ?? []) excluded.add(item)
    for (const id of wave.habits?.liked ?? []) excluded.add(id)
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
  if (repeats(request.placement)) addOwned(pool, ownership(wave.past, wave.habits))
  // What is trending or new now says nothing of an earlier moment.
  if (wave.lists && (request.asOfMs === null || wave.stats !== null)) addTrending(pool, wave.lists.lists.trending)
  if (request.asOfMs === null) {
    // What D1 says of the new is of this second; the lists are of the last learning.
    addNew(pool, wave.newest ?? wave.lists?.lists.new ?? [])
  }
  restrict(request, pool)
  pool.trim()
  return pool
}

/** Whether the request or its placement says which items there may be. */
export const isClosed = (request: ShelfRequest) => request.candidates !== null || request.placement.strategy === 'again'

/** Where the request or its placement says what may be ranked, nothing else is. */
export function restrict(request: ShelfRequest, pool: CandidatePool): void {
  if (request.placement.strategy === 'again') pool.keep((candidate) => candidate.owned > 0)
  if (request.candidates === null) return
  const wanted = new Set(request.candidates)
  for (const id of wanted) pool.at(id)
  pool.keep((candidate) => wanted.has(candidate.id))
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
  const force = requestRules(request, wave.past.length > 0, deps.clock.now())
  const pool = poolOf(request, wave)
  const hidden = recallByRules(pool, force, isClosed(request))
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
  const rank = rankInput(request, wave, nowMs)
  const finalists = await readFinalists(request, pool, rank, excluded, wave, force, deps, stages, spare)
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
    pool.at(card.id).popular = card.popularity
  }
  const context = new Map([...(wave.gathered?.context ?? []), ...finalists.context])
  restrict(request, pool)
  const ranked = rankCards(request, pool, cards, rank, context)
  const about = reasonContext(request, context, ranked)
  const interests = interestsFor(request, wave.anchors, context)
  const page = cutShelf(request, ranked, request.limit + spare, interests, force)
  const rules = appliedRules(force, page.effects, hidden)
  return {
    rung: 'L2',
    shown: explored(request, page.shelf, ranked, wave.stats, force, nowMs).map(({ one, propensity }) =>
      shownOf(request, one, about, rules, propensity),
    ),
    ranked,
    context,
    degraded: wave.degraded,
    cache: 'none',
    epoch: finalists.state.epoch,
    availabilityAsOfMs: null,
    sourceCounts: pool.countBySource(),
    rules,
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
  rank: RankInput,
  excluded: ReadonlySet<string>,
  wave: WaveOne,
  force: RulesInForce,
  deps: ShelfDeps,
  stages: Stages,
  spare: number,
): Promise<Finalists> {
  if (!deps.memory.d1.allows()) throw new Error('the D1 breaker is open')
  const all = pool.all()
  const best = bestIds(rank.of(all, all, null, wave.gathered?.context ?? new Map()), rank.order)
  const ids = withPinned(best, force, pool, request.candidates === null ? LIMITS.finalists : LIMITS.rerankItems)
  const filler = fillerQuery(request.filter, force)
  const reads = request.strict ? deps.strictReads : deps.reads
  const query = {
    shop: request.shop.shop,
    market: request.market,
    nowMs: deps.clock.now(),
    ids,
    expand: wave.expand,
    texts: request.query !== null,
    filler: isClosed(request)
      ? null
      : {
          // Earlier pages are known by hash alone: as many more rows are read as they may take away.
          limit: request.limit + spare + request.shown.size + filler.spare,
          exclude: [...excluded, ...filler.exclude, ...ids],
          filter: filler.filter,
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
    // A slow filter is the request's or its shop's own doing, and no sign that D1 is down for the others.
    if (!(filler.filter !== null && error instanceof DeadlineExceeded)) deps.memory.d1.failed()
    throw error
  }
}
