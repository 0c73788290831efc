/**
 * A row as a compressed index would have it: each value rounded to one of 255 steps of the row's largest. Vectorize scores
 * what it kept compressed unless values are asked for; how it compresses is not public, so this stands for any such form.
 */
export function coarse(row: Float32Array): Float32Array {
  let largest = 0
  for (const value of row) largest = Math.max(largest, Math.abs(value))
  if (largest === 0) return row
  const step = largest / 127
  return row.map((value) => Math.round(value / step) * step)
}
