/**
 * The k best of a stream, in a binary heap with the worst at its root. Equal goodness is ordered by id, so that the
 * answer does not depend on the order in which rows were written.
 */
export class TopK<Payload extends { id: string }> {
  /** How many are kept. */
  readonly size: number
  readonly #goodness: number[] = []
  readonly #payloads: Payload[] = []

  constructor(size: number) {
    this.size = size
  }

  /** A goodness below this cannot enter; a caller may skip building the payload. */
  get floor(): number {
    return this.#goodness.length < this.size ? Number.NEGATIVE_INFINITY : this.#goodness[0]!
  }

  offer(goodness: number, payload: Payload): void {
    if (this.#goodness.length < this.size) {
      this.#goodness.push(goodness)
      this.#payloads.push(payload)
      this.#rise(this.#goodness.length - 1)
    } else if (this.size > 0 && worse(this.#goodness[0]!, this.#payloads[0]!.id, goodness, payload.id)) {
      this.#goodness[0] = goodness
      this.#payloads[0] = payload
      this.#sink()
    }
  }

  /** Best first. */
  sorted(): { goodness: number; payload: Payload }[] {
    return this.#goodness
      .map((goodness, i) => ({ goodness, payload: this.#payloads[i]! }))
      .sort((a, b) => (worse(a.goodness, a.payload.id, b.goodness, b.payload.id) ? 1 : -1))
  }

  #worseAt(a: number, b: number): boolean {
    return worse(this.#goodness[a]!, this.#payloads[a]!.id, this.#goodness[b]!, this.#payloads[b]!.id)
  }

  #swap(a: number, b: number): void {
    const goodness = this.#goodness[a]!
    const payload = this.#payloads[a]!
    this.#goodness[a] = this.#goodness[b]!
    this.#payloads[a] = this.#payloads[b]!
    this.#goodness[b] = goodness
    this.#payloads[b] = payload
  }

  #rise(from: number): void {
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#worseAt(i, parent)) return
      this.#swap(i, parent)
      i = parent
    }
  }

  #sink(): void {
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const right = left + 1
      let worst = i
      if (left < this.#goodness.length && this.#worseAt(left, worst)) worst = left
      if (right < this.#goodness.length && this.#worseAt(right, worst)) worst = right
      if (worst === i) return
      this.#swap(i, worst)
      i = worst
    }
  }
}

/** Whether (goodness a, id a) ranks behind (goodness b, id b). */
function worse(goodnessA: number, idA: string, goodnessB: number, idB: string): boolean {
  return goodnessA !== goodnessB ? goodnessA < goodnessB : idA > idB
}
