import { coarse } from './coarse.ts'
import type { Predicate } from './filter.ts'
import { dot, dotFour, dots, squaredDistance, squaredNorm } from './kernel.ts'
import { BLOCK_ROWS, type NamespaceRows } from './rows.ts'
import { boundProducts, tablesOf } from './sketch.ts'
import { TopK } from './top_k.ts'

/** cosine in [-1, 1], higher is better; euclidean is a distance and dot-product negated: of both lower is better. */
export type Metric = 'cosine' | 'euclidean' | 'dot-product'

export interface SearchRequest {
  metric: Metric
  query: Float32Array
  topK: number
  predicate: Predicate | null
  /** Whether scores are of the values themselves, or of a coarse form of them. */
  exact: boolean
}

export interface Found {
  id: string
  rows: NamespaceRows
  slot: number
  score: number
}

/** An approximate answer chooses among this many times topK. */
const POOL_FACTOR = 2

/** Where the products of one block are put: one search runs at a time. */
const scratch = new Float64Array(BLOCK_ROWS)

/** The best of some namespaces, best first; equal scores by id. */
export function nearest(namespaces: Iterable<NamespaceRows>, request: SearchRequest): Found[] {
  // Widened once: the same numbers, and one conversion less in every multiplication.
  const query = Float64Array.from(request.query)
  const squaredQuery = squaredNorm(request.query)
  const pool = new TopK<Omit<Found, 'score'>>(request.exact ? request.topK : request.topK * POOL_FACTOR)
  for (const rows of namespaces) {
    const search = new NamespaceSearch(rows, query, squaredQuery, request.metric, pool)
    if (request.predicate === null) search.all()
    else search.matching(request.predicate)
  }
  const best = new TopK<Found>(request.topK)
  for (const { payload } of pool.sorted()) {
    const { rows, slot } = payload
    const row = request.exact ? rows.view(slot) : coarse(rows.view(slot))
    const score = scoreOf(request.metric, row, query, rows.squaredNorms[slot]! * squaredQuery)
    best.offer(request.metric === 'cosine' ? score : -score, { ...payload, score })
  }
  return best.sorted().map(({ payload }) => payload)
}

/** Offers the rows of one namespace. What is compared here is higher for the better, and needs no root. */
class NamespaceSearch {
  readonly #rows: NamespaceRows
  readonly #query: Float64Array
  readonly #squaredQuery: number
  readonly #metric: Metric
  readonly #pool: TopK<Omit<Found, 'score'>>

  constructor(
    rows: NamespaceRows,
    query: Float64Array,
    squaredQuery: number,
    metric: Metric,
    pool: TopK<Omit<Found, 'score'>>,
  ) {
    this.#rows = rows
    this.#query = query
    this.#squaredQuery = squaredQuery
    this.#metric = metric
    this.#pool = pool
  }

  matching(predicate: Predicate): void {
    const { entries, count } = this.#rows
    for (let slot = 0; slot < count; slot++)
      if (predicate(entries[slot]!.indexed)) this.#offer(slot, dot(this.#rows.view(slot), this.#query))
  }

  /** Rows with a sketch are read in full where its bound does not show that they cannot enter; the rest always. */
  all(): void {
    const bounds = this.#boundsOrOffers()
    if (bounds === null) return
    // The most promising first: with them the pool is nearly what it will be, and hardly any other row can enter.
    const promising = new TopK<{ id: string; slot: number }>(this.#pool.size)
    for (let slot = 0; slot < bounds.length; slot++)
      if (bounds[slot]! >= promising.floor) promising.offer(bounds[slot]!, { id: this.#rows.entries[slot]!.id, slot })
    const first = promising.sorted().map(({ payload }) => payload.slot)
    this.#read(first.filter((slot) => bounds[slot] !== Number.NEGATIVE_INFINITY))
    for (const slot of first) bounds[slot] = Number.NEGATIVE_INFINITY
    const others: number[] = []
    for (let slot = 0; slot < bounds.length; slot++)
      if (bounds[slot]! > Number.NEGATIVE_INFINITY && bounds[slot]! >= this.#pool.floor) others.push(slot)
    this.#read(others)
  }

  /** An upper bound of each row's goodness; rows without one are offered, and have minus infinity. Null without any bound. */
  #boundsOrOffers(): Float64Array | null {
    let bounds: Float64Array | null = null
    let tables: Float64Array | null = null
    const length = Math.sqrt(this.#squaredQuery)
    for (const [at, block] of this.#rows.blocks.entries()) {
      const start = at * BLOCK_ROWS
      const count = Math.min(this.#rows.count - start, BLOCK_ROWS)
      const sketch = this.#rows.sketch(at)
      if (sketch === null) {
        dots(block, this.#query, count, scratch)
        for (let row = 0; row < count; row++) this.#offer(start + row, scratch[row]!)
        continue
      }
      tables ??= tablesOf(this.#query)
      bounds ??= new Float64Array(this.#rows.count).fill(Number.NEGATIVE_INFINITY)
      boundProducts(sketch, tables, length, scratch)
      for (let row = 0; row < count; row++) bounds[start + row] = this.#goodness(start + row, scratch[row]!)
    }
    return bounds
  }

  /** Reads rows in full and offers them, four at a time. */
  #read(slots: readonly number[]): void {
    for (let from = 0; from < slots.length; from += 4) {
      const four = Array.from({ length: 4 }, (_, index) => slots[Math.min(from + index, slots.length - 1)]!)
      dotFour(
        four.map((slot) => this.#rows.view(slot)),
        this.#query,
        scratch,
      )
      for (let index = 0; from + index < slots.length && index < 4; index++) this.#offer(four[index]!, scratch[index]!)
    }
  }

  #offer(slot: number, product: number): void {
    const goodness = this.#goodness(slot, product)
    if (goodness >= this.#pool.floor)
      this.#pool.offer(goodness, { id: this.#rows.entries[slot]!.id, rows: this.#rows, slot })
  }

  #goodness(slot: number, product: number): number {
    const squaredNorm = this.#rows.squaredNorms[slot]!
    if (this.#metric === 'cosine') return cosine(product, squaredNorm * this.#squaredQuery)
    return this.#metric === 'dot-product' ? product : 2 * product - squaredNorm
  }
}

function scoreOf(metric: Metric, row: Float32Array, query: Float64Array, squaredNorms: number): number {
  if (metric === 'euclidean') return Math.sqrt(squaredDistance(row, query))
  const product = dot(row, query)
  // Without the sign of a negated zero.
  return metric === 'cosine' ? Math.max(-1, Math.min(1, cosine(product, squaredNorms))) : 0 - product
}

/** The cosine with a zero vector is taken as 0. */
const cosine = (product: number, squaredNorms: number): number =>
  squaredNorms === 0 ? 0 : product / Math.sqrt(squaredNorms)
