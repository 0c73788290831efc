import { allocateArrays, decodeArrays, itemNumbers } from './arrays.ts'
import { type Gathering, type Learner, type LearnInput, NO_BLOCKS } from './learner.ts'
import type { Visits } from './visits.ts'

/** Entries of row r: start[r] .. start[r + 1], columns ascending (CSR). */
export interface SparseRows {
  start: Int32Array
  column: Uint16Array | Int32Array
  value: Float32Array
}

/** Who wanted what, in both orders. */
export interface Matrix {
  /** Shoppers, visits or orders that have an entry. */
  rows: number
  /** Items. */
  columns: number
  byRow: SparseRows
  /** The transpose: rows are items, columns are rows of the former. */
  byColumn: SparseRows
}

export interface MatrixOptions {
  /** What a row is; an occasion is an order, or a visit without one. */
  unit: 'shopper' | 'visit' | 'basket' | 'occasion'
  /** A wish of this age counts half; null: age does not matter. */
  halfLifeMs: number | null
  /** Weaker wishes are left out; 1 leaves purchases. */
  minIntent?: number
}

const ENTRIES_PER_BREATH = 200_000
/** The most that age takes of a wish: 0 means that there was none. */
const FADE_MIN = 2 ** -40

const shapeOf = (columns: number) =>
  ({
    rowStart: 'Int32',
    rowColumn: itemNumbers(columns),
    rowValue: 'Float32',
    columnStart: 'Int32',
    columnRow: 'Int32',
    columnValue: 'Float32',
  }) as const

/** A learner without rows: a matrix that others depend on. */
export const matrixLearner = (name: string, options: MatrixOptions): Learner => ({
  name,
  version: 1,
  dependsOn: [],
  gather: (input) => gatherMatrix(input, options),
  open: () => NO_BLOCKS,
})

/**
 * The matrix of units and items: the strongest intent of the unit, faded by its age. One pass counts, a second fills the
 * buffer in place; memory is 10 bytes an entry (12 beyond what itemNumbers fits into two bytes), 4 a row and 8 an item.
 */
export function gatherMatrix(input: LearnInput, options: MatrixOptions): Gathering {
  const columns = input.items.length
  const reader = unitReader(input, options)
  const perColumn = new Int32Array(columns)
  let rows = 0
  let entries = 0
  let filled: ReturnType<typeof allocate> | null = null
  const allocate = () => {
    const shape = shapeOf(columns)
    const lengths = {
      rowStart: rows + 1,
      rowColumn: entries,
      rowValue: entries,
      columnStart: columns + 1,
      columnRow: entries,
      columnValue: entries,
    }
    const made = allocateArrays(shape, lengths, { rows, columns })
    const { columnStart } = made.arrays
    for (let column = 0; column < columns; column++) columnStart[column + 1] = columnStart[column]! + perColumn[column]!
    return { ...made, next: columnStart.slice(0, columns), row: 0, entry: 0 }
  }
  return {
    passes: 2,
    *bucket(pass, _bucket, visits) {
      if (pass === 0) {
        for (const unit of reader(visits)) {
          if (unit === null) yield
          else {
            rows += 1
            entries += unit.items.length
            for (const item of unit.items) perColumn[item]! += 1
          }
        }
        return
      }
      filled ??= allocate()
      const { arrays, next } = filled
      for (const unit of reader(visits)) {
        if (unit === null) {
          yield
          continue
        }
        for (const item of unit.items) {
          const value = unit.values[item]!
          arrays.rowColumn[filled.entry] = item
          arrays.rowValue[filled.entry++] = value
          const slot = next[item]!++
          arrays.columnRow[slot] = filled.row
          arrays.columnValue[slot] = value
        }
        arrays.rowStart[++filled.row] = filled.entry
      }
    },
    // biome-ignore lint/correctness/useYield: the buffer was filled in place
    *finish() {
      return (filled ?? allocate()).bytes
    },
  }
}

interface Unit {
  /** Ascending; valid until the next unit. */
  items: Int32Array
  /** By item. */
  values: Float32Array
}

/** Goes through a bucket's units; null is a place to breathe. */
function unitReader(input: LearnInput, { unit, halfLifeMs, minIntent = 0 }: MatrixOptions) {
  const values = new Float32Array(input.items.length)
  let touched = new Int32Array(1_024)
  let count = 0
  const add = (visits: Visits, entry: number, fade: number) => {
    const intent = visits.intent[entry]!
    if (intent <= 0 || intent < minIntent) return
    const item = visits.item[entry]!
    if (values[item] === 0) {
      if (count === touched.length) touched = grown(touched)
      touched[count++] = item
    }
    values[item] = Math.max(values[item]!, intent * fade)
  }
  const whole = function* (): Generator<Unit> {
    if (count === 0) return
    const items = touched.subarray(0, count).sort()
    yield { items, values }
    for (const item of items) values[item] = 0
    count = 0
  }
  const fadeOf = (visits: Visits, visit: number) =>
    halfLifeMs === null ? 1 : Math.max(FADE_MIN, 0.5 ** ((input.newestMs - visits.visitAt[visit]!) / halfLifeMs))
  return function* read(visits: Visits): Generator<Unit | null> {
    let work = 0
    for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
      for (let visit = visits.shopperStart[shopper]!; visit < visits.shopperStart[shopper + 1]!; visit++) {
        const fade = fadeOf(visits, visit)
        const from = visits.visitStart[visit]!
        const to = visits.visitStart[visit + 1]!
        work += to - from
        const baskets = unit === 'basket' || unit === 'occasion' ? basketsOf(visits, from, to) : []
        if (unit === 'basket' || baskets.length > 0) {
          for (const basket of baskets) {
            for (let entry = from; entry < to; entry++) if (visits.basket[entry] === basket) add(visits, entry, fade)
            yield* whole()
          }
          continue
        }
        for (let entry = from; entry < to; entry++) add(visits, entry, fade)
        if (unit !== 'shopper') yield* whole()
      }
      if (unit === 'shopper') yield* whole()
      if (work >= ENTRIES_PER_BREATH) {
        work = 0
        yield null
      }
    }
  }
}

function basketsOf(visits: Visits, from: number, to: number): number[] {
  const found: number[] = []
  for (let entry = from; entry < to; entry++) {
    const basket = visits.basket[entry]!
    if (basket > 0 && !found.includes(basket)) found.push(basket)
  }
  return found.sort((a, b) => a - b)
}

function grown(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2)
  larger.set(values)
  return larger
}

/** Views of a matrix's state; nothing is copied. */
export function openMatrix(state: Uint8Array): Matrix {
  const { rows, columns } = decodeArrays(state, {}).meta as { rows: number; columns: number }
  const { arrays } = decodeArrays(state, shapeOf(columns))
  return {
    rows,
    columns,
    byRow: { start: arrays.rowStart, column: arrays.rowColumn, value: arrays.rowValue },
    byColumn: { start: arrays.columnStart, column: arrays.columnRow, value: arrays.columnValue },
  }
}
