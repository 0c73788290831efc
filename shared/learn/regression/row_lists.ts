/**
 * For the sums of products of a few sparse columns: which of them meet in a row. Columns are added in their order, twice:
 * first to be counted, then to be kept where a row has two or more.
 */
export class RowLists {
  readonly #slot: Int32Array
  #rows = new Int32Array(1_024)
  #rowCount = 0
  /** By place: the column's number in the order of adding, and the entry that it has in the row. */
  column = new Uint16Array(1_024)
  entry = new Int32Array(1_024)

  constructor(rows: number) {
    this.#slot = new Int32Array(rows)
  }

  count(row: number): void {
    const before = this.#slot[row]!
    this.#slot[row] = before + 1
    if (before > 0) return
    if (this.#rowCount === this.#rows.length) this.#rows = grown(this.#rows, this.#rowCount * 2)
    this.#rows[this.#rowCount++] = row
  }

  /** The rows that were counted so far. */
  each(use: (row: number) => void): void {
    const rows = this.#rows
    for (let at = 0, count = this.#rowCount; at < count; at++) use(rows[at]!)
  }

  /** Between the two rounds: makes room. */
  arrange(): void {
    let room = 0
    for (let at = 0; at < this.#rowCount; at++) {
      const row = this.#rows[at]!
      const size = this.#slot[row]!
      this.#slot[row] = size > 1 ? room : ALONE
      if (size > 1) room += size
    }
    if (room <= this.entry.length) return
    this.column = new Uint16Array(room * 2)
    this.entry = new Int32Array(room * 2)
  }

  keep(row: number, column: number, entry: number): void {
    const slot = this.#slot[row]!
    if (slot === ALONE) return
    this.column[slot] = column
    this.entry[slot] = entry
    this.#slot[row] = slot + 1
  }

  /** Rows with two or more columns, as their first place and the one behind their last; empties the lists. */
  drain(each: (row: number, from: number, to: number) => void): void {
    let from = 0
    for (let at = 0; at < this.#rowCount; at++) {
      const row = this.#rows[at]!
      const to = this.#slot[row]!
      this.#slot[row] = 0
      if (to === ALONE) continue
      each(row, from, to)
      from = to
    }
    this.#rowCount = 0
  }
}

/** Of a row that one column alone has an entry in. */
const ALONE = -1

function grown(values: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(values)
  return larger
}
