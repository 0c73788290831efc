import type { RowLists } from './row_lists.ts'
import { VISIT_DECAY, VISITS_BACK, type VisitSequences } from './visit_sequences.ts'

/** DECAY[n] = VISIT_DECAY^n; RUN[n] = the sum of DECAY[0]^2 ... DECAY[n - 1]^2. By multiplication: equal everywhere. */
export const DECAY = new Float64Array(2 * VISITS_BACK + 1).fill(1)
export const RUN = new Float64Array(VISITS_BACK + 1)
for (let n = 1; n < DECAY.length; n++) DECAY[n] = DECAY[n - 1]! * VISIT_DECAY
for (let n = 1; n < RUN.length; n++) RUN[n] = RUN[n - 1]! + DECAY[n - 1]! ** 2

/** More items than a regression has candidates. */
const WIDTH = 256

/**
 * Sums, over a shopper's visits, the products of the decayed values of some items. From one visit with either of two
 * items to the next, their product is a geometric run with a closed sum; only where an item comes again is a run closed
 * before the shopper's end.
 */
export class RunProducts {
  readonly #sequences: VisitSequences
  /** Of the items of the shopper at hand: column, newest visit so far and its value, next entry. */
  readonly #column = new Int32Array(WIDTH)
  readonly #last = new Int32Array(WIDTH)
  readonly #value = new Float64Array(WIDTH)
  readonly #next = new Int32Array(WIDTH)
  #moments = new Float64Array(1_024)

  constructor(sequences: VisitSequences) {
    this.#sequences = sequences
  }

  /**
   * Adds a shopper's products.
   * @param into the lower triangle by rows of `size` numbers
   * @param lists from `from` to `to`: the items' columns, and the first entry of each with the shopper
   * @param lights products of two items before this place are left out
   * @param ends by column: where its entries end
   */
  add(
    into: Float64Array,
    size: number,
    shopper: number,
    lists: RowLists,
    from: number,
    lights: number,
    to: number,
    ends: Int32Array,
  ) {
    const count = to - from
    const heads = lights - from
    const moments = this.#begin(shopper, lists, from, count, ends)
    for (const moment of moments) {
      const visit = Math.floor(moment / WIDTH)
      const own = moment - visit * WIDTH
      if (this.#last[own]! >= 0) this.#close(into, size, own, own < heads ? heads : 0, count, visit)
      this.#last[own] = visit
      this.#value[own] = this.#sequences.itemIntent[this.#next[own]!++]!
    }
    const end = this.#sequences.visits[shopper]! - 1
    for (let own = Math.max(1, heads); own < count; own++) this.#close(into, size, own, 0, own, end)
  }

  /** @returns the visits with items that come again, in their order, each with its item */
  #begin(shopper: number, lists: RowLists, from: number, count: number, ends: Int32Array): Float64Array {
    const { itemVisit, itemIntent, itemShopper } = this.#sequences
    let moments = 0
    for (let own = 0; own < count; own++) {
      const first = lists.entry[from + own]!
      const column = lists.column[from + own]!
      const end = ends[column]!
      this.#column[own] = column
      this.#next[own] = first
      // An item that comes once may stand here from the beginning: its runs begin with it all the same.
      this.#last[own] = itemVisit[first]!
      this.#value[own] = itemIntent[first]!
      if (first + 1 === end || itemShopper[first + 1] !== shopper) continue
      this.#last[own] = -1
      for (let entry = first; entry < end && itemShopper[entry] === shopper; entry++) {
        if (moments === this.#moments.length) this.#moments = grown(this.#moments)
        this.#moments[moments++] = itemVisit[entry]! * WIDTH + own
      }
    }
    return this.#moments.subarray(0, moments).sort()
  }

  /** Closes the runs of an item with those of the numbers from `from` on and below `to`, at a visit. */
  #close(into: Float64Array, size: number, own: number, from: number, to: number, visit: number): void {
    const columns = this.#column
    const lasts = this.#last
    const last = lasts[own]!
    const value = this.#value[own]!
    const column = columns[own]!
    for (let other = from; other < to; other++) {
      const lastOther = lasts[other]!
      if (lastOther < 0 || other === own) continue
      const begin = Math.max(last, lastOther)
      const oldest = Math.min(last, lastOther)
      const end = Math.min(visit, oldest + VISITS_BACK)
      if (end <= begin) continue
      const columnOther = columns[other]!
      const place = columnOther < column ? column * size + columnOther : columnOther * size + column
      into[place]! += value * this.#value[other]! * DECAY[begin - oldest]! * RUN[end - begin]!
    }
  }
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length)
  larger.set(values)
  return larger
}
