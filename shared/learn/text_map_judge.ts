/** Measures of scores of hidden items (columns) for shoppers (rows). */
export interface Grid {
  rows: number
  columns: number
  /** Row-major. */
  values: Float32Array
}

export const gridOf = (rows: number, columns: number): Grid => ({
  rows,
  columns,
  values: new Float32Array(rows * columns),
})

const SHOWN = 10
const SHOPPERS_MIN = 5

/** Takes every row's mean off, in place. @returns the standard deviation of what is left */
export function centred({ rows, columns, values }: Grid): number {
  let squares = 0
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += values[at]!
    for (let at = row * columns; at < (row + 1) * columns; at++) {
      values[at]! -= sum / columns
      squares += values[at]! ** 2
    }
  }
  return Math.sqrt(squares / Math.max(1, rows * columns))
}

/** Mean over columns of the probability that who wants it has a larger score than who does not; ties count half. */
export function aucOf(scores: Grid, wanted: Grid): number {
  const { rows, columns } = scores
  let sum = 0
  let judged = 0
  const own = new Float64Array(rows)
  for (let column = 0; column < columns; column++) {
    let positives = 0
    for (let row = 0; row < rows; row++)
      if (wanted.values[row * columns + column] === 1) own[positives++] = scores.values[row * columns + column]!
    if (positives < SHOPPERS_MIN || positives === rows) continue
    const sorted = own.subarray(0, positives).sort()
    let below = 0
    for (let row = 0; row < rows; row++) {
      if (wanted.values[row * columns + column] === 1) continue
      const value = scores.values[row * columns + column]!
      below += (placeOf(sorted, value, false) + placeOf(sorted, value, true)) / 2
    }
    // `below` counts positives at or below each of the others.
    sum += 1 - below / (positives * (rows - positives))
    judged += 1
  }
  return judged === 0 ? 0.5 : sum / judged
}

/** How many of the sorted values are smaller than `value`, or not larger. */
function placeOf(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}

/** Share of the rows with a wanted column that have one among their ten best; ties go to earlier columns. */
export function hitsOf(scores: Grid, wanted: Grid): number {
  const { rows, columns } = scores
  let hits = 0
  let judged = 0
  for (let row = 0; row < rows; row++) {
    const from = row * columns
    let best = -1
    for (let column = 0; column < columns; column++)
      if (
        wanted.values[from + column] === 1 &&
        (best === -1 || scores.values[from + column]! > scores.values[from + best]!)
      )
        best = column
    if (best === -1) continue
    judged += 1
    let above = 0
    for (let column = 0; column < columns; column++) {
      const value = scores.values[from + column]!
      if (value > scores.values[from + best]! || (value === scores.values[from + best]! && column < best)) above += 1
    }
    if (above < SHOWN) hits += 1
  }
  return judged === 0 ? 0 : hits / judged
}
