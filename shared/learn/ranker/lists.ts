import { hash32 } from '../../base/hash.ts'
import { seededRng } from '../../base/rng.ts'
import type { Neighbours } from '../../domain/card.ts'
import type { ItemStats } from '../../domain/item_stats.ts'
import { DEFAULT_ORDERS } from '../../rank/defaults.ts'
import { type Facts, type FeatureInput, featuresOf } from '../../rank/features.ts'
import { bestIds } from '../../rank/order.ts'
import { sceneOf } from '../../rank/scene.ts'
import { allAnchors, pastAnchors } from '../../recall/anchors.ts'
import { addNeighbours, addOwned, addTrending, CandidatePool } from '../../recall/candidates.ts'
import { ownership } from '../../recall/owned.ts'
import type { ListEntry } from '../../store/catalogue/learning.ts'
import type { RankTask } from './tasks.ts'

/** What was learned up to the moment that learning was wound back to. */
export interface Knowledge {
  neighboursOf(id: string): Neighbours
  stats: ItemStats | null
  trending(market: string | null): readonly ListEntry[]
  /** What the catalogue says of an item; absent where it is not to be read: then what needs it keeps the shipped weight. */
  described?(id: string): Facts | null
}

/** One task's candidates: rows of features, and which of them were wanted. */
export interface TaskList {
  shopper: string
  values: Float32Array
  wanted: Uint8Array
  /** How many candidates each row stands for. */
  stands: Float32Array
}

/** Beside the wanted: what the shipped order would have shown, and some of the rest, which stand for all of it. */
const BEST_KEPT = 30
const OTHERS_KEPT = 60

/**
 * A task as a list to learn from: recalled and looked at as a request would be, by the same code.
 * @returns null where recall brought nothing that was wanted, or nothing else
 */
export function listOf(task: RankTask, knowledge: Knowledge): TaskList | null {
  const anchors = allAnchors(task.seeds, task.cart, pastAnchors(task.past))
  const habits = task.habits ?? null
  const owned = ownership(task.past, habits)
  const pool = new CandidatePool()
  addNeighbours(pool, anchors, new Map(anchors.map(({ id }) => [id, knowledge.neighboursOf(id)])))
  addTrending(pool, knowledge.trending(task.market))
  const repeats = task.purpose === 'again' || task.purpose === 'cart'
  if (repeats) addOwned(pool, owned)
  const excluded = new Set([...task.seeds, ...task.cart, ...(habits?.disliked ?? []).map(([id]) => id)])
  if (!repeats) for (const [id] of habits?.liked ?? []) excluded.add(id)
  const may = (id: string) => {
    if (excluded.has(id)) return false
    return task.purpose === 'again' ? owned.items.has(id) : repeats || !owned.items.has(id)
  }
  pool.keep(({ id }) => may(id))
  // What was ranked and is excluded by now says nothing: the request did not know what is known here. What recall does
  // not bring came by what is not learned from, as texts' likeness: it has nothing of the rest.
  const ranked = (task.candidates ?? []).filter(may).map((id) => pool.at(id))
  pool.trim()
  const all = [...pool.all(), ...ranked.filter(({ id }) => !pool.has(id))]
  const { stats } = knowledge
  const input: FeatureInput = {
    ...{ candidates: all, pool: all, cards: null, context: new Map(), anchors, stats, owned },
    scene: stats === null ? null : sceneOf(stats, { atMs: task.atMs, market: task.market ?? '' }),
    query: null,
    atMs: task.atMs,
  }
  const kept = sample(input, task)
  const candidates = all.filter(({ id }) => kept.has(id))
  const described = factsOf([...candidates, ...anchors], knowledge)
  const wanted = Uint8Array.from(candidates, ({ id }) => Number(task.wanted.has(id)))
  const hits = wanted.reduce((sum, one) => sum + one, 0)
  if (hits === 0 || hits === candidates.length) return null
  return {
    shopper: task.shopper,
    values: Float32Array.from(
      featuresOf({ ...input, candidates, ...(described === null ? {} : { cards: described, context: described }) }),
    ),
    wanted,
    stands: Float32Array.from(candidates, ({ id }) => kept.get(id)!),
  }
}

function factsOf(items: ReadonlyArray<{ id: string }>, { described }: Knowledge): Map<string, Facts> | null {
  if (described === undefined) return null
  const facts = new Map<string, Facts>()
  for (const { id } of items) {
    const own = described(id)
    if (own !== null) facts.set(id, own)
  }
  return facts
}

/** The wanted, the best and some of the rest, whoever made the pool's order, with how many each of them stands for. */
function sample(input: FeatureInput, task: RankTask): Map<string, number> {
  if (task.candidates !== undefined) return new Map(task.candidates.map((id) => [id, 1]))
  const best = bestIds(input, DEFAULT_ORDERS[task.purpose])
  const rest = best.slice(BEST_KEPT).filter((id) => !task.wanted.has(id))
  const mixed = seededRng(hash32(`${task.shopper} ${task.atMs} ${task.purpose}`)).shuffle(rest.sort())
  const others = mixed.slice(0, OTHERS_KEPT)
  const share = others.length === 0 ? 0 : rest.length / others.length
  return new Map<string, number>([
    ...best.filter((id, place) => place < BEST_KEPT || task.wanted.has(id)).map((id) => [id, 1] as const),
    ...others.map((id) => [id, share] as const),
  ])
}
