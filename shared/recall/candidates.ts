import { nthSmallest } from '../base/nth_smallest.ts'
import type { ComplementNeighbour, Neighbours } from '../domain/card.ts'
import type { Source } from '../domain/recommendation.ts'
import type { ListEntry } from '../store/catalogue/learning.ts'
import type { VectorMatch } from '../store/vectors.ts'
import type { Anchor } from './anchors.ts'
import type { Ownership } from './owned.ts'

/** The anchor that did most to bring a candidate in. */
export interface Link {
  anchor: string
  strength: number
  /** Shoppers who bought both; 0 for a link by text. */
  count: number
}

/**
 * An item that may be shown, with all that recall knows of it. Every number is raw, 0 where nothing was found, and
 * means what its name says; the ranking makes features of them. Plain fields, because sums over anchors are the hottest
 * loop of a request.
 */
export class Candidate {
  readonly id: string
  /** Who wanted the shopper's past items wanted this: the sum over the past, decayed by 0.8 a visit, and as it is. */
  taste = 0
  tasteEver = 0
  /** What is wanted on the visits after one with the past items, decayed by 0.8 a visit. */
  next = 0
  /** What lies in one basket with the past items, decayed by 0.5 a visit. */
  together = 0
  /** The same of what is in the cart, or on the page. */
  cartTogether = 0
  cartTaste = 0
  /** How much what is in the cart, or on the page, calls for it: the best lift over chance, in log units. */
  complement = 0
  /** Visits on which the shopper bought it. */
  owned = 0
  /** Best weighted cosine to an item of the past, and to a seed or an item of the cart. */
  similarPast = 0
  similarSeed = 0
  /** How much more than others its text says that the past, the cart or the page calls for it; of items of few shoppers. */
  arrival = 0
  /** Of full text search and of the words' vector. */
  text = 0
  textVector = 0
  /** Of the shop-wide lists, in [0, 1]. */
  trending = 0
  fresh = 0
  popular = 0
  bought: Link | null = null
  similar: Link | null = null
  goesWith: Link | null = null
  /** Distinct shoppers behind a trending entry. */
  trendingCount = 0

  constructor(id: string) {
    this.id = id
  }

  /** What brought it in, in the order of SOURCES. */
  sources(): Source[] {
    const found: Source[] = []
    if (this.similarSeed > 0) found.push('vector_seed')
    if (this.similarPast > 0 || this.arrival > 0) found.push('vector_recent')
    if (this.textVector > 0) found.push('vector_text')
    if (this.text > 0) found.push('text')
    if (this.taste !== 0 || this.next !== 0 || this.together !== 0 || this.cartTogether !== 0 || this.cartTaste !== 0)
      found.push('bought_together')
    if (this.complement > 0) found.push('complement')
    if (this.owned > 0) found.push('bought_before')
    if (this.trending > 0) found.push('trending')
    if (this.fresh > 0) found.push('new')
    if (this.popular > 0) found.push('popular')
    return found
  }
}

/** Candidates that the order looks at: recall brings more only where a shopper's past is long. */
const POOL_MAX = 500
const SIGNALS = 14

/** What speaks for a candidate, SIGNALS numbers from a place on. */
function signalsOf(own: Candidate, into: Float64Array, at: number): void {
  into[at] = own.taste
  into[at + 1] = own.next
  into[at + 2] = own.together
  into[at + 3] = own.cartTogether
  into[at + 4] = own.cartTaste
  into[at + 5] = own.complement
  into[at + 6] = own.similarPast
  into[at + 7] = own.arrival
  into[at + 8] = own.similarSeed
  into[at + 9] = own.text
  into[at + 10] = own.textVector
  into[at + 11] = own.trending
  into[at + 12] = own.fresh
  into[at + 13] = own.owned
}

/** Sums of the shares of each signal's best. @param signals SIGNALS numbers a candidate */
function strengths(signals: Float64Array): Float64Array {
  const tops = new Float64Array(SIGNALS)
  for (let at = 0; at < signals.length; at += SIGNALS)
    for (let signal = 0; signal < SIGNALS; signal++)
      if (signals[at + signal]! > tops[signal]!) tops[signal] = signals[at + signal]!
  const strength = new Float64Array(signals.length / SIGNALS)
  for (let at = 0; at < strength.length; at++)
    for (let signal = 0; signal < SIGNALS; signal++)
      if (tops[signal]! > 0) strength[at]! += signals[at * SIGNALS + signal]! / tops[signal]!
  return strength
}

/** Candidates by id, filled by the recall sources. */
export class CandidatePool {
  #byId = new Map<string, Candidate>()

