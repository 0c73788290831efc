import { inverseNorm } from './norm.ts'
import type { NamespaceRows } from './rows.ts'

export type Metric = 'cosine' | 'euclidean' | 'dot-product'

/**
 * How a metric is computed and read. `goodness` is higher-is-better inside; `score` is what the platform reports:
 * cosine in [-1, 1]; euclidean a distance (lower is better); dot-product negated (lower is better).
 */
export interface Scorer {
  goodness(slot: number): number
  score(goodness: number): number
}

/** Binds a query to one namespace's rows. `data` is read once: rows do not move during a query. */
export function scorer(metric: Metric, rows: NamespaceRows, query: Float32Array): Scorer {
  const { data, inverseNorms } = rows
  const width = query.length
  // Widened once: the same numbers, and one conversion less in every multiplication (a fifth of the time).
  const wide = Float64Array.from(query)
  if (metric === 'cosine') {
    const inverse = inverseNorm(query, 0, width)
    return { goodness: (slot) => dot(data, slot * width, wide) * inverseNorms[slot]! * inverse, score: (g) => g }
  }
  if (metric === 'euclidean') {
    return { goodness: (slot) => -squaredDistance(data, slot * width, wide), score: (g) => Math.sqrt(-g) }
  }
  return { goodness: (slot) => dot(data, slot * width, wide), score: (g) => -g }
}

/** Dot product of a row with the query. Four accumulators, two products each: a sole sum would wait for itself. */
export function dot(data: Float32Array, start: number, query: Float64Array): number {
  const width = query.length
  const unrolled = width - (width % 8)
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let i = 0, j = start; i < unrolled; i += 8, j += 8) {
    a += query[i]! * data[j]! + query[i + 4]! * data[j + 4]!
    b += query[i + 1]! * data[j + 1]! + query[i + 5]! * data[j + 5]!
    c += query[i + 2]! * data[j + 2]! + query[i + 6]! * data[j + 6]!
    d += query[i + 3]! * data[j + 3]! + query[i + 7]! * data[j + 7]!
  }
  for (let i = unrolled; i < width; i++) a += query[i]! * data[start + i]!
  return a + b + (c + d)
}

function squaredDistance(data: Float32Array, start: number, query: Float64Array): number {
  let sum = 0
  for (let i = 0; i < query.length; i++) {
    const delta = query[i]! - data[start + i]!
    sum += delta * delta
  }
  return sum
}
