/** Oracles of regression: short, dense and slow. */

/** Solves A x = b by elimination with row pivoting. */
export function gauss(a: readonly number[][], b: readonly number[]): number[] {
  const rows = a.map((row, at) => [...row, b[at]!])
  const size = b.length
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row
    const held = rows[column]!
    rows[column] = rows[pivot]!
    rows[pivot] = held
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rows[row]![column]! / rows[column]![column]!
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!
    }
  }
  return rows.map((row, at) => row[size]! / row[at]!)
}

/** Rows of what explains (x) and of what is explained (y): values by item. */
export type DenseRows = ReadonlyArray<{ x: ReadonlyMap<string, number>; y: ReadonlyMap<string, number> }>

/** sum(row total^2) / sum(total) * sum(value^2) / sum(value) */
export function denseCrowding(rows: DenseRows): number {
  let total = 0
  let totalSquares = 0
  let squares = 0
  for (const { x } of rows) {
    const sum = [...x.values()].reduce((all, value) => all + value, 0)
    total += sum
    totalSquares += sum ** 2
    for (const value of x.values()) squares += value ** 2
  }
  return (totalSquares / total) * (squares / total)
}

/** What every item adds to every other: `anchor target` to weight, all anchors that meet the target being candidates. */
export function denseWeights(rows: DenseRows, lambda: number, self: boolean): Map<string, number> {
  const items = [...new Set(rows.flatMap(({ x, y }) => [...x.keys(), ...y.keys()]))].sort()
  const at = (of: ReadonlyMap<string, number>, item: string) => of.get(item) ?? 0
  const weights = new Map<string, number>()
  for (const target of items) {
    const cross = (anchor: string) => rows.reduce((sum, { x, y }) => sum + at(x, anchor) * at(y, target), 0)
    const anchors = items.filter((anchor) => (self || anchor !== target) && cross(anchor) > 0)
    if (anchors.length === 0) continue
    const gram = anchors.map((a) =>
      anchors.map((b) => rows.reduce((sum, { x }) => sum + at(x, a) * at(x, b), a === b ? lambda : 0)),
    )
    for (const [index, weight] of gauss(gram, anchors.map(cross)).entries())
      weights.set(`${anchors[index]} ${target}`, weight)
  }
  return weights
}
