import type { Dataset, TaskFile } from './dataset.ts'
import { isSearch, type RecommendationTask, type Task } from './format.ts'

/**
 * What a task file asks. `again` ranks what the shopper has, `rerank` the candidates that a task names, the others the
 * whole catalogue without the excluded lists.
 */
export type TaskKind = 'search' | 'rerank' | 'again' | 'cart' | 'next'

export function kindOf(file: TaskFile): TaskKind {
  if (file.kind === 'search') return 'search'
  if (file.tasks.some((task) => task.candidates !== undefined)) return 'rerank'
  if (file.spec.exclude.length === 0 && file.tasks.every(targetsAreKnown)) return 'again'
  return file.tasks.some((task) => task.cart.length > 0) ? 'cart' : 'next'
}

function targetsAreKnown(task: RecommendationTask): boolean {
  const known = new Set(task.history.map(([id]) => id))
  return task.target.every((id) => known.has(id))
}

/** A task as it is judged. */
export interface TaskView {
  task: Task
  /** Tasks of one user, or of one query, are drawn together. */
  cluster: string
  /** Positions of the items that are ranked. */
  pool: Int32Array
  /** Gains of the ranked items that are relevant, by position. */
  gains: ReadonlyMap<number, number>
  /** All gains, also of items that are not in the pool. */
  ideal: readonly number[]
  /** Items of the shopper's history; 0 for a search. */
  known: number
}

export function viewsOf(file: TaskFile, dataset: Dataset): TaskView[] {
  const kind = kindOf(file)
  const everything = Int32Array.from(dataset.items.keys())
  return file.tasks.map((task): TaskView => {
    if (isSearch(task)) {
      const graded = Object.entries(task.grades).filter(([, grade]) => grade > 0)
      return viewOf(task, `q ${task.query}`, everything, graded, dataset, 0)
    }
    const pool = poolOf(task, kind, file.spec.exclude, everything, dataset)
    const known = new Set(task.history.map(([id]) => id)).size
    return viewOf(
      task,
      `u ${task.user}`,
      pool,
      [...new Set(task.target)].map((id) => [id, 1]),
      dataset,
      known,
    )
  })
}

function viewOf(
  task: Task,
  cluster: string,
  pool: Int32Array,
  relevant: ReadonlyArray<readonly [string, number]>,
  { index }: Dataset,
  known: number,
): TaskView {
  const ranked = pool.length === index.size ? null : new Set(pool)
  const gains = new Map<number, number>()
  for (const [id, gain] of relevant) {
    const item = index.get(id)
    if (item !== undefined && (ranked === null || ranked.has(item))) gains.set(item, gain)
  }
  return { task, cluster, pool, gains, ideal: relevant.map(([, gain]) => gain), known }
}

function poolOf(
  task: RecommendationTask,
  kind: TaskKind,
  exclude: readonly ('history' | 'cart')[],
  everything: Int32Array,
  { index }: Dataset,
): Int32Array {
  const positions = (ids: readonly string[]) => new Set(ids.flatMap((id) => index.get(id) ?? []))
  const history = task.history.map(([id]) => id)
  if (task.candidates !== undefined) return Int32Array.from(positions(task.candidates)).sort()
  if (kind === 'again') return Int32Array.from(positions(history)).sort()
  const out = positions([
    ...(exclude.includes('history') ? history : []),
    ...(exclude.includes('cart') ? task.cart : []),
  ])
  return out.size === 0 ? everything : everything.filter((item) => !out.has(item))
}
