import { withDeadline } from '../base/deadline.ts'
import { withinWindow } from '../domain/card.ts'
import { FRESHNESS } from '../domain/limits.ts'
import type { Reason } from '../explain/reason.ts'
import type { Stages } from '../observe/stages.ts'
import type { CachedShelf } from '../store/cache.ts'
import type { ShelfAnswer } from './answer.ts'
import { type AvailabilityKnowledge, vetoed } from './availability.ts'
import type { ShelfDeps } from './deps.ts'
import { candidatesOf } from './impression.ts'
import { type ShelfRequest, sharedDigest, sharedKey } from './request.ts'
import { NO_RULES_APPLIED } from './request_rules.ts'
import { timeFor } from './time_left.ts'
import { isCachedShelf } from './well_formed.ts'

/** A shared shelf older than this is made anew. */
const SOFT_TTL_MS = 60_000
/** Items kept behind the page, for those that become unavailable. */
export const SHARED_SPARE = 10
/** Shared shelves that an isolate remembers to be in KV. */
export const SHARED_SHELVES_KEPT = 5_000
export const SHARED_SHELVES_TTL_MS = SOFT_TTL_MS
/** Shared shelves that an isolate holds as they were read, each some 14 kB of JSON for a page of 12. What is in them is vetted at every look. */
export const HELD_SHELVES = 100
export const HELD_SHELVES_TTL_MS = 10_000

/** A filter may be as long as a request: whoever sends such ones fills no isolate with them. */
const KEY_MAX = 4_096

/** Where a shared shelf is kept. */
export interface SharedPlace {
  key: string
  digest: string
  /** Whether KV most likely has the shelf: then nothing else need be asked beside it. */
  expected: boolean
}

/** Hashing is spared for shelves that were met lately. @returns null for a request that is too long to be another's */
export async function sharedPlace(request: ShelfRequest, deps: ShelfDeps): Promise<SharedPlace | null> {
  const key = sharedKey(request, deps.clock.now())
  if (key.length > KEY_MAX) return null
  const known = deps.memory.sharedShelves.get(key, deps.clock.now())
  return {
    key,
    digest: known?.digest ?? (await sharedDigest(key)),
    expected: known !== undefined && deps.clock.now() < known.untilMs,
  }
}

/**
 * A shelf that another shopper's request left in KV, when it is young, unchanged, and its availability was checked
 * against D1 within the last ten seconds; else null.
 */
export async function readSharedShelf(
  request: ShelfRequest,
  place: SharedPlace,
  deps: ShelfDeps,
  stages: Stages,
): Promise<ShelfAnswer | null> {
  const { kv, heldShelves } = deps.memory
  const held = heldShelves.get(place.key, deps.clock.now())
  if (held === undefined && !kv.allows()) return null
  const failed = (error: unknown) => {
    deps.log.error('stage_failed', error, { stage: 'shelf', shop: request.shop.shop })
    return null
  }
  // Apart, so that D1's failure is not held against KV.
  const [shelf, knowledge] = await Promise.all([
    held ?? readShelf(request.shop.shop, place.digest, deps, stages).catch(failed),
    recentAvailability(request.shop.shop, deps, stages).catch(failed),
  ])
  const nowMs = deps.clock.now()
  const answer =
    shelf === null || knowledge === null || shelf.key !== place.key ? null : usable(request, shelf, knowledge, nowMs)
  if (answer === null) {
    deps.memory.sharedShelves.delete(place.key)
    heldShelves.delete(place.key)
    return null
  }
  const untilMs = shelf!.computedAtMs + SOFT_TTL_MS
  deps.memory.sharedShelves.set(place.key, { digest: place.digest, untilMs }, nowMs)
  if (held === undefined) heldShelves.set(place.key, shelf!, nowMs)
  return answer
}

async function readShelf(shop: string, digest: string, deps: ShelfDeps, stages: Stages) {
  const { kv } = deps.memory
  try {
    const shelf = await withDeadline(
      'shelf',
      timeFor('cache', deps, stages),
      stages.storage(() => deps.cache.shelf(shop, digest)),
    )
    if (shelf !== null && !isCachedShelf(shelf)) throw new Error('a shelf in KV is malformed')
    kv.succeeded()
    return shelf
  } catch (error) {
    kv.failed()
    throw error
  }
}

