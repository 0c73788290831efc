import type { Candidate } from '../recall/candidates.ts'

/** A signal that is against everybody still has an order. */
const SMALLEST_TOP = 1e-9

/** Room for one signal of a pool, used again by the next: nothing is kept in it. */
let room = new Float64Array(1_024)

/**
 * A signal of some candidates relative to all that recall brought: its share of the largest, and its rank. Each is
 * computed when it is first asked for, since most orders weigh one of the two.
 */
export class RelativeSignal {
  /** Of the candidates, as they are. */
  readonly #values: Float64Array
  /** Of the pool, those that say something; most signals are silent on most requests, and of most candidates on the others. */
  readonly #told: Float64Array
  readonly #silent: number
  readonly #scale: number
  #shares: Float64Array | null = null
  #ranks: Float64Array | null = null

  constructor(pool: readonly Candidate[], candidates: readonly Candidate[], signal: (candidate: Candidate) => number) {
    if (room.length < pool.length) room = new Float64Array(2 * pool.length)
    let told = 0
    let top = 0
    for (let at = 0; at < pool.length; at++) {
      const value = signal(pool[at]!)
      if (value === 0) continue
      room[told++] = value
      if (value > top) top = value
    }
    this.#told = room.slice(0, told)
    this.#silent = pool.length - told
    this.#scale = Math.max(top, SMALLEST_TOP)
    this.#values = new Float64Array(candidates.length)
    if (told > 0) for (let at = 0; at < candidates.length; at++) this.#values[at] = signal(candidates[at]!)
  }

  /** In [-1, 1], by the candidate's place in the list. */
  shares(): Float64Array {
    this.#shares ??= this.#shared()
    return this.#shares
  }

  /** -ln(1 + rank), the best 0; equal signals share the first's rank, the silent ones among themselves. */
  ranks(): Float64Array {
    this.#ranks ??= this.#ranked()
    return this.#ranks
  }

  #shared(): Float64Array {
    const shares = new Float64Array(this.#values.length)
    if (this.#told.length === 0) return shares
    for (let at = 0; at < shares.length; at++) shares[at] = Math.max(-1, Math.min(1, this.#values[at]! / this.#scale))
    return shares
  }

  #ranked(): Float64Array {
    const ranks = new Float64Array(this.#values.length)
    if (this.#told.length === 0) return ranks
    const sorted = this.#told.sort()
    const silentRank = minusLog1p(sorted.length - above(sorted, 0))
    for (let at = 0; at < ranks.length; at++) {
      const value = this.#values[at]!
      ranks[at] =
        value === 0 ? silentRank : minusLog1p(sorted.length - above(sorted, value) + (value < 0 ? this.#silent : 0))
    }
    return ranks
  }
}

/** Ranks that have been asked for, since a pool asks for the same ones feature after feature. */
let logs = new Float64Array(0)

function minusLog1p(rank: number): number {
  if (rank >= logs.length) logs = Float64Array.from({ length: 2 * rank + 512 }, (_, at) => -Math.log1p(at))
  return logs[rank]!
}

/** Where values larger than this begin in an ascending list. */
function above(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}
