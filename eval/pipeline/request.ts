import { SECOND_MS } from '../../shared/base/clock.ts'
import type { Filter } from '../../shared/domain/filter.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import { type PlacementBody, placementBodySchema } from '../../shared/domain/shop.ts'
import type { RecommendationTask, Task, TaskSpec } from '../dataset/format.ts'
import { isSearch } from '../dataset/format.ts'
import type { TaskKind } from '../dataset/task_view.ts'

/** The placement that an evaluation asks; its body is `placementOf`. */
export const PLACEMENT = 'evaluation'

const STRATEGIES: Record<TaskKind, PlacementBody['strategy']> = {
  next: 'home',
  cart: 'cart',
  again: 'again',
  rerank: 'generic',
  search: 'generic',
}

/** The pure base order: no variety, no caps, and what the shopper has only where the task does not exclude it. */
export const placementOf = (kind: TaskKind, spec: TaskSpec): PlacementBody =>
  placementBodySchema.parse({
    title: { en: 'Evaluation' },
    strategy: STRATEGIES[kind],
    limit: LIMITS.shelfLimit,
    diversity: 0,
    explain: 'none',
    repeat_purchases: !spec.exclude.includes('history'),
  })

/** A task as the body of a recommendation request. Lists longer than a request takes are cut: see `recentHistory`. */
export function requestBody(task: Task, spec: TaskSpec): Record<string, unknown> {
  const common = { placement: PLACEMENT, limit: LIMITS.shelfLimit, diversity: 0, explain: 'none' as const }
  if (isSearch(task)) return { ...common, query: task.query.slice(0, LIMITS.queryChars) }
  const history = recentHistory(task)
  const cart = [...task.cart].sort().slice(0, LIMITS.cartItems)
  const sent = new Set([...history.map(([id]) => id), ...cart])
  const excluded = [
    ...(spec.exclude.includes('history') ? task.history.map(([id]) => id) : []),
    ...(spec.exclude.includes('cart') ? task.cart : []),
  ]
  // What the request carries is excluded by the placement.
  const left = [...new Set(excluded.filter((id) => !sent.has(id)))].slice(0, LIMITS.excludeItems)
  return {
    ...common,
    user_id: task.user,
    history: history.map(([id, ts]) => (ts === null ? id : [id, ts])),
    ...(cart.length === 0 ? {} : { cart_item_ids: cart }),
    ...(task.country === undefined ? {} : { market: task.country }),
    // Where learning may use all events there is no moment to go back to.
    ...(task.at === undefined || spec.learnBefore === undefined
      ? {}
      : { as_of: new Date(task.at * SECOND_MS).toISOString() }),
    ...(left.length === 0 ? {} : { exclude_item_ids: left }),
    ...given(task.candidates),
  }
}

/** The newest items that a request takes. Items of one second are kept or left out together. */
export function recentHistory({ history }: RecommendationTask): RecommendationTask['history'] {
  if (history.length <= LIMITS.historyItems) return history
  const border = history.map(([, ts], at) => ts ?? at).sort((a, b) => b - a)[LIMITS.historyItems]!
  return history.filter(([, ts], at) => (ts ?? at) > border)
}

/** Candidates as a request brings them; more than it takes as a filter. */
function given(candidates: readonly string[] | undefined): Record<string, unknown> {
  if (candidates === undefined) return {}
  if (candidates.length > LIMITS.rerankItems) return { filter: onlyThese(candidates) }
  return { candidate_item_ids: candidates, limit: candidates.length }
}

/** A filter that passes the candidates alone. */
function onlyThese(ids: readonly string[]): Filter {
  const parts: Filter[] = []
  for (let start = 0; start < ids.length; start += LIMITS.filterValues)
    parts.push({ field: 'id', op: 'in', value: ids.slice(start, start + LIMITS.filterValues) })
  return parts.length === 1 ? parts[0]! : { any: parts }
}
