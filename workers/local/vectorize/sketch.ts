/**
 * A coarse form of the rows of one block, small enough to be read much faster than the rows: every value as one of 15
 * steps, two values a byte, column after column. What it leaves out is known per row, so it bounds a product from above
 * and a search can pass over most rows without reading them (Cauchy and Schwarz: |q.x - q.x'| <= |q| |x - x'|).
 */
export interface Sketch {
  /** `codes[pair * rows + row]`: values 2 pair and 2 pair + 1 of a row, four bits each. */
  codes: Uint8Array
  rows: number
  /** The size of one step of each row. */
  steps: Float64Array
  /** The length of what each row's sketch leaves out. */
  residuals: Float64Array
}

/** Steps to each side of zero. */
const SIDE = 7
/** Combinations of two codes of four bits. */
const PAIRS = 256
/** Pairs of columns that are summed in one pass over the rows. */
const TOGETHER = 8

export function sketchOf(block: Float32Array, width: number): Sketch {
  const rows = block.length / width
  const codes = new Uint8Array(Math.ceil(width / 2) * rows)
  const steps = new Float64Array(rows)
  const residuals = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const start = row * width
    let largest = 0
    for (let i = 0; i < width; i++) largest = Math.max(largest, Math.abs(block[start + i]!))
    const step = largest === 0 ? 1 : largest / SIDE
    let residual = 0
    let squaredNorm = 0
    for (let i = 0; i < width; i++) {
      const level = Math.round(block[start + i]! / step)
      const left = block[start + i]! - level * step
      residual += left * left
      squaredNorm += block[start + i]! * block[start + i]!
      codes[(i >> 1) * rows + row]! |= (level + SIDE) << (4 * (i & 1))
    }
    steps[row] = step
    // Sums round: a bound may be too high, and never too low.
    residuals[row] = Math.sqrt(residual) + 1e-9 * Math.sqrt(squaredNorm)
  }
  return { codes, rows, steps, residuals }
}

/** What each pair of codes adds to a product with this query, in steps. */
export function tablesOf(query: Float64Array): Float64Array {
  const pairs = Math.ceil(query.length / 2)
  const tables = new Float64Array(pairs * PAIRS)
  for (let pair = 0; pair < pairs; pair++) {
    const first = query[2 * pair]!
    const second = query[2 * pair + 1] ?? 0
    for (let code = 0; code < PAIRS; code++)
      tables[pair * PAIRS + code] = first * ((code & 15) - SIDE) + second * ((code >> 4) - SIDE)
  }
  return tables
}

/** Upper bounds of the products of the query with each row, into `out`. `length` is the query's. */
export function boundProducts(sketch: Sketch, tables: Float64Array, length: number, out: Float64Array): void {
  const { codes, rows, steps, residuals } = sketch
  const pairs = tables.length / PAIRS
  out.fill(0, 0, rows)
  let pair = 0
  for (; pair + TOGETHER <= pairs; pair += TOGETHER) sumEight(codes, rows, pair, tables, out)
  for (; pair < pairs; pair++) {
    const column = pair * rows
    const table = pair * PAIRS
    for (let row = 0; row < rows; row++) out[row]! += tables[table + codes[column + row]!]!
  }
  for (let row = 0; row < rows; row++) out[row] = steps[row]! * out[row]! + length * residuals[row]!
}

/** Eight pairs of columns: their codes and tables stay in the nearest cache. */
function sumEight(codes: Uint8Array, rows: number, pair: number, tables: Float64Array, out: Float64Array): void {
  const table = pair * PAIRS
  for (let row = 0, at = pair * rows; row < rows; row++, at++) {
    out[row]! +=
      tables[table + codes[at]!]! +
      tables[table + 256 + codes[at + rows]!]! +
      tables[table + 512 + codes[at + 2 * rows]!]! +
      tables[table + 768 + codes[at + 3 * rows]!]! +
      (tables[table + 1_024 + codes[at + 4 * rows]!]! +
        tables[table + 1_280 + codes[at + 5 * rows]!]! +
        tables[table + 1_536 + codes[at + 6 * rows]!]! +
        tables[table + 1_792 + codes[at + 7 * rows]!]!)
  }
}
