import { chunk } from '../base/batch.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { hash32 } from '../base/hash.ts'
import type { Interaction } from '../domain/event.ts'
import { creditOf, type Outcomes } from '../gate/credit.ts'
import { GATE } from '../gate/limits.ts'
import type { Replayed } from '../gate/replay.ts'
import { fromRow, type InteractionRow } from '../store/operations/event_inbox.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { type Counting, type DayObjects, eventsOfShelves, outcomesOf } from './gate_slice.ts'

/** A shelf of the log of which something was wanted, as it stood in the base order. */
export interface LoggedShelf {
  id: string
  placement: string
  atMs: number
  shopper: string
  market: string
  locale: string
  seeds: readonly string[]
  cart: readonly string[]
  query: string | null
  /** The page, first to last; what stood there because of a rule is in `pinned` as well. */
  shown: readonly string[]
  pinned: readonly string[]
  /** What the shopper did before, in the days that are looked at; oldest first. */
  past: readonly Interaction[]
}

/** What a model made of a logged shelf. */
export interface ReplayedOrder {
  /** The page as the model would have it, moved no further than on a live shelf. */
  wanted: readonly string[]
  /** Items in the shopper's history when the shelf was shown. */
  history: number
}

/**
 * Asks a model for its order of a logged shelf; null where it cannot be had (no budget, no answer, items that are gone).
 * The same shelf is the same question, which is paid once.
 */
export type OrderLogged = (shop: string, shelf: LoggedShelf) => Promise<ReplayedOrder | null>

/** Of what a shopper did before. */
const PAST_KEPT = 100
/** Orders that are asked for together. */
const AT_ONCE = 8
/** The longest that they may take. */
const ORDER_MS = MINUTE_MS

const WHOLE = { at: 0, of: 1 }

interface Wanted {
  shelf: LoggedShelf
  outcomes: Outcomes
}

/**
 * Asks the model for orders of logged shelves of a placement, and what they would have brought. Shelves of which nothing
 * was wanted would tell nothing of an order, and are not asked for; where there are too few of the others, none is.
 * @returns null where the turn was over before the last: the next one asks again, and pays only for what is new
 */
export async function replay(
  shop: string,
  placement: string,
  days: readonly DayObjects[],
  counting: Counting,
  order: OrderLogged,
  deps: EnrichDeps,
  keep: Keep,
  over: () => boolean,
): Promise<Replayed[] | null> {
  const { min, max } = GATE.replayShelves
  const found: Wanted[] = []
  for (const day of [...days].reverse())
    if (found.length < max) found.push(...(await wantedOf(placement, day, counting, deps)))
  if (found.length < min) return []
  const replayed: Replayed[] = []
  for (const part of chunk(await withPasts(found.slice(0, max), days, deps), AT_ONCE)) {
    if (over()) return null
    await keep(ORDER_MS)
    const orders = await Promise.all(part.map(({ shelf }) => order(shop, shelf)))
    for (const [at, { shelf, outcomes }] of part.entries()) {
      const made = orders[at]!
      if (made === null) continue
      const pages = { shown: shelf.shown, base: shelf.shown, wanted: made.wanted, teams: null }
      const { lift } = creditOf(pages, outcomes, counting.worth)
      replayed.push({ shopper: shelf.shopper, history: made.history, lift })
    }
  }
  return replayed
}

/** The shelves with what their shoppers had done before. */
async function withPasts(found: readonly Wanted[], days: readonly DayObjects[], deps: EnrichDeps): Promise<Wanted[]> {
  const byShopper = new Map<string, Interaction[]>(found.map(({ shelf }) => [shelf.shopper, []]))
  const objects = new Map(days.flatMap((day) => day.events.map((object) => [object.name, object] as const)))
  for (const object of objects.values()) {
    for await (const lines of deps.artefacts.lines(object)) {
      for (const line of lines) {
        if (line === '') continue
        const event = fromRow(JSON.parse(line) as InteractionRow)
        if (event.type !== 'impression') byShopper.get(event.shopper)?.push(event)
      }
      await deps.breathe()
    }
  }
  for (const events of byShopper.values()) events.sort((a, b) => a.atMs - b.atMs)
  return found.map(({ shelf, outcomes }) => {
    const past = byShopper.get(shelf.shopper)!.filter((event) => event.atMs < shelf.atMs)
    return { shelf: { ...shelf, past: past.slice(-PAST_KEPT) }, outcomes }
  })
}

async function wantedOf(placement: string, day: DayObjects, counting: Counting, deps: EnrichDeps): Promise<Wanted[]> {
  const events = await eventsOfShelves(day, WHOLE, deps)
  const shelves = await shelvesOf(placement, day, events, deps)
  return shelves.flatMap((shelf) => {
    const outcomes = outcomesOf(events.get(shelf.id)!, shelf.atMs, counting)
    return [...outcomes.keys()].some((item) => shelf.shown.includes(item)) ? [{ shelf, outcomes }] : []
  })
}

/** Shelves of a placement that an event names, in the order of their hashes: a fair sample. */
async function shelvesOf(
  placement: string,
  day: DayObjects,
  events: ReadonlyMap<string, unknown>,
  deps: EnrichDeps,
): Promise<LoggedShelf[]> {
  const shelves = new Map<string, LoggedShelf>()
  for (const object of day.impressions) {
    for await (const lines of deps.artefacts.lines(object)) {
      for (const line of lines) {
        const shelf = line === '' ? null : shelfOf(JSON.parse(line) as Record<string, unknown>)
        if (shelf !== null && shelf.placement === placement && events.has(shelf.id)) shelves.set(shelf.id, shelf)
      }
      await deps.breathe()
    }
  }
  return [...shelves.values()].sort((a, b) => hash32(a.id) - hash32(b.id))
}

/** Null for a shelf of a lower rung, of nobody, with an order of a model, or of another form. */
function shelfOf(record: Record<string, unknown>): LoggedShelf | null {
  const { recommendation_id: id, placement, at, shopper, market, locale, rung, query, llm, by_rule: byRule } = record
  const { shown, seeds, cart } = record
  if (typeof id !== 'string' || typeof placement !== 'string' || typeof at !== 'number') return null
  if (typeof market !== 'string' || typeof locale !== 'string' || typeof shopper !== 'string') return null
  if (rung !== 'L2' || llm !== undefined || !Array.isArray(shown)) return null
  const ids = (list: unknown) => (Array.isArray(list) ? (list as string[]) : [])
  return {
    ...{ id, placement, atMs: at, shopper, market, locale, query: typeof query === 'string' ? query : null },
    ...{ seeds: ids(seeds), cart: ids(cart), shown: ids(shown), pinned: ids(byRule), past: [] },
  }
}
