import { seededRng } from '../../../shared/base/rng.ts'
import type { Estimate } from '../../metrics/bootstrap.ts'
import { MEASURES, type Measure, type Measures, measure, type ShopperLog } from './measures.ts'
import type { Logs } from './play.ts'

export type Told = Record<Measure, Estimate>

/** The measures of one policy's shoppers, and of every resample of them. */
export interface Resampled {
  value: Measures
  rounds: Measures[]
}

/**
 * Percentile bootstrap over shoppers (Efron and Tibshirani 1993, chapter 13): a shopper is drawn with all shelves. The same
 * seed and number of shoppers give the same draws, so that two policies that were played on the same shoppers are compared
 * pair by pair. Intervals are moved by the bias of the resamples: a resample repeats shoppers, and so covers fewer items.
 */
export function resample(logs: Iterable<ShopperLog>, items: number, seed: number, rounds: number): Resampled {
  const list = [...logs]
  const rng = seededRng(seed)
  const times = new Float64Array(list.length)
  return {
    value: measure(list, times.fill(1), items),
    rounds: Array.from({ length: rounds }, () => {
      times.fill(0)
      for (let at = 0; at < list.length; at++) times[rng.int(list.length)]! += 1
      return measure(list, times, items)
    }),
  }
}

/** Each measure with its 95 % interval. */
export const told = ({ value, rounds }: Resampled): Told =>
  byMeasure((name) =>
    interval(
      value[name],
      rounds.map((round) => round[name]),
    ),
  )

/** The difference of two policies with its 95 % interval; paired where both were resampled alike. */
export const difference = (a: Resampled, b: Resampled): Told =>
  byMeasure((name) =>
    interval(
      a.value[name] - b.value[name],
      a.rounds.map((round, at) => round[name] - b.rounds[at]![name]),
    ),
  )

const byMeasure = (of: (name: Measure) => Estimate): Told =>
  Object.fromEntries(MEASURES.map((name) => [name, of(name)])) as Told

function interval(value: number, resampled: readonly number[]): Estimate {
  const sorted = [...resampled].sort((a, b) => a - b)
  const bias = sorted.reduce((sum, own) => sum + own, 0) / sorted.length - value
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! - bias
  return { value, lo: at(0.025), hi: at(0.975) }
}

/** The two sides of a shop that the product's assignment split. */
export function sides(
  logs: Logs,
  held: ReadonlyMap<string, boolean>,
): { treated: ShopperLog[]; holdout: ShopperLog[] } {
  const side = (wanted: boolean) => [...logs].filter(([shopper]) => held.get(shopper) === wanted).map(([, log]) => log)
  return { treated: side(false), holdout: side(true) }
}
