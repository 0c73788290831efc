import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { createLru, type Lru } from '../base/lru.ts'
import type { OrderAudience } from '../domain/llm_order.ts'

export type AudienceKind = OrderAudience['kind']

/** What may be spent on orders, in calls about one shelf for one shopper; see `callsOf`. */
export interface AllowanceSettings {
  /** What a shelf adds: over many shelves no more than this share of them is asked for. */
  callsPerShelf: number
  /** An isolate begins with so many for each shop, so that a quiet shop gets orders at all. */
  initial: number
  /** The most that is saved up: a quiet night must not be spent in a minute. */
  burst: number
  /** What an order for one history leaves for those that many shoppers share. */
  exactReserve: number
  /** Passes of an order that is wanted often. Who shares it pays for agreement; one history's order is used a few times. */
  passes: Readonly<Record<AudienceKind, number>>
  /**
   * From so many shelves lately on. Most pages and carts are met a few times an hour: one pass for each of three of them
   * serves more shelves than three for one.
   */
  oftenMin: number
  /** What contexts that are wanted less often leave for those: their passes, or they would never be had. */
  oftenReserve: number
  /**
   * How often a context must have been wanted lately. What comes once is not worth a call, and of a taste's items a few
   * shelves tell more than one.
   */
  wantedMin: Readonly<Record<AudienceKind, number>>
}

export const ALLOWANCE: AllowanceSettings = {
  callsPerShelf: 0.06,
  initial: 8,
  burst: 60,
  exactReserve: 12,
  passes: { everyone: 3, cluster: 3, exact: 1 },
  oftenMin: 60,
  oftenReserve: 6,
  wantedMin: { everyone: 2, cluster: 3, exact: 2 },
}

/** What a call says before it tells of any item, in items; and what one about a shopper's shelf tells, with its history. */
const FIXED_ITEMS = 6
const USUAL_ITEMS = 24

/** What one pass costs that tells of so many items, candidates and history: about a shopper's usual shelf, 1. */
export const callsOf = (items: number): number => (FIXED_ITEMS + items) / (FIXED_ITEMS + USUAL_ITEMS)

/** Why an order could not be made. */
export type RefreshFailure = 'unavailable' | 'budget' | 'late' | 'useless' | 'internal'

/** First wait after a failure, doubled by each one that follows: what will not be better at once is left alone longer. */
const FIRST_WAIT_MS: Record<RefreshFailure, number> = {
  unavailable: 30 * SECOND_MS,
  late: 30 * SECOND_MS,
  internal: MINUTE_MS,
  // The same question gets the same answer: it waits for other candidates.
  useless: 5 * MINUTE_MS,
  // A day's money comes back once a day.
  budget: 10 * MINUTE_MS,
}
const WAIT_MS_MAX = HOUR_MS

/** So many failures of a shop in a row, whatever of, and it is the model that fails: nothing is asked for a while, then one thing. */
const DOWN_AFTER = 5
const FIRST_PAUSE_MS = 10 * SECOND_MS
const PAUSE_MS_MAX = 2 * MINUTE_MS

/** How long it is remembered that a context was wanted. */
const WANTED_FOR_MS = 30 * MINUTE_MS
const CONTEXTS_COUNTED = 20_000
const FAILURES_KEPT = 5_000
const SHOPS_KEPT = 1_000
/** Orders under way in an isolate: bounds what a burst of new contexts holds and asks at once. */
const IN_FLIGHT_MAX = 4
/** A call that did not come back by then never will: the platform ends what runs behind an answer. */
const FLIGHT_MS_MAX = MINUTE_MS

/** Why a context is not asked for now. */
export type Withheld = 'down' | 'rare' | 'in_flight' | 'busy' | 'backoff' | 'allowance'

/**
 * What an isolate may spend on orders, and on which. It holds whatever the number of isolates, since each shelf pays in
 * one of them; the shop's budget in the ledger is the wall behind it.
 */
