import { hash32 } from '../base/hash.ts'
import { seededRng } from '../base/rng.ts'
import { drawsOf, included } from './explore_sampling.ts'

/** An item that too little is known of. */
export interface Newcomer {
  id: string
  /** Wishes so far (`all` of item statistics). */
  events: number
  /** How often it was shown on shelves, and clicked there. */
  shown: number
  clicks: number
}

export interface ExploreOptions {
  /** Newcomers' expected share of the page's places, in [0, cap]. */
  floor: number
  /** Their largest share of one page, in [0, 1]. */
  cap: number
  /** Of the request: the same one gives the same page. */
  seed: string
  /** Positions, from 1, between which newcomers are put in: the best answers stay, and nobody looks further down. */
  first: number
  last: number
}

/** What is left of a page's caps, once its entries are counted. */
export interface Room<T> {
  fits(entry: T): boolean
  add(entry: T): void
}

/** Wishes from which on an item speaks for itself: with as many, its own history weighs as much as what it resembles. */
export const NEWCOMER_KAPPA = 20
export const isNewcomer = (events: number, kappa = NEWCOMER_KAPPA): boolean => events < kappa

/** One place of the page. */
export interface Explored<T> {
  entry: T
  /** The probability, over seeds, of this entry at this place. */
  propensity: number
  /** Put in here for the sake of knowing it. */
  exploring: boolean
}

/** Whoever asks for the plain order, for words, or for another moment than now gets what they ask for. */
export const mayExplore = (request: { diversity: number; query: string | null; asOfMs: number | null }): boolean =>
  request.diversity > 0 && request.query === null && request.asOfMs === null

/**
 * Puts newcomers on a page so that, over requests, they have at least `floor` of its places. What stands on the page by
 * its own merit counts; only what is missing is put in, and never so that newcomers pass `cap`. The last entries that are
 * no newcomers make way, the others keep their order.
 *
 * Which newcomer: with a probability proportional to its uncertainty, kappa / (n + kappa), times the mean of the beta
 * distribution of its clicks, (clicks + 1) / (shown + 2). Drawn by systematic sampling (Madow 1949), whose inclusion
 * probabilities are exact. How many: the whole part of what is missing, and one more with the probability of the rest.
 * Who finds no room is not drawn; of those drawn together who finds none beside the ones before stays away. A propensity
 * is the sum over all draws that put the entry there, so that what is logged may be weighed by 1 / propensity.
 * @param page best first
 * @param newcomers may name what is on the page; nothing else of it is put in twice
 * @param roomOn what the caps leave beside these entries; without it there are none
 */
export function explore<T extends { id: string }>(
  page: readonly T[],
  newcomers: ReadonlyArray<Newcomer & { entry: T }>,
  options: ExploreOptions,
  roomOn: (entries: readonly T[]) => Room<T> = () => BOUNDLESS,
): Array<Explored<T>> {
  const onPage = new Set(page.map((entry) => entry.id))
  const isNew = new Set(newcomers.map((one) => one.id))
  // One makes way at least. Who fits beside all the others fits beside fewer.
  const left = keptBy(page, isNew, 1)
  const room = roomOn(left)
  const waiting = newcomers
    .filter((one) => !onPage.has(one.id) && room.fits(one.entry))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const { missing, most } = roomFor(page, isNew, waiting.length, options)
  const whole = Math.floor(missing)
  const slots = slotsOf(Math.min(most, Math.ceil(missing)), options, page.length)
  const weights = waiting.map(weightOf)
  const cases = [
    { count: whole, chance: 1 - (missing - whole) },
    { count: whole + 1, chance: missing - whole },
  ].filter(({ chance }) => chance > 0)
  const layouts = cases.map(({ count, chance }) => ({
    chance,
    draws: drawsOf(included(weights, count), count).map(({ until, drawn }) => {
      const fitting = together(
        drawn.map((at) => waiting[at]!.entry),
        () => roomOn(left),
      )
      return { until, page: pageOf(keptBy(page, isNew, fitting.size), slots, fitting) }
    }),
  }))
  const rng = seededRng(hash32(options.seed))
  const [more, start] = [rng.next(), rng.next()]
  const { draws } = layouts.length === 2 && more < layouts[1]!.chance ? layouts[1]! : layouts[0]!
  const chosen = draws.find(({ until }) => start < until) ?? draws.at(-1)!
  return chosen.page.map(({ entry, exploring }, place) => ({
    entry,
    exploring,
    propensity: layouts.reduce((sum, layout) => sum + layout.chance * chanceOf(entry, place, layout.draws), 0),
  }))
}

