import type { Matrix } from '../matrix.ts'

/**
 * Levels visits without a purchase against orders, in place: together they weigh no more than the orders do, so that a
 * hundred looks an order do not drown what is bought together. A shop without orders learns from its visits alone. The
 * weight of a row is the sum of its products of two items.
 */
export function levelOccasions({ byRow, byColumn, rows }: Matrix): void {
  const isOrder = new Uint8Array(rows)
  let orders = 0
  let visits = 0
  for (let row = 0; row < rows; row++) {
    let sum = 0
    let squares = 0
    let strongest = 0
    for (let at = byRow.start[row]!; at < byRow.start[row + 1]!; at++) {
      const value = byRow.value[at]!
      sum += value
      squares += value ** 2
      strongest = Math.max(strongest, value)
    }
    // Nothing but a purchase is 1, and an order has nothing else.
    isOrder[row] = strongest === 1 ? 1 : 0
    if (strongest === 1) orders += sum ** 2 - squares
    else visits += sum ** 2 - squares
  }
  if (orders === 0 || visits <= orders) return
  const share = Math.sqrt(orders / visits)
  for (let row = 0; row < rows; row++)
    if (isOrder[row] === 0) for (let at = byRow.start[row]!; at < byRow.start[row + 1]!; at++) byRow.value[at]! *= share
  for (let at = 0; at < byColumn.value.length; at++)
    if (isOrder[byColumn.column[at]!] === 0) byColumn.value[at]! *= share
}
