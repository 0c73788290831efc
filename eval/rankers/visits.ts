import type { RecommendationTask } from '../dataset/format.ts'

/**
 * What a shopper has, each item with the weight decay^n of the n-th last visit in which it was last taken. Items of one
 * second are one visit, in no order; the cart is the visit under way. Where there are no times every item is a visit of
 * its own, the list's last the newest.
 */
export function visitWeights(
  task: RecommendationTask,
  index: ReadonlyMap<string, number>,
  decay: number,
): Map<number, number> {
  const weights = new Map<number, number>()
  const give = (id: string, weight: number) => {
    const item = index.get(id)
    if (item !== undefined) weights.set(item, Math.max(weights.get(item) ?? 0, weight))
  }
  let visit = 0
  if (task.cart.length > 0) {
    for (const id of task.cart) give(id, 1)
    visit = 1
  }
  const moments = task.history.map(([, ts], at) => ts ?? at)
  const distinct = [...new Set(moments)].sort((a, b) => b - a)
  const visitOf = new Map(distinct.map((moment, at) => [moment, visit + at]))
  for (const [at, [id]] of task.history.entries()) give(id, decay ** visitOf.get(moments[at]!)!)
  return weights
}
