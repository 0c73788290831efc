import { type ChoiceModel, total, utilityOf } from '../choice.ts'
import type { Memory } from '../memory.ts'
import { Popularity } from '../policy.ts'
import type { SessionOutcome } from '../session.ts'
import type { Shopper } from '../shopper.ts'
import type { ShelfContext, SimulatedEvent } from '../types.ts'
import { eligible } from './arm.ts'

/** Sums over one shopper's shelves: everything that a measure is made of. */
export interface ShopperLog {
  sessions: number
  shelves: number
  revenueMinor: number
  examined: number
  clicks: number
  /** Of the first page of each visit: on it every policy is asked the same. */
  ndcg: number
  ndcgShelves: number
  /** Summed intra-list distance. */
  distance: number
  distanceShelves: number
  impressions: number
  tailImpressions: number
  /** Shelves that showed each item. */
  shown: Map<number, number>
  /** Looks at product pages, by category. */
  looks: Map<string, number>
}

export const MEASURES = ['revenue', 'clickRate', 'ndcg', 'coverage', 'tailShare', 'diversity'] as const
export type Measure = (typeof MEASURES)[number]
export type Measures = Record<Measure, number>

/** The most popular fifth of items is the head, what is left the tail. */
const HEAD_SHARE = 0.2
/** Shelves that coverage is told for: it grows with the number, so that policies are compared at one. */
export const COVERAGE_SHELVES = 1_000

/** Measures shelves as they are shown. `past` decides which items are the head. */
export class ShelfMeter {
  readonly #model: ChoiceModel
  readonly #place: ReadonlyMap<string, number>
  readonly #tail: ReadonlySet<string>
  readonly #features: ReadonlyMap<string, ReadonlySet<string>>

  constructor(model: ChoiceModel, past: readonly SimulatedEvent[]) {
    const { items } = model.catalogue
    const popularity = new Popularity()
    popularity.add(past)
    const byPopularity = items.toSorted((a, b) => popularity.of(b.id) - popularity.of(a.id) || (a.id < b.id ? -1 : 1))
    this.#model = model
    this.#place = new Map(items.map(({ id }, index) => [id, index]))
    this.#tail = new Set(byPopularity.slice(Math.ceil(HEAD_SHARE * items.length)).map(({ id }) => id))
    this.#features = new Map(
      items.map(({ id, root, category, features }) => [id, new Set([root, category, ...features])]),
    )
  }

  get items(): number {
    return this.#place.size
  }

  blank(): ShopperLog {
    const none = { sessions: 0, shelves: 0, revenueMinor: 0, examined: 0, clicks: 0, ndcg: 0, ndcgShelves: 0 }
    const shelf = { distance: 0, distanceShelves: 0, impressions: 0, tailImpressions: 0 }
    return { ...none, ...shelf, shown: new Map(), looks: new Map() }
  }

  /** The first page of a visit, as the shopper finds it. */
  firstPage(log: ShopperLog, shopper: Shopper, memory: Memory, context: ShelfContext, ids: readonly string[]): void {
    log.ndcg += nextChoiceNdcg(this.#model, shopper, memory, context, ids)
    log.ndcgShelves += 1
  }

  shelf(log: ShopperLog, ids: readonly string[]): void {
    log.shelves += 1
    for (const id of ids) {
      const place = this.#place.get(id)!
      log.impressions += 1
      log.shown.set(place, (log.shown.get(place) ?? 0) + 1)
      if (this.#tail.has(id)) log.tailImpressions += 1
    }
    if (ids.length < 2) return
    log.distance += this.#distance(ids)
    log.distanceShelves += 1
  }

  finish(log: ShopperLog, outcome: SessionOutcome): void {
    log.sessions += 1
    log.revenueMinor += outcome.revenueMinor
    log.examined += outcome.examined
    for (const { type, item_id } of outcome.events) {
      if (type === 'click') log.clicks += 1
      if (type !== 'view') continue
      const { category } = this.#model.catalogue.byId.get(item_id)!
      log.looks.set(category, (log.looks.get(category) ?? 0) + 1)
    }
  }

  /** Mean Jaccard distance of pairs, over category steps, brand and taste features. */
  #distance(ids: readonly string[]): number {
    let sum = 0
    for (let a = 1; a < ids.length; a++)
      for (let b = 0; b < a; b++) {
        const [one, other] = [this.#features.get(ids[a]!)!, this.#features.get(ids[b]!)!]
        let common = 0
        for (const feature of one) if (other.has(feature)) common += 1
        sum += 1 - common / (one.size + other.size - common)
      }
    return sum / ((ids.length * (ids.length - 1)) / 2)
  }
}

/**
 * Expected NDCG of the shopper's next choice: the chance that each item of the page would be chosen out of everything that
 * the page could show (multinomial logit over the hidden utilities; McFadden 1974), discounted by where the shelf has it
 * (1 / log2(1 + rank); Järvelin and Kekäläinen 2002). The ideal of one choice is 1.
 */
export function nextChoiceNdcg(
  model: ChoiceModel,
  shopper: Shopper,
  memory: Memory,
  context: ShelfContext,
  ids: readonly string[],
): number {
  const rank = new Map(ids.map((id, index) => [id, index + 1]))
  let all = 0
  let found = 0
  for (const item of eligible(model.catalogue, context)) {
    const weight = Math.exp(total(utilityOf(model, shopper, item, memory, context.atMs)))
    all += weight
    const at = rank.get(item.id)
    if (at !== undefined) found += weight / Math.log2(1 + at)
  }
  return all === 0 ? 0 : found / all
}

const ratio = (over: number, under: number) => (under === 0 ? 0 : over / under)

/**
 * The measures of shoppers, each counted as often as `times` says. Revenue is in minor units per 1,000 shelves; coverage is
 * the share of items that 1,000 of the shelves are expected to show (rarefaction; Hurlbert 1971).
 */
export function measure(logs: readonly ShopperLog[], times: ArrayLike<number>, items: number): Measures {
  const sum = {
    shelves: 0,
    revenue: 0,
    examined: 0,
    clicks: 0,
    ndcg: 0,
    ndcgShelves: 0,
    distance: 0,
    far: 0,
    all: 0,
    tail: 0,
  }
  const shown = new Float64Array(items)
  for (const [index, log] of logs.entries()) {
    const n = times[index]!
    if (n === 0) continue
    sum.shelves += n * log.shelves
    sum.revenue += n * log.revenueMinor
    sum.examined += n * log.examined
    sum.clicks += n * log.clicks
    sum.ndcg += n * log.ndcg
    sum.ndcgShelves += n * log.ndcgShelves
    sum.distance += n * log.distance
    sum.far += n * log.distanceShelves
    sum.all += n * log.impressions
    sum.tail += n * log.tailImpressions
    for (const [item, shelves] of log.shown) shown[item]! += n * shelves
  }
  let covered = 0
  for (const own of shown) covered += 1 - (1 - ratio(own, sum.shelves)) ** COVERAGE_SHELVES
  return {
    revenue: 1_000 * ratio(sum.revenue, sum.shelves),
    clickRate: ratio(sum.clicks, sum.examined),
    ndcg: ratio(sum.ndcg, sum.ndcgShelves),
    coverage: covered / items,
    tailShare: ratio(sum.tail, sum.all),
    diversity: ratio(sum.distance, sum.far),
  }
}
