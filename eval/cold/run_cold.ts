import { seededRng } from '../../shared/base/rng.ts'
import type { Dataset } from '../dataset/dataset.ts'
import { EvalFailure } from '../failure.ts'
import { difference, type Estimate, estimate, type Resampled, resample } from '../metrics/bootstrap.ts'
import type { EvalOptions } from '../options.ts'
import type { Progress } from '../progress.ts'
import { embedItems } from '../rankers/item_vectors.ts'
import { aucOf, audiencesOf, type ColdColumns, measureCold, seekersOf } from './measure.ts'
import {
  COLD_SCORERS,
  COMBINATION,
  type ColdScorer,
  type ColdWorld,
  PARTS_OF_COMBINATION,
  shuffledItems,
} from './scorers.ts'
import { hideItems } from './split.ts'

/** In all, spread over the seeds. */
export const SHUFFLES = 20

export interface ColdReport {
  dataset: string
  task: string | null
  cold: number
  seeds: number
  seed: number
  /** Hidden items that somebody wanted and shoppers who wanted one, over all seeds. */
  items: number
  users: number
  scorers: Record<string, Record<string, Estimate>>
  /** The combination against each of its parts, on the same draws. */
  paired: Record<string, Record<string, Estimate>>
  /** AUC with the items' vectors dealt out anew: its mean over the shuffles must hold one half. */
  control: { of: string; shuffles: number; auc: Estimate; holds: boolean }
}

const ITEM_MEASURES = ['auc', 'auc-raw', 'recall@1%'] as const

export async function runCold(
  dataset: Dataset,
  options: Pick<EvalOptions, 'task' | 'cold' | 'seeds' | 'seed'>,
  progress: Progress,
  scorers: readonly ColdScorer[] = COLD_SCORERS,
): Promise<ColdReport> {
  const { seed, seeds } = options
  const spec = options.task === null ? { exclude: [] } : dataset.tasks(options.task).spec
  const events = dataset.learnable(spec)
  if (events.length === 0) throw new EvalFailure(`${dataset.folder}: --cold needs events to hide items from`)
  progress.step('texts')
  const vectors = embedItems(dataset.items)
  const controlled = scorers.find((one) => one.name === COMBINATION) ?? scorers.find((one) => one.name === 'text')!
  const rows = { items: [] as string[], users: [] as string[] }
  const found = new Map<string, ColdColumns[]>(scorers.map(({ name }) => [name, []]))
  const shuffles: number[] = []
  for (let round = 0; round < seeds; round++) {
    progress.at(round + 1, seeds)
    const rng = seededRng(seed + round)
    const split = hideItems(dataset, events, options.cold!, rng)
    const world: ColdWorld = { dataset, split, vectors }
    rows.items.push(...audiencesOf(split).map(({ at }) => `i ${split.hidden[at]}`))
    rows.users.push(...seekersOf(split).map((user) => `u ${split.users.names[user]}`))
    for (const scorer of scorers) {
      const matcher = await scorer.learn(world)
      found.get(scorer.name)!.push(measureCold(split, matcher))
      if (scorer !== controlled) continue
      for (let shuffle = round; shuffle < SHUFFLES; shuffle += seeds)
        shuffles.push(meanOf(aucOf(split, shuffledItems(matcher, split.hidden, rng))))
    }
  }
  if (rows.items.length === 0) throw new EvalFailure(`${dataset.folder}: nobody wanted any of the hidden items`)
  return {
    dataset: dataset.name,
    task: options.task,
    cold: options.cold!,
    seeds,
    seed,
    items: rows.items.length,
    users: rows.users.length,
    ...compared(scorers, found, rows, seed),
    control: controlOf(controlled.name, shuffles, seed),
  }
}

/** An item that several seeds hide, and a shopper of several seeds, are drawn together. */
function compared(
  scorers: readonly ColdScorer[],
  found: ReadonlyMap<string, ColdColumns[]>,
  rows: { items: string[]; users: string[] },
  seed: number,
): Pick<ColdReport, 'scorers' | 'paired'> {
  const names = scorers.map(({ name }) => name)
  const joined = (parts: Float64Array[]) => Float64Array.from(parts.flatMap((part) => [...part]))
  const itemColumns = names.flatMap((name) =>
    ITEM_MEASURES.map((measure) => joined(found.get(name)!.map((one) => one.items[measure]))),
  )
  const userColumns = names.map((name) => joined(found.get(name)!.map((one) => one.users['hr@10'])))
  const ofItems = resample(rows.items, itemColumns, seed)
  const ofUsers = resample(rows.users, userColumns, seed)
  const columnsOf = (at: number): Record<string, Resampled> => ({
    ...Object.fromEntries(
      ITEM_MEASURES.map((measure, index) => [measure, ofItems[at * ITEM_MEASURES.length + index]!]),
    ),
    'hr@10': ofUsers[at]!,
  })
  const mapped = (columns: Record<string, Resampled>, figure: (own: Resampled, measure: string) => Estimate) =>
    Object.fromEntries(Object.entries(columns).map(([measure, own]) => [measure, figure(own, measure)]))
  const whole = names.indexOf(COMBINATION)
  const parts = whole === -1 ? [] : PARTS_OF_COMBINATION.filter((name) => names.includes(name))
  return {
    scorers: Object.fromEntries(names.map((name, at) => [name, mapped(columnsOf(at), estimate)])),
    paired: Object.fromEntries(
      parts.map((name) => {
        const other = columnsOf(names.indexOf(name))
        return [
          `${COMBINATION} - ${name}`,
          mapped(columnsOf(whole), (own, measure) => difference(own, other[measure]!)),
        ]
      }),
    ),
  }
}

/** Whether chance is all that is left: one half lies within three standard errors of the shuffles' mean. */
function controlOf(of: string, shuffles: readonly number[], seed: number): ColdReport['control'] {
  const clusters = shuffles.map((_, at) => String(at))
  const [drawn] = resample(clusters, [Float64Array.from(shuffles)], seed)
  const mean = meanOf(shuffles)
  const spread = Math.sqrt(meanOf(shuffles.map((value) => (value - mean) ** 2)) / Math.max(1, shuffles.length - 1))
  const holds = Math.abs(mean - 0.5) <= Math.max(3 * spread, 1e-9)
  return { of, shuffles: shuffles.length, auc: estimate(drawn!), holds }
}

const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
