import { withDeadline } from '../base/deadline.ts'
import { Problem } from '../base/problem.ts'
import {
  type Card,
  type ContextItem,
  cardInMarket,
  contextOf,
  type Neighbours,
  readBought,
  type StoredItem,
} from '../domain/card.ts'
import { FRESHNESS } from '../domain/limits.ts'
import type { Rung, Source } from '../domain/recommendation.ts'
import type { Stages } from '../observe/stages.ts'
import { bestIds } from '../rank/order.ts'
import type { ShelfAnswer } from './answer.ts'
import { type AvailabilityKnowledge, isTooStale, vetoed } from './availability.ts'
import { cutShelf, interestsFor, rankCards, reasonContext, shownOf } from './compose.ts'
import type { ShelfDeps } from './deps.ts'
import { keptItems } from './kept_items.ts'
import { rankInput } from './rank_input.ts'
import type { ShelfRequest } from './request.ts'
import { appliedRules, requestRules, withPinned } from './request_rules.ts'
import { shelfPool } from './shelf_pool.ts'
import { timeFor } from './time_left.ts'
import type { WaveOne } from './wave_one.ts'
import { isStoredItem, isVetoSnapshot } from './well_formed.ts'

/** Sources that know nothing of the request: what they alone bring is rung L4. */
const SHOP_WIDE: ReadonlySet<Source> = new Set(['trending', 'new', 'popular'])
/** Cards read from KV for one shelf: one bulk read. */
const CARDS_MAX = 100

/**
 * Rungs L3 to L5, without D1: neighbours and cards from KV, else the popular items that came with the lists, else the
 * lists that isolate memory still holds. Everything is filtered by the veto snapshot, and dropped once availability was
 * last known more than 90 s ago. Rejects with `unavailable` only when there is neither KV nor memory.
 */
export async function lowerRungs(
  request: ShelfRequest,
  wave: WaveOne,
  deps: ShelfDeps,
  stages: Stages,
  cause: string,
): Promise<ShelfAnswer> {
  const degraded = [...wave.degraded, cause]
  const nowMs = deps.clock.now()
  const knowledgePromise = availabilityWithoutD1(request.shop.shop, deps, stages)
  const stored = new Map<string, StoredItem>()
  const read = async (ids: readonly string[]) => {
    const missing = ids.filter((id) => !stored.has(id)).slice(0, CARDS_MAX)
    if (missing.length === 0) return
    const { shop } = request.shop
    const found = await keptItems(shop, missing, deps, (unknown) => readItems(shop, unknown, deps, stages))
    for (const [id, item] of found) stored.set(id, item)
  }
  const force = requestRules(request, wave.past.length > 0, nowMs)
  let kvAnswered = true
  const own = shelfPool(request, wave, force)
  const { pool } = own
  const rank = rankInput(request, wave, nowMs)
  try {
    await read(wave.anchors.map((anchor) => anchor.id))
    own.join(
      new Map(
        [...stored].map(([id, item]): [string, Neighbours] => [id, { ...item, bought: readBought(item.bought) }]),
      ),
    )
    const all = pool.all()
    const best = bestIds(rank.of(all, all, null, wave.gathered?.context ?? new Map()), rank.order, CARDS_MAX)
    await read(withPinned(best, force, pool, CARDS_MAX))
  } catch (error) {
    kvAnswered = false
    degraded.push('cache')
    deps.log.error('stage_failed', error, { stage: 'cache', shop: request.shop.shop })
  }
  const knowledge = await knowledgePromise
  const fromNeighbours = pool
    .all()
    .some((candidate) => stored.has(candidate.id) && candidate.sources().some((source) => !SHOP_WIDE.has(source)))
  for (const item of own.fill(wave.lists?.popular ?? [])) if (!stored.has(item.id)) stored.set(item.id, item)
  if (stored.size === 0 && (!kvAnswered || !wave.lists?.popular.length))
    throw new Problem('unavailable', { retryAfterSeconds: 5 })

  const cards = sellableCards(stored, knowledge, request.market, nowMs)
  const context = new Map<string, ContextItem>(wave.gathered?.context)
  for (const [id, item] of stored) context.set(id, contextOf(item))
  const ranked = rankCards(request, pool, cards, rank, context)
  const about = reasonContext(request, context, ranked)
  const page = cutShelf(request, ranked, request.limit, interestsFor(request, wave.anchors, context), force)
  const rules = appliedRules(force, page.effects, own.hidden)
  if (cards.size === 0 && stored.size > 0) degraded.push('availability_unknown')
  return {
    rung: rungOf(fromNeighbours, kvAnswered),
    shown: page.shelf.map((one) => shownOf(request, one, about, rules)),
    ranked,
    context,
    degraded,
    cache: 'none',
    servedLlm: null,
    epoch: null,
    availabilityAsOfMs: knowledge === undefined || knowledge.asOfMs <= 0 ? null : knowledge.asOfMs,
    sourceCounts: pool.countBySource(),
    rules,
    missing: [],
    made: { wave, pool, cards },
  }
}

function rungOf(fromNeighbours: boolean, kvAnswered: boolean): Rung {
  if (!kvAnswered) return 'L5'
  return fromNeighbours ? 'L3' : 'L4'
}

async function readItems(
  shop: string,
  ids: readonly string[],
  deps: ShelfDeps,
  stages: Stages,
): Promise<Map<string, StoredItem>> {
  const { kv } = deps.memory
  if (!kv.allows()) throw new Error('the KV breaker is open')
  try {
    const items = await stages.run('cache', () =>
      withDeadline(
        'cache',
        timeFor('cache', deps, stages),
        stages.storage(() => deps.cache.items(shop, ids)),
      ),
    )
    if (![...items.values()].every(isStoredItem)) throw new Error('an item in KV is malformed')
    kv.succeeded()
    return items
  } catch (error) {
    kv.failed()
    throw error
  }
}

/** What is known of availability while D1 is silent: isolate memory for at most 30 s, then the KV snapshot. */
export async function availabilityWithoutD1(
  shop: string,
  deps: ShelfDeps,
  stages: Stages,
): Promise<AvailabilityKnowledge | undefined> {
  const held = deps.memory.availability.get(shop)
  const nowMs = deps.clock.now()
  if (held && nowMs - Math.max(held.heldSinceMs, held.asOfMs) <= FRESHNESS.vetoHoldMs) return held
  try {
    const snapshot = await withDeadline(
      'veto',
      timeFor('cache', deps, stages),
      stages.storage(() => deps.cache.veto(shop)),
    )
    if (snapshot === null) return held
    if (!isVetoSnapshot(snapshot)) throw new Error('the veto snapshot in KV is malformed')
    return deps.memory.availability.adopt(shop, snapshot)
  } catch (error) {
    deps.log.error('stage_failed', error, { stage: 'veto', shop })
    return held
  }
}

/** Cards that are certain enough to be shown. Without any knowledge of availability none is. */
function sellableCards(
  stored: ReadonlyMap<string, StoredItem>,
  knowledge: AvailabilityKnowledge | undefined,
  market: string,
  nowMs: number,
): Map<string, Card> {
  const cards = new Map<string, Card>()
  if (!knowledge || isTooStale(knowledge.asOfMs, nowMs)) return cards
  for (const item of stored.values()) {
    const card = cardInMarket(item, market, nowMs)
    if (card && !vetoed(knowledge, item.id, card.offerMarket, market, nowMs)) cards.set(item.id, card)
  }
  return cards
}
