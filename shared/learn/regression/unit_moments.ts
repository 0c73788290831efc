import type { Matrix } from '../matrix.ts'
import { createGram, type GramSource } from './gram.ts'
import { CrossSums, type Moments } from './moments.ts'

/**
 * Of items that stand in the same row: wanted by one shopper, or on one occasion.
 * @param entriesMax items with more entries are heads (heads.ts)
 */
export function unitMoments(matrix: Matrix, entriesMax?: number): Moments {
  const { byRow, byColumn, columns } = matrix
  const mass = squaresOf(matrix)
  const crossed = new CrossSums(columns)
  const gram = createGram({
    columns: { rows: matrix.rows, items: columns, start: byColumn.start, row: byColumn.column },
    mass,
    adding: addingTo(matrix),
    ...(entriesMax === undefined ? {} : { entriesMax }),
  })
  return {
    items: columns,
    self: false,
    anchorMass: mass,
    targetMass: mass,
    crowding: crowdingOf(matrix),
    crossed,
    cross(target) {
      crossed.clear()
      let steps = 0
      for (let at = byColumn.start[target]!; at < byColumn.start[target + 1]!; at++) {
        const row = byColumn.column[at]!
        const own = byColumn.value[at]!
        const end = byRow.start[row + 1]!
        for (let entry = byRow.start[row]!; entry < end; entry++)
          crossed.add(byRow.column[entry]!, own * byRow.value[entry]!)
        steps += end - byRow.start[row]!
      }
      return steps
    },
    gram: (anchors, into) => 4 * gram(anchors, into),
  }
}

/** Adds the products of what stands in a row; see AddRow. */
function addingTo({ byColumn: { value } }: Matrix): GramSource['adding'] {
  return ({ length: size }, into, { column, entry }) =>
    (_row, from, lights, to) => {
      for (let at = Math.max(from + 1, lights); at < to; at++) {
        const own = value[entry[at]!]!
        const place = column[at]!
        const base = place * size
        for (let before = from; before < lights; before++) {
          const head = column[before]!
          into[head < place ? base + head : head * size + place]! += own * value[entry[before]!]!
        }
        // Those rise, so that none lies behind.
        for (let before = lights; before < at; before++) into[base + column[before]!]! += own * value[entry[before]!]!
      }
    }
}

function squaresOf({ byColumn, columns }: Matrix): Float64Array {
  const squares = new Float64Array(columns)
  for (let item = 0; item < columns; item++) {
    let sum = 0
    for (let at = byColumn.start[item]!; at < byColumn.start[item + 1]!; at++) sum += byColumn.value[at]! ** 2
    squares[item] = sum
  }
  return squares
}

function crowdingOf({ byRow, rows }: Matrix): number {
  let total = 0
  let squares = 0
  let totalSquares = 0
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let at = byRow.start[row]!; at < byRow.start[row + 1]!; at++) {
      sum += byRow.value[at]!
      squares += byRow.value[at]! ** 2
    }
    total += sum
    totalSquares += sum * sum
  }
  return total === 0 ? 1 : (totalSquares / total) * (squares / total)
}
