/**
 * What the base order costs a shelf: recall's candidates are trimmed, looked at and put in order, once to choose
 * finalists and once more with their metadata, by an order in which every feature has a say.
 */
import { DAY_MS } from '../shared/base/clock.ts'
import { type Rng, seededRng } from '../shared/base/rng.ts'
import type { ContextItem, Neighbours } from '../shared/domain/card.ts'
import type { ItemStats } from '../shared/domain/item_stats.ts'
import { LIMITS } from '../shared/domain/limits.ts'
import type { LinearOrder } from '../shared/domain/ranker.ts'
import { type Facts, FEATURE_NAMES, type FeatureInput } from '../shared/rank/features.ts'
import { bestIds, scoreCandidates } from '../shared/rank/order.ts'
import { allAnchors, pastAnchors } from '../shared/recall/anchors.ts'
import { addNeighbours, addOwned, CandidatePool } from '../shared/recall/candidates.ts'
import { ownership } from '../shared/recall/owned.ts'
import { statsOfItems } from '../tests/support/item_stats.ts'
import { median, quantile } from './load.ts'
import { printTable, type Row } from './table.ts'

const SEED = 20_260_604
const NOW_MS = Date.parse('2026-06-01T00:00:00Z')
const ROUNDS = 600
const ITEMS = 2_000
const NEIGHBOURS = 120
const WORDS = Array.from({ length: 300 }, (_, at) => `word${at}`)

const idOf = (item: number) => `item-${item}`

function describe(rng: Rng, item: number): Facts & ContextItem {
  const words = Array.from({ length: 6 }, () => rng.pick(WORDS))
  return {
    id: idOf(item),
    title: words.join(' '),
    brand: `brand ${rng.int(40)}`,
    categories: [`Root > Leaf ${rng.int(30)}`],
    tags: [],
    attributes: { colour: rng.pick(['red', 'blue', 'green']), size: rng.int(10) },
    popularity: rng.next(),
  }
}

const neighboursOf = (rng: Rng): Neighbours => ({
  bought: Array.from(
    { length: NEIGHBOURS },
    () => [idOf(rng.int(ITEMS)), rng.int(2_000), rng.int(2_000), rng.int(2_000), rng.int(50)] as const,
  ),
  similar: Array.from({ length: 30 }, () => [idOf(rng.int(ITEMS)), rng.next()] as const),
})

/** @returns milliseconds of CPU by stage */
export function benchRanking(options: { quick: boolean; json: boolean }): Row[] {
  const rng = seededRng(SEED)
  const facts = new Map(Array.from({ length: ITEMS }, (_, item) => [idOf(item), describe(rng, item)]))
  const rows = new Map(Array.from({ length: ITEMS }, (_, item) => [idOf(item), neighboursOf(rng)]))
  const stats: ItemStats = statsOfItems([...facts.keys()], NOW_MS)
  const past = Array.from({ length: 80 }, (_, at) => ({
    ...{ id: idOf(rng.int(ITEMS)), type: 'purchase' as const, value: null },
    atMs: NOW_MS - (at + 1) * DAY_MS,
  }))
  const order: LinearOrder = Object.fromEntries(FEATURE_NAMES.map((name) => [name, [0.1, 0.5, 0.2]]))
  const anchors = allAnchors([], [idOf(1), idOf(2)], pastAnchors(past))
  const around = new Map(anchors.map(({ id }) => [id, rows.get(id)!]))
  const owned = ownership(past, null)
  const times = { recall: [] as number[], 'all 500': [] as number[], 'the 50': [] as number[] }
  const timed = <T>(stage: keyof typeof times, work: () => T): T => {
    const startedAt = performance.now()
    const value = work()
    times[stage].push(performance.now() - startedAt)
    return value
  }
  for (let round = 0; round < (options.quick ? ROUNDS / 10 : ROUNDS); round++) {
    const all = timed('recall', () => {
      const pool = new CandidatePool()
      addNeighbours(pool, anchors, around)
      addOwned(pool, owned)
      pool.trim()
      return pool.all()
    })
    const input = (candidates: typeof all, cards: FeatureInput['cards']): FeatureInput => ({
      ...{
        candidates,
        pool: all,
        cards,
        context: facts,
        anchors,
        stats,
        scene: null,
        owned,
        query: null,
        atMs: NOW_MS,
      },
    })
    const best = timed('all 500', () => new Set(bestIds(input(all, null), order).slice(0, LIMITS.finalists)))
    const finalists = all.filter(({ id }) => best.has(id))
    timed('the 50', () => scoreCandidates(input(finalists, facts), order))
  }
  const table = Object.entries(times).map(([stage, list]): Row => {
    const sorted = list.slice(list.length >> 2).sort((a, b) => a - b)
    return { stage, 'median ms': median(sorted), 'p95 ms': quantile(sorted, 0.95) }
  })
  if (options.json) console.log(JSON.stringify({ seed: SEED, rows: table }, null, 2))
  else printTable(table)
  return table
}
