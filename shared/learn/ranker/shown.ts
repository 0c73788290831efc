import { DAY_MS } from '../../base/clock.ts'
import type { LearnInput } from '../learner.ts'
import type { Visits } from '../visits.ts'
import { type LearnedPurpose, pastBefore, type RankTask } from './tasks.ts'

/** What a shopper does this long after a shelf is what the shelf was there for. */
const OUTCOME_MS = DAY_MS

/** A shelf that somebody was shown: what it was made of, and nobody's name. */
export interface ShownShelf {
  /** The halves of the shopper's key. */
  high: number
  low: number
  atMs: number
  purpose: LearnedPurpose
  market: string
  seeds: readonly string[]
  cart: readonly string[]
  /** What was ranked for it, but for what stood there because of a rule. */
  candidates: readonly string[]
}

/** The name of the state that `shownStep` leaves: a JSON array of shelves. */
export const SHOWN = 'shown'

/** The shelves by shopper. */
export function shownByShopper(input: LearnInput): Map<string, ShownShelf[]> {
  const byShopper = new Map<string, ShownShelf[]>()
  for (const shelf of JSON.parse(new TextDecoder().decode(input.state(SHOWN))) as ShownShelf[]) {
    const key = `${shelf.high} ${shelf.low}`
    byShopper.set(key, [...(byShopper.get(key) ?? []), shelf])
  }
  return byShopper
}

/**
 * What shown shelves teach: of what was ranked, what the shopper then turned to within a day, whether it stood on the
 * shelf or not. A shelf of which nothing was wanted teaches nothing.
 */
export function* shownTasks(
  shelves: readonly ShownShelf[],
  visits: Visits,
  shopper: { key: string; from: number; to: number },
  input: LearnInput,
): Generator<RankTask, void> {
  for (const shelf of shelves) {
    if (isMidVisit(shelf, visits, shopper)) continue
    const wanted = turnedTo(shelf, visits, shopper, input)
    if (wanted.size === 0) continue
    const past = pastBefore(visits, shopper, shelf.atMs, input)
    const { purpose, market, seeds, cart, candidates, atMs } = shelf
    yield { purpose, market, seeds, cart, candidates, atMs, shopper: shopper.key, past, wanted }
  }
}

/** Of a visit only its beginning and its end are known: what of it came before a shelf and what after cannot be told apart. */
function isMidVisit(
  { atMs }: ShownShelf,
  { visitAt, visitEnd }: Visits,
  { from, to }: { from: number; to: number },
): boolean {
  for (let visit = from; visit < to; visit++) if (visitAt[visit]! < atMs && visitEnd[visit]! >= atMs) return true
  return false
}

function turnedTo(
  { atMs, candidates }: ShownShelf,
  visits: Visits,
  { from, to }: { from: number; to: number },
  { items }: LearnInput,
): Set<string> {
  const ranked = new Set(candidates)
  const wanted = new Set<string>()
  for (let visit = from; visit < to; visit++) {
    const at = visits.visitAt[visit]!
    if (at < atMs || at > atMs + OUTCOME_MS) continue
    for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++) {
      const id = items[visits.item[entry]!]!
      if (visits.intent[entry]! > 0 && ranked.has(id)) wanted.add(id)
    }
  }
  return wanted
}