  at(id: string): Candidate {
    let candidate = this.#byId.get(id)
    if (!candidate) {
      candidate = new Candidate(id)
      this.#byId.set(id, candidate)
    }
    return candidate
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) this.#byId.delete(id)
  }

  keep(wanted: (candidate: Candidate) => boolean): void {
    for (const candidate of this.#byId.values()) if (!wanted(candidate)) this.#byId.delete(candidate.id)
  }

  /** Leaves as many as are worth looking at: those with the largest sums of shares of each signal's best; ties by id. */
  trim(): void {
    if (this.#byId.size <= POOL_MAX) return
    const all = this.all()
    const signals = new Float64Array(all.length * SIGNALS)
    for (let at = 0; at < all.length; at++) signalsOf(all[at]!, signals, at * SIGNALS)
    const strength = strengths(signals)
    const least = nthSmallest(strength.slice(), all.length - POOL_MAX)!
    const above = strength.reduce((count, own) => count + Number(own > least), 0)
    const tied = all.filter((_, at) => strength[at] === least).map(({ id }) => id)
    const saved = new Set(tied.sort().slice(0, POOL_MAX - above))
    // Of thousands some hundreds are left: fewer to put in than to take out.
    this.#byId = new Map()
    for (let at = 0; at < all.length; at++) {
      const { id } = all[at]!
      if (strength[at]! > least || saved.has(id)) this.#byId.set(id, all[at]!)
    }
  }

  all(): Candidate[] {
    return [...this.#byId.values()]
  }

  countBySource(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const candidate of this.#byId.values())
      for (const source of candidate.sources()) counts[source] = (counts[source] ?? 0) + 1
    return counts
  }
}

/** The n-th last visit counts these to the power of n: taste lasts, a basket is of its day. */
const LASTING = 0.8
const LATELY = 0.5

/** Neighbours of the anchors: summed weights by behaviour, and the best weighted cosine by text. */
export function addNeighbours(
  pool: CandidatePool,
  anchors: readonly Anchor[],
  neighbours: ReadonlyMap<string, Neighbours>,
): void {
  for (const anchor of anchors) {
    const own = neighbours.get(anchor.id)
    if (!own) continue
    if (anchor.kind === 'past') addPast(pool, anchor, own)
    else {
      addPresent(pool, anchor, own)
      addComplements(pool, anchor, own.complements ?? [])
    }
    addSimilar(pool, anchor, own)
    for (const [id, link] of own.arrivals ?? []) pool.at(id).arrival += anchor.weight * link
  }
}

function addPast(pool: CandidatePool, anchor: Anchor, { bought }: Neighbours): void {
  const { strength, visit } = anchor
  const lasting = strength * LASTING ** visit
  const lately = strength * LATELY ** visit
  for (const [id, taste, together, next, count] of bought) {
    const candidate = pool.at(id)
    candidate.taste += lasting * taste
    candidate.tasteEver += strength * taste
    candidate.next += lasting * next
    candidate.together += lately * together
    if (count > 0) linkBought(candidate, anchor.id, lasting * (Math.max(taste, 0) + Math.max(next, 0)), count)
  }
}

function addPresent(pool: CandidatePool, anchor: Anchor, { bought }: Neighbours): void {
  for (const [id, taste, together, , count] of bought) {
    const candidate = pool.at(id)
    candidate.cartTogether += together
    candidate.cartTaste += taste
    if (count > 0) linkBought(candidate, anchor.id, Math.max(together, 0) + Math.max(taste, 0), count)
  }
}

function linkBought(candidate: Candidate, anchor: string, strength: number, count: number): void {
  // An item that follows itself is no reason for itself.
  if (strength > (candidate.bought?.strength ?? 0) && anchor !== candidate.id)
    candidate.bought = { anchor, strength, count }
}

/** The strongest call for a complement counts; orders with both are what a reason may cite. */
function addComplements(pool: CandidatePool, anchor: Anchor, complements: readonly ComplementNeighbour[]): void {
  for (const [id, lift, both] of complements) {
    const candidate = pool.at(id)
    const strength = Math.log(lift / 100)
    if (strength <= candidate.complement) continue
    candidate.complement = strength
    candidate.goesWith = { anchor: anchor.id, strength, count: both }
  }
}

/** The best link counts, with a little for every further one: many weak likenesses are not one strong one. */
function addSimilar(pool: CandidatePool, anchor: Anchor, { similar }: Neighbours): void {
  const { weight } = anchor
  const past = anchor.kind === 'past'
  for (const [id, cosine] of similar) {
    const candidate = pool.at(id)
    const strength = weight * cosine
    if (past) candidate.similarPast = withFurther(candidate.similarPast, strength)
    else candidate.similarSeed = withFurther(candidate.similarSeed, strength)
    linkSimilar(candidate, anchor.id, strength)
  }
}

const withFurther = (before: number, strength: number) => Math.max(before, strength) + 0.1 * Math.min(before, strength)

function linkSimilar(candidate: Candidate, anchor: string, strength: number): void {
  if (strength > (candidate.similar?.strength ?? 0)) candidate.similar = { anchor, strength, count: 0 }
}

/** Nearest vectors to a seed, asked of the index itself: they know items that came a second ago. */
export function addSeedVectors(pool: CandidatePool, seed: string, matches: readonly VectorMatch[]): void {
  for (const match of matches) {
    if (match.score <= 0) continue
    const candidate = pool.at(match.id)
    candidate.similarSeed = Math.max(candidate.similarSeed, match.score)
    linkSimilar(candidate, seed, match.score)
  }
}

export function addTextVectors(pool: CandidatePool, matches: readonly VectorMatch[]): void {
  for (const match of matches) if (match.score > 0) pool.at(match.id).textVector += match.score
}

export function addText(pool: CandidatePool, hits: ReadonlyArray<{ id: string; score: number }>): void {
  for (const hit of hits) pool.at(hit.id).text += Math.max(hit.score, 0)
}

/** What the shopper bought before. */
export function addOwned(pool: CandidatePool, owned: Ownership): void {
  for (const [id, { visits }] of owned.items) pool.at(id).owned = visits
}

export function addTrending(pool: CandidatePool, entries: readonly ListEntry[]): void {
  for (const [id, score, count] of entries) {
    const candidate = pool.at(id)
    candidate.trending += score
    candidate.trendingCount = count
  }
}

export function addNew(pool: CandidatePool, entries: readonly ListEntry[]): void {
  for (const [id, score] of entries) pool.at(id).fresh += score
}
