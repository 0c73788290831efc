/** Sums over float32 rows in float64: the inner loops of a search. */

export function squaredNorm(row: Float32Array): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += row[i]! * row[i]!
  return sum
}

export function dot(row: Float32Array, query: Float64Array): number {
  let sum = 0
  for (let i = 0; i < query.length; i++) sum += query[i]! * row[i]!
  return sum
}

export function squaredDistance(row: Float32Array, query: Float64Array): number {
  let sum = 0
  for (let i = 0; i < query.length; i++) {
    const delta = query[i]! - row[i]!
    sum += delta * delta
  }
  return sum
}

/**
 * Dot products of the first `rows` rows of a block with the query, into `out`. Four rows at a time: each value of the
 * query is read once for four products, and four sums do not wait for each other (two thirds of the time of one row at a
 * time). The block must hold a multiple of four rows; those beyond `rows` are summed in vain.
 */
export function dots(block: Float32Array, query: Float64Array, rows: number, out: Float64Array): void {
  const width = query.length
  for (let row = 0; row < rows; row += 4) {
    const first = row * width
    const second = first + width
    const third = second + width
    const fourth = third + width
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = 0; i < width; i++) {
      const value = query[i]!
      a += value * block[first + i]!
      b += value * block[second + i]!
      c += value * block[third + i]!
      d += value * block[fourth + i]!
    }
    out[row] = a
    out[row + 1] = b
    out[row + 2] = c
    out[row + 3] = d
  }
}

/** Dot products of four rows that lie anywhere, into the first four of `out`; the sums are those of `dot`. */
export function dotFour(rows: readonly Float32Array[], query: Float64Array, out: Float64Array): void {
  const [first, second, third, fourth] = rows as [Float32Array, Float32Array, Float32Array, Float32Array]
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let i = 0; i < query.length; i++) {
    const value = query[i]!
    a += value * first[i]!
    b += value * second[i]!
    c += value * third[i]!
    d += value * fourth[i]!
  }
  out[0] = a
  out[1] = b
  out[2] = c
  out[3] = d
}
