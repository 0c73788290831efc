import { logEvidenceAt, negated, RATES, type Sums } from './bounds.ts'

/**
 * Whether a mean has fallen below `mean` at some moment, whatever it was before: the sum over all days of the evidence
 * since that day (Shiryaev and Roberts' rule over e-processes: Shin, Ramdas and Rinaldo 2024, "E-detectors: a
 * nonparametric framework for sequential change detection", NEJSDS). Evidence from when all was well does not outweigh what
 * comes now, as it would in a mean over all days.
 * @param days sums of each day, oldest first
 * @param everyDays false alarms are on average at least this many days apart
 */
export function hasFallen(days: readonly Sums[], mean: number, everyDays: number): boolean {
  const since = RATES.map(() => 0)
  for (const day of days) {
    let total = 0
    for (const [at, rate] of RATES.entries()) {
      since[at] = (since[at]! + 1) * Math.exp(logEvidenceAt(rate, negated(day), -mean))
      total += since[at]!
    }
    if (total / RATES.length >= everyDays) return true
  }
  return false
}
