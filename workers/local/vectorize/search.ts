import { coarse } from './coarse.ts'
import type { Predicate } from './filter.ts'
import { dot, dots, squaredDistance, squaredNorm } from './kernel.ts'
import { BLOCK_ROWS, type NamespaceRows } from './rows.ts'
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
  for (const rows of namespaces) scan(rows, query, squaredQuery, request, pool)
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
function scan(
  rows: NamespaceRows,
  query: Float64Array,
  squaredQuery: number,
  { metric, predicate }: SearchRequest,
  pool: TopK<Omit<Found, 'score'>>,
): void {
  const { squaredNorms, entries } = rows
  for (const [at, block] of rows.blocks.entries()) {
    const start = at * BLOCK_ROWS
    const count = Math.min(rows.count - start, BLOCK_ROWS)
    if (predicate === null) dots(block, query, count, scratch)
    for (let row = 0; row < count; row++) {
      const slot = start + row
      if (predicate !== null) {
        if (!predicate(entries[slot]!.indexed)) continue
        scratch[row] = dot(rows.view(slot), query)
      }
      const product = scratch[row]!
      const goodness =
        metric === 'cosine'
          ? cosine(product, squaredNorms[slot]! * squaredQuery)
          : metric === 'dot-product'
            ? product
            : 2 * product - squaredNorms[slot]!
      if (goodness >= pool.floor) pool.offer(goodness, { id: entries[slot]!.id, rows, slot })
    }
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
