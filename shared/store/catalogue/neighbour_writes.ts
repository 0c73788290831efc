import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import { COSINE_WORTH, LINK_WORTH, REACH_KEPT } from '../../domain/card.ts'

/** The lists of a row of `neighbours`. */
type List = 'bought' | 'similar' | 'complements' | 'arrivals'
/** Those that lead on to items: what goes with an item is looked for beside it alone. */
type Leading = Exclude<List, 'complements'>

/**
 * The items that a row's lists lead on to, strongest first, as `{id: weight}`: taking lists apart costs SQLite ten times
 * what adding these up does, and a shelf adds them up over a whole past.
 * @param of where each list stands in the statement
 */
export const reachOf = (of: Readonly<Record<Leading, string>>): string =>
  `(SELECT json_group_object(id, weight) FROM (SELECT id, CAST(SUM(weight) AS INTEGER) AS weight FROM
      (SELECT value ->> 0 AS id, (value ->> 1) + (value ->> 3) AS weight FROM json_each(${of.bought})
       UNION ALL SELECT value ->> 0, ${COSINE_WORTH} * (value ->> 1) FROM json_each(${of.similar})
       UNION ALL SELECT value ->> 0, ${LINK_WORTH} * (value ->> 1) FROM json_each(${of.arrivals}))
    GROUP BY id ORDER BY 2 DESC, 1 LIMIT ${REACH_KEPT}))`

const EMPTY = { bought: `'[]'`, similar: `'[]'`, arrivals: `'[]'` }
const KEPT = { bought: 'neighbours.bought', similar: 'neighbours.similar', arrivals: 'neighbours.arrivals' }

/**
 * Writes one list of many items, and sums up anew what their rows lead on to.
 * @param rows an item with the JSON text of its list
 * @param atMs when it was learned, of lists that say so
 */
export function putNeighbours(
  db: D1Database,
  shop: string,
  list: List,
  rows: ReadonlyArray<readonly [item: string, json: string]>,
  atMs?: number,
): D1PreparedStatement {
  const given = `json_extract(value, '$[1]')`
  const columns: Array<[column: string, inserted: string, updated: string]> = [[list, given, `excluded.${list}`]]
  if (atMs !== undefined) columns.push([`${list}_at`, '?3', '?3'])
  if (list !== 'complements')
    columns.push(['reach', reachOf({ ...EMPTY, [list]: given }), reachOf({ ...KEPT, [list]: `excluded.${list}` })])
  const every = (pick: (column: (typeof columns)[number]) => string) => columns.map(pick).join(', ')
  return db
    .prepare(
      `INSERT INTO neighbours (shop, item, ${every(([name]) => name)})
       SELECT ?1, json_extract(value, '$[0]'), ${every(([, inserted]) => inserted)} FROM json_each(?2) WHERE true
       ON CONFLICT (shop, item) DO UPDATE SET ${every(([name, , updated]) => `${name} = ${updated}`)}`,
    )
    .bind(shop, JSON.stringify(rows), ...(atMs === undefined ? [] : [atMs]))
}

/** Empties a list of the items that nothing was learned of since then. */
export function clearNeighboursBefore(
  db: D1Database,
  shop: string,
  list: 'bought' | 'complements',
  beforeMs: number,
): D1PreparedStatement {
  const sums = list === 'complements' ? '' : `, reach = ${reachOf({ ...KEPT, [list]: EMPTY[list] })}`
  return db
    .prepare(`UPDATE neighbours SET ${list} = '[]'${sums} WHERE shop = ?1 AND ${list}_at < ?2 AND ${list} <> '[]'`)
    .bind(shop, beforeMs)
}
