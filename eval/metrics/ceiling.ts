import { displace } from '../../shared/rerank/displace.ts'
import type { Task } from '../dataset/format.ts'
import type { TaskView } from '../dataset/task_view.ts'
import type { Ranker } from '../rankers/ranker.ts'
import { type Estimate, estimate, resample } from './bootstrap.ts'
import { ndcgAt, tieGroups } from './expectation.ts'
import { topOf } from './top.ts'

const SHELF = 10

/** How far an item may move: as on one pass's word, with agreement, and at will. */
export const MOVES = { d3: 3, d6: 6, all: Number.POSITIVE_INFINITY } as const
export type Ceiling = Record<keyof typeof MOVES, Estimate>

/**
 * The best NDCG@10 that any reorder of a list could reach when no item moves more than `moves` places. What is relevant is
 * taken at each place in turn as soon as it may stand there, the highest gain first: with gains of one kind no other order
 * has more of it among any first places, and so none has a larger DCG.
 * @param order items, best first
 * @returns NaN where nothing is relevant
 */
export function ceilingOf(
  order: readonly number[],
  gains: ReadonlyMap<number, number>,
  ideal: readonly number[],
  moves: number,
): number {
  // What stands further down neither reaches the page nor is in the way of what does.
  const list = order.slice(0, SHELF + 2 * moves)
  const gainAt = (place: number) => gains.get(list[place]!) ?? 0
  const wanted = [...list.keys()].sort((a, b) => gainAt(b) - gainAt(a) || a - b)
  const limit = Math.min(moves, list.length)
  const best = moves >= list.length ? wanted : displace(list.length, wanted, () => limit, new Set())
  const scores = new Float64Array(list.length)
  for (const [at, place] of best.entries()) scores[place] = list.length - at
  const byPlace = new Map([...list.keys()].flatMap((place) => (gainAt(place) > 0 ? [[place, gainAt(place)]] : [])))
  return ndcgAt(tieGroups(scores, [...list.keys()], byPlace), ideal, SHELF)
}

/** A ranker whose lists' ceilings are noted while it is judged. */
export function withCeiling(ranker: Ranker, views: readonly TaskView[], seed: number) {
  const rowOf = new Map<Task, number>(views.map(({ task }, row) => [task, row]))
  const names = Object.keys(MOVES) as Array<keyof typeof MOVES>
  const columns = names.map(() => new Float64Array(views.length).fill(Number.NaN))
  const noted: Ranker = {
    name: ranker.name,
    async score(task, out) {
      await ranker.score(task, out)
      const row = rowOf.get(task)!
      const { pool, gains, ideal } = views[row]!
      // The place among equals as the measures of what is shown draw it.
      const order = topOf(out, pool, pool.length, seed + row)
      for (const [at, name] of names.entries()) columns[at]![row] = ceilingOf(order, gains, ideal, MOVES[name])
    },
  }
  const ceiling = (): Ceiling => {
    const clusters = views.map((view) => view.cluster)
    const drawn = resample(clusters, columns, seed)
    return Object.fromEntries(names.map((name, at) => [name, estimate(drawn[at]!)])) as Ceiling
  }
  return { ranker: noted, ceiling }
}
