import type { TaskView } from './dataset/task_view.ts'
import { difference, type Estimate, estimate, type Resampled, resample } from './metrics/bootstrap.ts'
import { type ItemFacts, MEASURES, type Measure, measure, SHELF } from './metrics/measures.ts'
import type { Ranker } from './rankers/ranker.ts'

/** How one ranker did on every task. */
export interface Scored {
  name: string
  /** One column a measure, in the order of MEASURES; NaN where it has no meaning. */
  columns: Float64Array[]
  /** Distinct items at the top of all lists. */
  shown: Set<number>
  seconds: number
}

export async function scoreTasks(
  ranker: Ranker,
  views: readonly TaskView[],
  items: number,
  facts: ItemFacts,
  seed: number,
  progress: (done: number) => void = () => {},
): Promise<Scored> {
  const startedAt = performance.now()
  const columns = MEASURES.map(() => new Float64Array(views.length))
  const shown = new Set<number>()
  const scores = new Float64Array(items)
  for (const [at, view] of views.entries()) {
    scores.fill(Number.NEGATIVE_INFINITY)
    await ranker.score(view.task, scores)
    // An unnoticed NaN would stand in no place, and be counted as none.
    if (scores.some(Number.isNaN)) throw new Error(`${ranker.name} gave a score that is no number`)
    const { values, shown: top } = measure(scores, view, facts, seed + at)
    for (const [column, value] of values.entries()) columns[column]![at] = value
    for (const item of top) shown.add(item)
    progress(at + 1)
  }
  return { name: ranker.name, columns, shown, seconds: (performance.now() - startedAt) / 1_000 }
}

/** A mean with its interval; the interval is null where none can be drawn. */
export type Figure = Estimate | { value: number; lo: null; hi: null }
export type Figures = Record<string, Figure>

export interface Summary {
  rankers: Record<string, Figures>
  /** Differences of each ranker to the named one, on the same draws. */
  paired: Record<string, Figures>
}

/**
 * Means with their intervals, for every ranker at once: all see the same draws.
 * @param against the ranker that the others are compared with, or the family whose best is (`ease` of `ease-100` ...)
 */
export function summarise(
  scored: readonly Scored[],
  views: readonly TaskView[],
  items: number,
  seed: number,
  against: string | null,
): Summary {
  const clusters = views.map((view) => view.cluster)
  const drawn = resample(
    clusters,
    scored.flatMap((one) => one.columns),
    seed,
  )
  const columnsOf = (at: number) => drawn.slice(at * MEASURES.length, (at + 1) * MEASURES.length)
  const rankers: Summary['rankers'] = {}
  const paired: Summary['paired'] = {}
  const other = against === null ? -1 : strongest(scored, against)
  for (const [at, one] of scored.entries()) {
    const own = columnsOf(at)
    rankers[one.name] = {
      ...figuresOf(own, estimate),
      [`coverage@${SHELF}`]: { value: one.shown.size / items, lo: null, hi: null },
    }
    if (other !== -1 && at !== other)
      paired[`${one.name} - ${scored[other]!.name}`] = figuresOf(own, (column, index) =>
        difference(column, columnsOf(other)[index]!),
      )
  }
  return { rankers, paired }
}

function figuresOf(columns: readonly Resampled[], figure: (column: Resampled, index: number) => Estimate): Figures {
  const figures: Figures = {}
  for (const [index, name] of MEASURES.entries()) {
    const one = figure(columns[index]!, index)
    if (!Number.isNaN(one.value)) figures[name] = one
  }
  return figures
}

const JUDGED: Measure = 'ndcg@10'

/** Position of the ranker of this name, else of the best by NDCG@10 among those of the family; -1 where there is none. */
export function strongest(scored: readonly Scored[], name: string): number {
  const exact = scored.findIndex((one) => one.name === name)
  if (exact !== -1) return exact
  const column = MEASURES.indexOf(JUDGED)
  const meanOf = (one: Scored) => one.columns[column]!.reduce((sum, value) => sum + value, 0)
  let best = -1
  for (const [at, one] of scored.entries())
    if (one.name.startsWith(`${name}-`) && (best === -1 || meanOf(one) > meanOf(scored[best]!))) best = at
  return best
}

/** Lengths of histories that are reported apart; each up to the next one's beginning. */
const BUCKETS = [0, 1, 6, 21, 51, 101] as const

/** NDCG and HR at ten by how many items the shopper has. */
export function bucketsOf(scored: readonly Scored[], views: readonly TaskView[], seed: number) {
  const buckets: Record<string, { n: number; rankers: Record<string, Figures> }> = {}
  for (const [at, from] of BUCKETS.entries()) {
    const to = (BUCKETS[at + 1] ?? Number.POSITIVE_INFINITY) - 1
    const rows = [...views.keys()].filter((row) => views[row]!.known >= from && views[row]!.known <= to)
    if (rows.length === 0) continue
    const wanted: Measure[] = ['ndcg@10', 'hr@10']
    const drawn = resample(
      rows.map((row) => views[row]!.cluster),
      scored.flatMap((one) =>
        wanted.map((name) => Float64Array.from(rows, (row) => one.columns[MEASURES.indexOf(name)]![row]!)),
      ),
      seed,
    )
    const rankers = Object.fromEntries(
      scored.map((one, index) => [
        one.name,
        Object.fromEntries(wanted.map((name, column) => [name, estimate(drawn[index * wanted.length + column]!)])),
      ]),
    )
    const label = to === Number.POSITIVE_INFINITY ? `${from}+` : to === from ? `${from}` : `${from}-${to}`
    buckets[label] = { n: rows.length, rankers }
  }
  return buckets
}
