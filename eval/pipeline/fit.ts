import { SECOND_MS } from '../../shared/base/clock.ts'
import type { Neighbours } from '../../shared/domain/card.ts'
import { habitsAsOf } from '../../shared/domain/habits.ts'
import { decodeItemStats } from '../../shared/domain/item_stats.ts'
import type { Ranker } from '../../shared/domain/ranker.ts'
import { shopperHash } from '../../shared/domain/shopper_hash.ts'
import { fitOrder } from '../../shared/learn/ranker/fit_order.ts'
import { type Knowledge, listOf, type TaskList } from '../../shared/learn/ranker/lists.ts'
import type { LearnedPurpose, RankTask } from '../../shared/learn/ranker/tasks.ts'
import { DEFAULT_ORDERS } from '../../shared/rank/defaults.ts'
import type { RecommendationTask, Task } from '../dataset/format.ts'
import { isSearch } from '../dataset/format.ts'
import type { TaskKind } from '../dataset/task_view.ts'
import type { Adapt } from './ask.ts'
import { recentHistory, requestBody } from './request.ts'
import type { EvalShop } from './shop.ts'

/**
 * Fits the pipeline's weights and freezes them.
 * @param shop has learned what the tasks allow, and no more
 * @param tasks whose answers may be looked at: those of `valid`, or the even lines of searches
 * @returns what puts the weights into the shop that is then judged
 */
export type Fit = (shop: EvalShop, kind: TaskKind, tasks: readonly Task[]) => Promise<Adapt>

const PURPOSES: Partial<Record<TaskKind, LearnedPurpose>> = { next: 'home', cart: 'cart', again: 'again' }

/**
 * The product's own fit (shared/learn/ranker) on tasks whose answers are known, in the place of the tasks that a shop
 * makes of its own last weeks. Searches and given candidates are served by the shipped order, which nothing fits.
 */
export const FIT: Fit = async (shop, kind, tasks) => {
  const purpose = PURPOSES[kind]
  if (purpose === undefined) return (parts) => parts
  const knowledge = await knowledgeOf(shop, tasks)
  const lists: TaskList[] = []
  for (const task of tasks) {
    if (isSearch(task)) continue
    const asked = await rankTask(shop, purpose, task)
    const list = listOf(asked, asKnown(knowledge, asked.atMs))
    if (list !== null) lists.push(list)
  }
  const fitting = fitOrder(lists, DEFAULT_ORDERS[purpose])
  let step = fitting.next()
  while (!step.done) step = fitting.next()
  const { order } = step.value
  if (order === null) return (parts) => parts
  const ranker: Ranker = { version: 'fitted-on-valid', orders: { [purpose]: order } }
  return (parts) => ({ ...parts, ranker })
}

/** What a shelf of that moment is told: counts of later days are kept from it, and a fit that saw them would trust them. */
const asKnown = (knowledge: Knowledge, atMs: number): Knowledge =>
  knowledge.stats === null || knowledge.stats.asOfMs <= atMs
    ? knowledge
    : { ...knowledge, stats: null, trending: () => [] }

/** A task as learning makes them of visits. */
async function rankTask(shop: EvalShop, purpose: LearnedPurpose, task: RecommendationTask): Promise<RankTask> {
  const asOf = requestBody(task, shop.spec).as_of
  const asOfMs = asOf === undefined ? null : Date.parse(asOf as string)
  const known = await shop.parts.habits.get(shop.world.shop, shopperHash(`u:${task.user}`))
  return {
    purpose,
    shopper: task.user,
    past: recentHistory(task).map(([id, ts]) => ({
      ...{ id, type: 'purchase' as const, value: null },
      atMs: ts === null ? null : ts * SECOND_MS,
    })),
    habits: known === null ? null : habitsAsOf(known, asOfMs),
    seeds: [],
    cart: [...task.cart].sort(),
    wanted: new Set(task.target),
    market: task.country ?? null,
    // As the request of the task has it, so that what is fitted is what will be served.
    atMs: asOfMs ?? shop.parts.clock.now(),
  }
}

const IDS_PER_READ = 500

/** What the shop's shelves read, all of it at once. */
async function knowledgeOf(shop: EvalShop, tasks: readonly Task[]): Promise<Knowledge> {
  const { parts, world, dataset } = shop
  const neighbours = new Map<string, Neighbours>()
  const ids = dataset.items.map((item) => item.id)
  for (let from = 0; from < ids.length; from += IDS_PER_READ) {
    const read = await parts.reads.gather(world.shop, ids.slice(from, from + IDS_PER_READ), [], 0)
    for (const [id, own] of read.neighbours) neighbours.set(id, own)
  }
  const text = await parts.cache.stats(world.shop)
  const markets = new Set(tasks.flatMap((task) => (isSearch(task) || task.country === undefined ? [] : [task.country])))
  const trends = new Map<string, Awaited<ReturnType<typeof parts.lists>>['trending']>()
  for (const market of [...markets, world.config.market])
    trends.set(market, (await parts.lists(world.shop, market)).trending)
  const facts = new Map((await describedItems(shop, ids)).map((item) => [item.id, item]))
  return {
    stats: text === null ? null : decodeItemStats(text),
    neighboursOf: (id) => neighbours.get(id) ?? { bought: [], similar: [] },
    trending: (market) => trends.get(market ?? world.config.market) ?? [],
    described: (id) => facts.get(id) ?? null,
  }
}

async function describedItems({ world, parts }: EvalShop, ids: readonly string[]) {
  const found = []
  for (let from = 0; from < ids.length; from += IDS_PER_READ)
    found.push(
      ...(await world.enrich.catalogue.storedItems(
        world.shop,
        ids.slice(from, from + IDS_PER_READ),
        parts.clock.now(),
      )),
    )
  return found
}
