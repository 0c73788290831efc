import type { Tally } from '../store/operations/gate_tallies.ts'
import { NO_SUMS, plus, type Sums } from './bounds.ts'

/** Preferences as observations of -1, 0 and 1. */
export const preferencesOf = (tallies: readonly Tally[]): Sums =>
  tallies.reduce(
    (sums, { shelves, wins, losses }) => plus(sums, { n: shelves, sum: wins - losses, squares: wins + losses }),
    NO_SUMS,
  )

export const liftsOf = (tallies: readonly Tally[]): Sums =>
  tallies.reduce((sums, { shelves, lift, squares }) => plus(sums, { n: shelves, sum: lift, squares }), NO_SUMS)

/** Tallies by day, oldest first. */
export function byDay(tallies: readonly Tally[]): Tally[][] {
  const days = new Map<string, Tally[]>()
  for (const tally of tallies) days.set(tally.day, [...(days.get(tally.day) ?? []), tally])
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own)
}
