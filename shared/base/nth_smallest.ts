/**
 * The n-th smallest value, counted from 0, in linear time on average (Hoare 1961, "Algorithm 65: find").
 * @param values without NaN; left in another order
 * @returns undefined where there is no n-th
 */
export function nthSmallest(values: Float64Array, n: number): number | undefined {
  let low = 0
  let high = values.length - 1
  if (n < 0 || n > high) return undefined
  while (low < high) {
    const pivot = middleOf(values[low]!, values[(low + high) >> 1]!, values[high]!)
    let left = low
    let right = high
    while (left <= right) {
      while (values[left]! < pivot) left += 1
      while (values[right]! > pivot) right -= 1
      if (left > right) break
      const swapped = values[left]!
      values[left++] = values[right]!
      values[right--] = swapped
    }
    if (n <= right) high = right
    else if (n >= left) low = left
    else break
  }
  return values[n]
}

/** Of three, so that values in order, or all but equal, are no worst case. */
const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
