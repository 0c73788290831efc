/**
 * What a regression of items on items needs of its data: sums of products of columns, taken from the data as they are
 * asked for. The matrix of all of them would have a number for every pair of items.
 */
export interface Moments {
  readonly items: number
  /** Whether an item may explain itself: what is wanted today says so of tomorrow. */
  readonly self: boolean
  /** The sum of squares of each item's column, as what explains and as what is explained. */
  readonly anchorMass: Float64Array
  readonly targetMass: Float64Array
  /**
   * How much of chance there is in the sums: the squared length of a row that a random unit of mass stands in,
   * sum(row total^2) / sum(row total) * sum(value^2) / sum(value). For ones and zeros it is the number of entries in
   * the row of a random entry. It grows with the square of the values, as the sums do.
   */
  readonly crowding: number
  /** Sums of the products of a target with every anchor. @returns the steps that it took */
  cross(target: number): number
  /** Of the last `cross`: anchors with a sum, and by anchor the sum and the number of rows in it. */
  readonly crossed: Crossed
  /** Sums of the products of anchors with each other, as the lower triangle by rows. @returns the steps that it took */
  gram(anchors: Int32Array, into: Float64Array): number
}

export interface Crossed {
  /** Anchors that have a sum, in no order. */
  touched(): Int32Array
  dot: Float64Array
  shared: Int32Array
}

/** Sums by item that are emptied where they were touched alone. */
export class CrossSums implements Crossed {
  readonly dot: Float64Array
  readonly shared: Int32Array
  readonly #touched: Int32Array
  #count = 0

  constructor(items: number) {
    this.dot = new Float64Array(items)
    this.shared = new Int32Array(items)
    this.#touched = new Int32Array(items)
  }

  touched(): Int32Array {
    return this.#touched.subarray(0, this.#count)
  }

  add(item: number, product: number): void {
    if (this.shared[item] === 0) this.#touched[this.#count++] = item
    this.shared[item]! += 1
    this.dot[item]! += product
  }

  clear(): void {
    for (let at = 0; at < this.#count; at++) {
      const item = this.#touched[at]!
      this.dot[item] = 0
      this.shared[item] = 0
    }
    this.#count = 0
  }
}
