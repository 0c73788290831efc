import { HABIT_FADE } from '../domain/habits.ts'

/** Adds up one shopper's purchases, oldest visit first, and is then cleared for the next. */
export function createShopperHabits(items: number) {
  const times = new Int32Array(items)
  const firstVisit = new Int32Array(items)
  const lastVisit = new Int32Array(items)
  const firstMs = new Float64Array(items)
  const lastMs = new Float64Array(items)
  const units = new Float64Array(items)
  /** HABIT_FADE ** (visits since), summed, as of the item's last visit. */
  const faded = new Float64Array(items)
  const now = new Float64Array(items)
  const touched: number[] = []
  let visits = 0
  let repeats = 0
  let lines = 0
  let inVisit = false
  let atMs = 0
  let untilMs = 0
  const decayed = (item: number) => faded[item]! * HABIT_FADE ** (visits - 1 - lastVisit[item]!)
  return {
    /** Different items so far. */
    get count() {
      return touched.length
    },
    visit(visitMs: number, endMs: number) {
      inVisit = false
      atMs = visitMs
      untilMs = endMs
    },
    /** Once an item and visit. */
    bought(item: number, quantity: number) {
      if (!inVisit) visits += 1
      inVisit = true
      const visit = visits - 1
      lines += 1
      if (times[item] === 0) {
        touched.push(item)
        firstVisit[item] = visit
        firstMs[item] = atMs
        faded[item] = 1
      } else {
        repeats += 1
        faded[item] = faded[item]! * HABIT_FADE ** (visit - lastVisit[item]!) + 1
      }
      times[item]! += 1
      units[item]! += quantity
      lastVisit[item] = visit
      lastMs[item] = untilMs
    },
    totals: () => ({ visits, repeats, lines }),
    /**
     * By item: visits in which it was bought, the first and last of these by number, when the first began and the last
     * ended, and pieces.
     */
    times,
    firstVisit,
    lastVisit,
    firstMs,
    lastMs,
    units,
    /** HABIT_FADE ** (visits since), summed over an item's purchases. */
    decayed,
    /** Often and lately first, at most so many; equals by number. */
    mostHabitual(most: number): readonly number[] {
      for (const item of touched) now[item] = decayed(item)
      touched.sort((a, b) => now[b]! - now[a]! || lastVisit[b]! - lastVisit[a]! || a - b)
      return touched.length <= most ? touched : touched.slice(0, most)
    },
    clear() {
      for (const item of touched) {
        times[item] = 0
        units[item] = 0
      }
      touched.length = 0
      visits = 0
      repeats = 0
      lines = 0
      inVisit = false
    },
  }
}
