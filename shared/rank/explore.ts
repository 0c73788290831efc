import { hash32 } from '../base/hash.ts'
import { seededRng } from '../base/rng.ts'
import { included, slotShares } from './explore_sampling.ts'

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
 * probabilities are exact, so that what is logged may be weighed by 1 / propensity. How many: the whole part of what is
 * missing, and one more with the probability of the rest.
 * @param page best first
 * @param newcomers may name what is on the page; nothing else of it is put in twice
 */
export function explore<T extends { id: string }>(
  page: readonly T[],
  newcomers: ReadonlyArray<Newcomer & { entry: T }>,
  options: ExploreOptions,
): Array<Explored<T>> {
  const onPage = new Set(page.map((entry) => entry.id))
  const isNew = new Set(newcomers.map((one) => one.id))
  const waiting = newcomers.filter((one) => !onPage.has(one.id)).sort((a, b) => (a.id < b.id ? -1 : 1))
  const { missing, most } = roomFor(page, isNew, waiting.length, options)
  const whole = Math.floor(missing)
  const slots = slotsOf(Math.min(most, Math.ceil(missing)), options, page.length)
  const weights = waiting.map(weightOf)
  const cases = [
    { count: whole, chance: 1 - (missing - whole) },
    { count: whole + 1, chance: missing - whole },
  ].filter(({ chance }) => chance > 0)
  const layouts = cases.map(({ count, chance }) => {
    const lengths = included(weights, count)
    return { chance, kept: keptBy(page, isNew, count), slots: slots.slice(0, count), lengths }
  })
  const rng = seededRng(hash32(options.seed))
  const [more, start] = [rng.next(), rng.next()]
  const drawn = layouts.length === 2 && more < layouts[1]!.chance ? layouts[1]! : layouts[0]!
  return placesOf(drawn, waiting, start).map((own, at) => ({
    ...own,
    propensity: layouts.reduce((sum, layout) => sum + layout.chance * chanceOf(own, at, layout, waiting), 0),
  }))
}

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

interface Layout<T> {
  chance: number
  /** What stays of the page, in order. */
  kept: readonly T[]
  slots: readonly number[]
  /** Inclusion probability of each waiting newcomer. */
  lengths: Float64Array
}

/** The page without its last entries that are no newcomers. */
function keptBy<T extends { id: string }>(page: readonly T[], isNew: ReadonlySet<string>, count: number): T[] {
  const standing = page.filter(({ id }) => !isNew.has(id))
  const goes = new Set(standing.slice(standing.length - count).map(({ id }) => id))
  return page.filter(({ id }) => !goes.has(id))
}

function placesOf<T extends { id: string }>(
  layout: Layout<T>,
  waiting: ReadonlyArray<{ entry: T }>,
  start: number,
): Array<{ entry: T; exploring: boolean }> {
  const drawn = slotShares(layout.lengths).drawn(start, layout.slots.length)
  const rest = [...layout.kept]
  return Array.from({ length: layout.kept.length + layout.slots.length }, (_, at) => {
    const slot = layout.slots.indexOf(at)
    return slot === -1
      ? { entry: rest.shift()!, exploring: false }
      : { entry: waiting[drawn[slot]!]!.entry, exploring: true }
  })
}

/** The probability of an entry at a place within one layout. */
function chanceOf<T extends { id: string }>(
  { entry }: { entry: T },
  place: number,
  layout: Layout<T>,
  waiting: ReadonlyArray<{ entry: T }>,
): number {
  const slot = layout.slots.indexOf(place)
  if (slot === -1) return layout.kept[place - layout.slots.filter((own) => own < place).length]?.id === entry.id ? 1 : 0
  const number = waiting.findIndex((own) => own.entry.id === entry.id)
  return number === -1 ? 0 : slotShares(layout.lengths).share(number, slot)
}
