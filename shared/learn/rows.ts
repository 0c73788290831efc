import * as z from 'zod'
import type { BoughtNeighbour } from '../domain/card.ts'
import { idSchema, marketSchema } from '../domain/ids.ts'
import { clusterRows } from './clusters_rows.ts'
import { complementRows } from './complements_rows.ts'
import { factorRows } from './factors_rows.ts'
import { habitRows } from './habits_rows.ts'
import { itemStatsRows } from './item_stats_rows.ts'
import { rankerRows } from './ranker/ranker_rows.ts'
import { kind, type RowKind } from './row_kind.ts'

export type { Publication, RowStores } from './row_kind.ts'

const finite = z.number()
const entries = z.array(z.tuple([idSchema, finite, z.int().min(0)]))

type BoughtRow = ['bought', string, BoughtNeighbour[]]
const boughtEntry = z.tuple([idSchema, z.int(), z.int(), z.int(), z.int().min(0)])
type ListRow = ['trending', string, Array<[string, number, number]>]
const knownEntries = (row: ListRow, knows: (id: string) => boolean): ListRow => [
  row[0],
  row[1],
  row[2].filter(([id]) => knows(id)),
]

export const ROW_KINDS: Readonly<Record<string, RowKind>> = {
  /** ['bought', item, [[item, taste, together, next, buyers of both], ...]], strongest first. */
  bought: kind<BoughtRow>({
    schema: z.tuple([z.literal('bought'), idSchema, z.array(boughtEntry).max(200)]),
    whole: false,
    known: (row, knows) => (knows(row[1]) ? [row[0], row[1], row[2].filter(([id]) => knows(id))] : null),
    publish: (rows, { shop, stampMs }, { learning }) =>
      learning.putBought(
        shop,
        rows.map(([, item, list]) => [item, list] as const),
        stampMs,
      ),
    finish: ({ shop, stampMs }, { learning }) => learning.clearBoughtBefore(shop, stampMs),
  }),
  /** ['popularity', item, score in [0, 1]]. */
  popularity: kind<['popularity', string, number]>({
    schema: z.tuple([z.literal('popularity'), idSchema, finite.min(0).max(1)]),
    whole: true,
    known: (row, knows) => (knows(row[1]) ? row : null),
    publish: (rows, { shop }, { learning }) =>
      learning.putPopularity(
        shop,
        rows.map(([, item, score]) => [item, score] as const),
      ),
    finish: async () => {},
  }),
  /** ['trending', market or '*', [[item, score in [0, 1], buyers], ...]], best first. */
  trending: kind<ListRow>({
    schema: z.tuple([z.literal('trending'), z.union([marketSchema, z.literal('*')]), entries.max(500)]),
    whole: false,
    known: knownEntries,
    publish: (rows, { shop, markets, stampMs }, { learning }) =>
      learning.putLists(
        shop,
        rows
          .filter(([, market]) => markets.has(market))
          .map(([, market, list]) => ({ list: 'trending', market, entries: list })),
        stampMs,
      ),
    finish: ({ shop, stampMs }, { learning }) => learning.clearListsBefore(shop, 'trending', stampMs),
  }),
  item_stats: itemStatsRows,
  habits: habitRows,
  complements: complementRows,
  ranker: rankerRows,
  factors: factorRows,
  clusters: clusterRows,
}

/** The rows of an object's text by kind. @throws TypeError at a line that is none */
export function rowsByKind(text: string): Map<string, Array<readonly [string, ...unknown[]]>> {
  const byKind = new Map<string, Array<readonly [string, ...unknown[]]>>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const row = JSON.parse(line) as readonly [string, ...unknown[]]
    const name = Array.isArray(row) ? row[0] : undefined
    if (typeof name !== 'string' || !Object.hasOwn(ROW_KINDS, name)) throw new TypeError('a row of no known kind')
    const list = byKind.get(name) ?? []
    byKind.set(name, list)
    list.push(row)
  }
  return byKind
}
