import { createLru } from '../../base/lru.ts'
import type { BoughtNeighbour, Neighbours } from '../../domain/card.ts'
import { ItemStats, type ItemStatsText } from '../../domain/item_stats.ts'
import type { ListEntry } from '../../store/catalogue/learning.ts'
import { itemStatsLearner } from '../item_stats.ts'
import type { LearnInput } from '../learner.ts'
import { trendingLearner } from '../popularity.ts'
import { REGRESSIONS } from '../regression/models.ts'
import { createUnion } from '../regression/neighbours.ts'
import { openWeights } from '../regression/weights.ts'
import { rewoundName, rewoundRows } from '../rewound.ts'
import type { Knowledge } from './lists.ts'

/** Rows of neighbours that are held unpacked: about 10 kB each. */
const ROWS_HELD = 1_000
const FOR_EVER = Number.MAX_SAFE_INTEGER / 2
const NOTHING: Neighbours = { bought: [], similar: [] }

/** What learning knew before the shop's last weeks, as shelves would have read it. */
export function* knowledgeThen(input: LearnInput): Generator<void, Knowledge> {
  const numbers = new Map(input.items.map((id, item) => [id, item]))
  const models = REGRESSIONS.map(({ name }) => openWeights(input.state(rewoundName(name))))
  const union = createUnion(input.items.length)
  const held = createLru<Neighbours>(ROWS_HELD, FOR_EVER)
  const stats = statsOf(yield* rewoundRows(itemStatsLearner, input))
  const trends = trendsOf(yield* rewoundRows(trendingLearner, input))
  return {
    stats,
    trending: (market) => trends.get(market ?? '*') ?? trends.get('*') ?? [],
    neighboursOf(id) {
      const known = held.get(id, 0)
      if (known !== undefined) return known
      const item = numbers.get(id)
      if (item === undefined) return NOTHING
      const bought = union.of(item, models).map(({ other, weights: [taste, together, next] }): BoughtNeighbour => {
        return [input.items[other]!, taste!, together!, next!, 0]
      })
      const neighbours = { bought, similar: [] }
      held.set(id, neighbours, 0)
      return neighbours
    },
  }
}

function statsOf(rows: readonly string[]): ItemStats | null {
  const row = rows[0]
  return row === undefined ? null : new ItemStats((JSON.parse(row) as [string, ItemStatsText])[1])
}

function trendsOf(rows: readonly string[]): Map<string, readonly ListEntry[]> {
  return new Map(
    rows.map((row) => {
      const [, market, entries] = JSON.parse(row) as [string, string, ListEntry[]]
      return [market, entries]
    }),
  )
}