/** Knowledge at most ten seconds old; refreshed behind the answer from four seconds on. */
async function recentAvailability(shop: string, deps: ShelfDeps, stages: Stages): Promise<AvailabilityKnowledge> {
  const { availability } = deps.memory
  const held = availability.get(shop)
  const age = held?.from === 'd1' ? deps.clock.now() - held.asOfMs : Number.POSITIVE_INFINITY
  if (age <= FRESHNESS.availabilityRefreshMs) return held!
  const refresh = () => availability.fresh(shop, FRESHNESS.availabilityRefreshMs)
  if (age <= FRESHNESS.replicaLagMs) {
    deps.defer('availability', refresh)
    return held!
  }
  const { d1 } = deps.memory
  if (!d1.allows()) throw new Error('the D1 breaker is open')
  try {
    const fresh = await withDeadline('availability', timeFor('gather', deps, stages), stages.storage(refresh))
    if (deps.clock.now() - fresh.asOfMs > FRESHNESS.replicaLagMs) throw new Error('D1 tells nothing recent')
    d1.succeeded()
    return fresh
  } catch (error) {
    d1.failed()
    throw error
  }
}

function usable(
  request: ShelfRequest,
  shelf: CachedShelf,
  knowledge: AvailabilityKnowledge,
  nowMs: number,
): ShelfAnswer | null {
  if (nowMs - shelf.computedAtMs > SOFT_TTL_MS) return null
  // An item that changed since (a price, a title, a new offer) makes the whole shelf stale.
  if (shelf.epoch < knowledge.epoch) {
    // What changed before the isolate looked is not known by item.
    if (shelf.epoch < knowledge.changesSince) return null
    for (const { card } of shelf.cards) if ((knowledge.changedAt.get(card.id) ?? 0) > shelf.epoch) return null
  }
  const alive = shelf.cards.filter(
    ({ card }) => withinWindow(card, nowMs) && !vetoed(knowledge, card.id, card.offerMarket, request.market, nowMs),
  )
  if (alive.length < Math.min(request.limit, shelf.cards.length)) return null
  // Of a page that lost an item nobody would know what the model made of it.
  const llm = alive.length === shelf.cards.length ? shelf.llm : undefined
  return {
    rung: shelf.llm?.rung ?? 'L2',
    ...(llm === undefined ? {} : { llm: llm.shelf }),
    servedLlm: shelf.llm?.served ?? null,
    shown: alive.slice(0, request.limit).map((entry) => ({ ...entry, reason: entry.reason as Reason | null })),
    ranked: [],
    context: new Map(),
    degraded: [],
    cache: 'hit',
    epoch: null,
    availabilityAsOfMs: knowledge.asOfMs,
    sourceCounts: {},
    rules: NO_RULES_APPLIED,
    candidates: shelf.candidates,
    missing: shelf.missing,
  }
}

/** Leaves a fresh shelf for the next shopper; only a whole one, never a degraded one. */
export async function keepSharedShelf(
  request: ShelfRequest,
  place: SharedPlace,
  answer: ShelfAnswer,
  epoch: number,
  deps: ShelfDeps,
): Promise<void> {
  const { key, digest } = place
  const computedAtMs = deps.clock.now()
  // Only what a shelf shows: the rest of a card was for ranking, and would be parsed at every look.
  const cards = answer.shown.map((one) => ({ ...one, card: { ...one.card, attributes: {}, tags: [] } }))
  await deps.cache.putShelf(request.shop.shop, digest, {
    key,
    epoch,
    computedAtMs,
    cards,
    candidates: candidatesOf(answer),
    missing: answer.missing,
    ...(answer.llm === undefined ? {} : { llm: { rung: answer.rung, shelf: answer.llm, served: answer.servedLlm } }),
  })
  deps.memory.sharedShelves.set(key, { digest, untilMs: computedAtMs + SOFT_TTL_MS }, computedAtMs)
}
