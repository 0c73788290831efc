/** A seeded source of randomness: uniform numbers in [0, 1). */
export interface Rng {
  next(): number
  /** A whole number in [0, below). */
  int(below: number): number
  /** One element; throws on an empty list. */
  pick<T>(list: readonly T[]): T
  /** A new list in random order (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[]
}

/** mulberry32: 32 bits of state, enough for simulation and sampling; never for secrets. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('pick() from an empty list')
      return list[int(list.length)]!
    },
    shuffle: (list) => {
      const copy = [...list]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1)
        const held = copy[i]!
        copy[i] = copy[j]!
        copy[j] = held
      }
      return copy
    },
  }
}
