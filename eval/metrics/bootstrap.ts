import { seededRng } from '../../shared/base/rng.ts'

export const RESAMPLES = 2_000

/** A mean with its 95 % interval. */
export interface Estimate {
  value: number
  lo: number
  hi: number
}

/** The observed mean of a column of values, and its mean in every resample. */
export interface Resampled {
  value: number
  means: Float64Array
}

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13) of many columns at
 * once: every column sees the same draws, so that the difference of two columns' means is that of a paired bootstrap.
 * @param clusters of each row: rows of one cluster (a user's tasks) are drawn together
 * @param columns values by row; NaN where a row has none
 */
export function resample(
  clusters: readonly string[],
  columns: readonly Float64Array[],
  seed: number,
  resamples = RESAMPLES,
): Resampled[] {
  const names = new Map<string, number>()
  const own = clusters.map((name) => {
    const known = names.get(name) ?? names.size
    names.set(name, known)
    return known
  })
  const summed = columns.map((column) => clustered(column, own, names.size))
  const results = summed.map(({ sum, count }) => ({
    value: total(sum) / total(count),
    means: new Float64Array(resamples),
  }))
  const rng = seededRng(seed)
  const drawn = new Float64Array(names.size)
  for (let round = 0; round < resamples; round++) {
    drawn.fill(0)
    for (let at = 0; at < names.size; at++) drawn[rng.int(names.size)]! += 1
    for (let at = 0; at < columns.length; at++) {
      const { sum, count } = summed[at]!
      results[at]!.means[round] = weighted(sum, drawn) / weighted(count, drawn)
    }
  }
  return results
}

export const estimate = ({ value, means }: Resampled): Estimate => ({ value, ...interval(means) })

/** Of the difference of two columns that were resampled together. */
export const difference = (a: Resampled, b: Resampled): Estimate => ({
  value: a.value - b.value,
  ...interval(a.means.map((mean, at) => mean - b.means[at]!)),
})

function interval(means: Float64Array): { lo: number; hi: number } {
  // A resample may hold no row that has the value.
  const sorted = means.filter((mean) => !Number.isNaN(mean)).sort()
  if (sorted.length === 0) return { lo: Number.NaN, hi: Number.NaN }
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { lo: at(0.025), hi: at(0.975) }
}

function clustered(column: Float64Array, own: readonly number[], size: number) {
  const sum = new Float64Array(size)
  const count = new Float64Array(size)
  for (const [row, cluster] of own.entries()) {
    const value = column[row]!
    if (Number.isNaN(value)) continue
    sum[cluster]! += value
    count[cluster]! += 1
  }
  return { sum, count }
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

function weighted(values: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]! * weights[at]!
  return sum
}