export interface Allowance {
  readonly settings: AllowanceSettings
  /** A shelf that orders are made for was served. @param calls what a call about it would have cost */
  earn(shop: string, calls?: number): void
  /** Whether nothing is asked for the shop now, since all that was asked lately failed: what prepares an order may be spared. */
  isDown(shop: string): boolean
  /** A context was wanted: counts it. */
  wanted(digest: string): void
  /** What an order of the context is asked with now. */
  passesOf(digest: string, kind: AudienceKind): number
  /**
   * Null when an order may be made now.
   * @param urgent somebody waits for it: however rarely it was wanted, and whatever is saved; the shop's budget is the bound
   * @param calls what a pass costs
   */
  withheld(shop: string, digest: string, kind: AudienceKind, urgent?: boolean, calls?: number): Withheld | null
  /** Takes what an order costs; until `end` nobody else of the isolate makes it. @param calls what a pass costs */
  begin(shop: string, digest: string, kind: AudienceKind, calls?: number): void
  /** @param failure null where an order was made */
  end(digest: string, failure: RefreshFailure | null): void
  /** Calls that a shop could make now. */
  left(shop: string): number
}

export function createAllowance(clock: Clock, settings: AllowanceSettings = ALLOWANCE): Allowance {
  const saved: Lru<number> = createLru(SHOPS_KEPT, Number.POSITIVE_INFINITY)
  const counts: Lru<number> = createLru(CONTEXTS_COUNTED, WANTED_FOR_MS)
  const failures: Lru<{ count: number; untilMs: number }> = createLru(FAILURES_KEPT, 2 * WAIT_MS_MAX)
  const outages: Lru<{ failures: number; untilMs: number }> = createLru(SHOPS_KEPT, 2 * PAUSE_MS_MAX)
  const inFlight = new Map<string, { shop: string; sinceMs: number }>()
  const left = (shop: string) => saved.get(shop, clock.now()) ?? settings.initial
  const wantedOf = (digest: string) => counts.get(digest, clock.now()) ?? 0
  const passesOf = (digest: string, kind: AudienceKind) =>
    wantedOf(digest) >= settings.oftenMin ? settings.passes[kind] : 1
  const reserveOf = (digest: string, kind: AudienceKind) => {
    if (kind === 'exact') return settings.exactReserve
    return wantedOf(digest) >= settings.oftenMin ? 0 : settings.oftenReserve
  }
  const isDown = (shop: string) => clock.now() < (outages.get(shop, clock.now())?.untilMs ?? 0)
  const paused = (shop: string, failures: number) => {
    const pauseMs = failures < DOWN_AFTER ? 0 : Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (failures - DOWN_AFTER))
    outages.set(shop, { failures, untilMs: clock.now() + pauseMs }, clock.now())
  }
  return {
    settings,
    left,
    isDown,
    passesOf,
    earn: (shop, calls = 1) =>
      saved.set(shop, Math.min(settings.burst, left(shop) + settings.callsPerShelf * calls), clock.now()),
    wanted: (digest) => counts.set(digest, wantedOf(digest) + 1, clock.now()),
    withheld(shop, digest, kind, urgent = false, calls = 1) {
      const nowMs = clock.now()
      for (const [own, { sinceMs }] of inFlight) if (nowMs - sinceMs >= FLIGHT_MS_MAX) inFlight.delete(own)
      if (inFlight.has(digest)) return 'in_flight'
      if (isDown(shop)) return 'down'
      if (!urgent && wantedOf(digest) < settings.wantedMin[kind]) return 'rare'
      if (nowMs < (failures.get(digest, nowMs)?.untilMs ?? 0)) return 'backoff'
      if (inFlight.size >= IN_FLIGHT_MAX) return 'busy'
      if (urgent) return null
      return left(shop) < calls * passesOf(digest, kind) + reserveOf(digest, kind) ? 'allowance' : null
    },
    begin(shop, digest, kind, calls = 1) {
      saved.set(shop, left(shop) - calls * passesOf(digest, kind), clock.now())
      inFlight.set(digest, { shop, sinceMs: clock.now() })
      // Of what is asked of a model that failed until now, the first tells enough.
      const failures = outages.get(shop, clock.now())?.failures ?? 0
      if (failures >= DOWN_AFTER) paused(shop, failures)
    },
    end(digest, failure) {
      const nowMs = clock.now()
      const shop = inFlight.get(digest)?.shop
      inFlight.delete(digest)
      if (shop !== undefined && failure === null) outages.delete(shop)
      // Money says nothing of the model.
      if (shop !== undefined && failure !== null && failure !== 'budget')
        paused(shop, (outages.get(shop, nowMs)?.failures ?? 0) + 1)
      if (failure === null) return failures.delete(digest)
      const count = (failures.get(digest, nowMs)?.count ?? 0) + 1
      const waitMs = Math.min(WAIT_MS_MAX, FIRST_WAIT_MS[failure] * 2 ** (count - 1))
      failures.set(digest, { count, untilMs: nowMs + waitMs }, nowMs)
    },
  }
}
