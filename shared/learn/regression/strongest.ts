/**
 * The items of the largest scores among those offered: a heap with the weakest on top (Cormen et al. 2022, section 6.5).
 * Of equal scores the smaller number is the stronger, so that what is kept does not depend on the order of the offers.
 */
export class Strongest {
  readonly #capacity: number
  readonly #item: Int32Array
  readonly #score: Float64Array
  #size = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#item = new Int32Array(capacity)
    this.#score = new Float64Array(capacity)
  }

  /** An item is offered once between two calls of `take`. */
  offer(item: number, score: number): void {
    if (this.#size < this.#capacity) {
      this.#up(this.#size++, item, score)
    } else if (weaker(this.#score[0]!, this.#item[0]!, score, item)) {
      this.#down(item, score)
    }
  }

  /** The kept, strongest first; the heap is empty afterwards. */
  take(): number[] {
    const order = Array.from({ length: this.#size }, (_, at) => at)
    order.sort((a, b) => (weaker(this.#score[a]!, this.#item[a]!, this.#score[b]!, this.#item[b]!) ? 1 : -1))
    this.#size = 0
    return order.map((at) => this.#item[at]!)
  }

  #up(from: number, item: number, score: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!weaker(score, item, this.#score[parent]!, this.#item[parent]!)) break
      this.#move(parent, at)
      at = parent
    }
    this.#item[at] = item
    this.#score[at] = score
  }

  /** Puts another in the place of the weakest. */
  #down(item: number, score: number): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) break
      const right = child + 1
      if (right < this.#size && this.#isWeaker(right, child)) child = right
      if (!weaker(this.#score[child]!, this.#item[child]!, score, item)) break
      this.#move(child, at)
      at = child
    }
    this.#item[at] = item
    this.#score[at] = score
  }

  #isWeaker(a: number, b: number): boolean {
    return weaker(this.#score[a]!, this.#item[a]!, this.#score[b]!, this.#item[b]!)
  }

  #move(from: number, to: number): void {
    this.#item[to] = this.#item[from]!
    this.#score[to] = this.#score[from]!
  }
}

const weaker = (score: number, item: number, otherScore: number, otherItem: number): boolean =>
  score < otherScore || (score === otherScore && item > otherItem)
