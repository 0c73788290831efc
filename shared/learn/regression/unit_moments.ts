import type { Matrix } from '../matrix.ts'
import { CrossSums, type Moments } from './moments.ts'
import { RowLists } from './row_lists.ts'

/** Of items that stand in the same row: wanted by one shopper, or on one occasion. */
export function unitMoments(matrix: Matrix): Moments {
  const { byRow, byColumn, columns } = matrix
  const mass = squaresOf(matrix)
  const crossed = new CrossSums(columns)
  const lists = new RowLists(matrix.rows)
  const addRow = (into: Float64Array, size: number) => {
    const { column, entry } = lists
    const { value } = byColumn
    return (_row: number, from: number, to: number) => {
      for (let at = from + 1; at < to; at++) {
        const base = column[at]! * size
        const own = value[entry[at]!]!
        for (let before = from; before < at; before++) into[base + column[before]!]! += own * value[entry[before]!]!
      }
    }
  }
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
    gram(anchors, into) {
      const size = anchors.length
      into.fill(0, 0, size * size)
      let steps = 0
      for (const anchor of anchors) {
        for (let at = byColumn.start[anchor]!; at < byColumn.start[anchor + 1]!; at++) lists.count(byColumn.column[at]!)
        steps += byColumn.start[anchor + 1]! - byColumn.start[anchor]!
      }
      lists.arrange()
      for (let own = 0; own < size; own++) {
        const anchor = anchors[own]!
        for (let at = byColumn.start[anchor]!; at < byColumn.start[anchor + 1]!; at++)
          lists.keep(byColumn.column[at]!, own, at)
        into[own * size + own] = mass[anchor]!
      }
      lists.drain(addRow(into, size))
      return 4 * steps
    },
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