const BOUNDLESS: Room<unknown> = { fits: () => true, add: () => {} }

const weightOf = ({ events, shown, clicks }: Newcomer): number =>
  (NEWCOMER_KAPPA / (events + NEWCOMER_KAPPA)) * ((clicks + 1) / (shown + 2))

/** Places that the floor lacks, as far as there is anything to fill them, and the most that the cap leaves. */
function roomFor(
  page: ReadonlyArray<{ id: string }>,
  isNew: ReadonlySet<string>,
  waiting: number,
  { floor, cap, first, last }: ExploreOptions,
): { missing: number; most: number } {
  const standing = page.reduce((count, { id }) => count + Number(isNew.has(id)), 0)
  const places = Math.max(0, Math.min(last, page.length) - first + 1)
  const most = Math.max(0, Math.min(Math.floor(cap * page.length) - standing, waiting, places, page.length - standing))
  return { missing: Math.min(most, Math.max(0, floor * page.length - standing)), most }
}

/** Places of that many newcomers, from 0, spread over their part of the page; the first ones are used first. */
function slotsOf(count: number, { first, last }: ExploreOptions, length: number): number[] {
  const places = Math.max(0, Math.min(last, length) - first + 1)
  return Array.from({ length: count }, (_, at) => first - 1 + Math.floor(((at + 0.5) * places) / count))
}

/** The page without its last entries that are no newcomers. */
function keptBy<T extends { id: string }>(page: readonly T[], isNew: ReadonlySet<string>, count: number): T[] {
  const standing = page.filter(({ id }) => !isNew.has(id))
  const goes = new Set(standing.slice(Math.max(0, standing.length - count)).map(({ id }) => id))
  return page.filter(({ id }) => !goes.has(id))
}

/** Those of the drawn that find room beside each other, by the slot for which they were drawn. */
function together<T>(drawn: readonly T[], roomNow: () => Room<T>): Map<number, T> {
  // Each of them has room by itself.
  if (drawn.length < 2) return new Map(drawn.entries())
  const room = roomNow()
  const fitting = new Map<number, T>()
  for (const [slot, entry] of drawn.entries()) {
    if (!room.fits(entry)) continue
    room.add(entry)
    fitting.set(slot, entry)
  }
  return fitting
}

interface Place<T> {
  entry: T
  exploring: boolean
}

function pageOf<T>(kept: readonly T[], slots: readonly number[], fitting: ReadonlyMap<number, T>): Array<Place<T>> {
  const explored = new Map([...fitting].map(([slot, entry]) => [slots[slot]!, entry]))
  let next = 0
  return Array.from({ length: kept.length + fitting.size }, (_, place) => {
    const entry = explored.get(place)
    return entry === undefined ? { entry: kept[next++]!, exploring: false } : { entry, exploring: true }
  })
}

/** The probability of an entry at a place, over the draws of one layout. */
function chanceOf<T extends { id: string }>(
  { id }: T,
  place: number,
  draws: ReadonlyArray<{ until: number; page: ReadonlyArray<Place<T>> }>,
): number {
  let chance = 0
  let from = 0
  for (const { until, page } of draws) {
    if (page[place]!.entry.id === id) chance += until - from
    from = until
  }
  return chance
}
