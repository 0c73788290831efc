import type { Rng } from '../../shared/base/rng.ts'

/** Draws ranks from 0 to `size` - 1 by Zipf's law, through the cumulated distribution: the first most. */
export function zipf(size: number, exponent = 1): (rng: Rng) => number {
  const cumulated = new Float64Array(size)
  for (let rank = 0; rank < size; rank++) cumulated[rank] = (cumulated[rank - 1] ?? 0) + 1 / (rank + 1) ** exponent
  return (rng) => {
    const wanted = rng.next() * (cumulated[size - 1] ?? 0)
    let [low, high] = [0, size - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulated[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}
