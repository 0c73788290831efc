import type { Neighbours } from '../domain/card.ts'
import type { Source } from '../domain/recommendation.ts'
import type { ListEntry } from '../store/catalogue/learning.ts'
import type { VectorMatch } from '../store/vectors.ts'
import type { Anchor } from './anchors.ts'

/** The anchor that did most to bring a candidate in. */
export interface Link {
  anchor: string
  strength: number
  /** Shoppers who bought both; 0 for a link by text. */
  count: number
}

/** An item that may be shown, with what speaks for it. */
export interface Candidate {
  id: string
  /** Raw scores by source, larger is better; scales differ between sources. */
  scores: Map<Source, number>
  bought: Link | null
  similar: Link | null
  /** Distinct shoppers behind a trending entry. */
  trendingCount: number
}

/** Candidates by id, filled by the recall sources. */
export class CandidatePool {
  readonly #byId = new Map<string, Candidate>()

  at(id: string): Candidate {
    let candidate = this.#byId.get(id)
    if (!candidate) {
      candidate = { id, scores: new Map(), bought: null, similar: null, trendingCount: 0 }
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

  all(): Candidate[] {
    return [...this.#byId.values()]
  }

  countBySource(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const candidate of this.#byId.values()) {
      for (const source of candidate.scores.keys()) counts[source] = (counts[source] ?? 0) + 1
    }
    return counts
  }
}

const add = (candidate: Candidate, source: Source, score: number) =>
  candidate.scores.set(source, (candidate.scores.get(source) ?? 0) + score)

/** Neighbours of the anchors: summed weights by purchase, and the best weighted cosine by text. */
export function addNeighbours(
  pool: CandidatePool,
  anchors: readonly Anchor[],
  neighbours: ReadonlyMap<string, Neighbours>,
): void {
  for (const anchor of anchors) {
    const own = neighbours.get(anchor.id)
    if (!own) continue
    for (const [id, weight, count] of own.bought) {
      const candidate = pool.at(id)
      const strength = anchor.weight * weight
      add(candidate, 'bought_together', strength)
      if (strength > (candidate.bought?.strength ?? 0)) candidate.bought = { anchor: anchor.id, strength, count }
    }
    for (const [id, cosine] of own.similar) {
      const candidate = pool.at(id)
      const strength = anchor.weight * cosine
      const source = anchor.kind === 'past' ? 'vector_recent' : 'vector_seed'
      // The best link, with a little for every further one: many weak likenesses are not one strong one.
      const before = candidate.scores.get(source) ?? 0
      candidate.scores.set(source, Math.max(before, strength) + 0.1 * Math.min(before, strength))
      if (strength > (candidate.similar?.strength ?? 0)) candidate.similar = { anchor: anchor.id, strength, count: 0 }
    }
  }
}

/** Nearest vectors to a seed, asked of the index itself: they know items that came a second ago. */
export function addSeedVectors(pool: CandidatePool, seed: string, matches: readonly VectorMatch[]): void {
  for (const match of matches) {
    if (match.score <= 0) continue
    const candidate = pool.at(match.id)
    candidate.scores.set('vector_seed', Math.max(candidate.scores.get('vector_seed') ?? 0, match.score))
    if (match.score > (candidate.similar?.strength ?? 0))
      candidate.similar = { anchor: seed, strength: match.score, count: 0 }
  }
}

export function addTextVectors(pool: CandidatePool, matches: readonly VectorMatch[]): void {
  for (const match of matches) if (match.score > 0) add(pool.at(match.id), 'vector_text', match.score)
}

export function addText(pool: CandidatePool, hits: ReadonlyArray<{ id: string; score: number }>): void {
  for (const hit of hits) add(pool.at(hit.id), 'text', Math.max(hit.score, 0))
}

export function addTrending(pool: CandidatePool, entries: readonly ListEntry[]): void {
  for (const [id, score, count] of entries) {
    const candidate = pool.at(id)
    add(candidate, 'trending', score)
    candidate.trendingCount = count
  }
}

export function addNew(pool: CandidatePool, entries: readonly ListEntry[]): void {
  for (const [id, score] of entries) add(pool.at(id), 'new', score)
}
