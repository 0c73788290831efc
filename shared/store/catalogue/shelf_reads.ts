import type { D1Database, D1DatabaseSession, D1PreparedStatement, D1Result } from '@cloudflare/workers-types'
import {
  type ArrivalNeighbour,
  type Card,
  type ComplementNeighbour,
  type ContextItem,
  type Neighbours,
  readBought,
  type SimilarNeighbour,
} from '../../domain/card.ts'
import type { Filter } from '../../domain/filter.ts'
import type { Attributes } from '../../domain/item.ts'
import { FRESHNESS } from '../../domain/limits.ts'
import { NEW_FOR_MS, newScore } from '../../domain/newness.ts'
import { CARD_COLUMNS, CARD_CONDITION, CARD_JOIN, type CardRow, toCard } from './card_sql.ts'
import { compileFilter } from './filter_sql.ts'
import type { ListEntry } from './learning.ts'
import { reachOf } from './neighbour_writes.ts'
import { newMatters } from './newness.ts'
import { textStatement } from './text_hits.ts'

/** What D1 knew when it answered: rows are as of this epoch, and no older than `asOfMs`. */
export interface CatalogueState {
  epoch: number
  asOfMs: number
}

export interface Gathered {
  neighbours: Map<string, Neighbours>
  context: Map<string, ContextItem>
  /** Full text hits, best first, with a positive score. */
  text: Array<{ id: string; score: number }>
  /** The shop's newest items; null when they were not asked for. */
  newest: ListEntry[] | null
}

/** What a first batch may bring beside neighbours and text. */
export interface GatherMore {
  /** Whether the shop has full text of what was understood of its items. */
  found: boolean
  newest: { nowMs: number; limit: number } | null
}

export interface FinalistQuery {
  shop: string
  market: string
  nowMs: number
  /** Candidates whose cards are wanted. */
  ids: readonly string[]
  /** Items whose neighbours are to be looked up and carded in the same batch: the shopper's past, when it was only just learned. */
  expand: readonly string[]
  /** Whether the beginnings of descriptions are wanted as well. */
  texts: boolean
  /** Popular items that pass the filter, to keep the shelf at full length. */
  filler: { limit: number; exclude: readonly string[]; filter: Filter | null } | null
}

export interface Finalists extends Omit<Gathered, 'text' | 'newest'> {
  cards: Card[]
  filler: Card[]
  state: CatalogueState
}

/** Reads of one shelf: at most two batches. */
export interface ShelfReads {
  /** @param words those of a query, made by `textQuery`; empty: none is looked for */
  gather(
    shop: string,
    ids: readonly string[],
    words: readonly string[],
    textLimit: number,
    more?: GatherMore,
  ): Promise<Gathered>
  finalists(query: FinalistQuery): Promise<Finalists>
}

/** Neighbours of an expansion that get a card: as many as finalists, since the ranking decides among them. */
const EXPANSION_CARDS = 60

/**
 * @param freshness `replica` reads the nearest copy and falls to the primary when that copy lags more than ten seconds;
 *                  `primary` always reads the primary
 */
export function createShelfReads(db: D1Database, freshness: 'replica' | 'primary'): ShelfReads {
  const near = () => db.withSession(freshness === 'primary' ? 'first-primary' : 'first-unconstrained')
  return {
    async gather(shop, ids, words, textLimit, more = { found: false, newest: null }) {
      const session = near()
      const statements: D1PreparedStatement[] = []
      const ask = (statement: D1PreparedStatement): number => statements.push(statement) - 1
      const neighbours = ids.length === 0 ? null : ask(neighbourStatement(session, shop, ids))
      const context = ids.length === 0 ? null : ask(contextStatement(session, shop, ids))
      const hits =
        words.length === 0 ? null : ask(textStatement(session, shop, words, { limit: textLimit, found: more.found }))
      const newest = more.newest === null ? null : ask(newestStatement(session, shop, more.newest))
      const results = statements.length === 0 ? [] : await session.batch(statements)
      return {
        neighbours: neighbours === null ? new Map() : readNeighbours(results[neighbours]!),
        context: context === null ? new Map() : readContext(results[context]!),
        text: hits === null ? [] : (results[hits]!.results as Array<{ id: string; score: number }>),
        newest: newest === null ? null : readNewest(results[newest]!, more.newest!.nowMs),
      }
    },
    async finalists(query) {
      const first = await readFinalists(near(), query)
      if (first.servedByPrimary || query.nowMs - first.finalists.state.asOfMs <= FRESHNESS.replicaLagMs)
        return first.finalists
      return (await readFinalists(db.withSession('first-primary'), query)).finalists
    },
  }
}

async function readFinalists(session: D1DatabaseSession, query: FinalistQuery) {
  const statements = [
    session.prepare('SELECT s.epoch, p.at FROM shops s, pulse p WHERE s.shop = ?1 AND p.id = 1').bind(query.shop),
    cardStatement(session, query),
  ]
  if (query.filler !== null) statements.push(fillerStatement(session, query, query.filler))
  if (query.expand.length > 0) {
    statements.push(
      neighbourStatement(session, query.shop, query.expand),
      contextStatement(session, query.shop, query.expand),
      expansionStatement(session, query),
    )
  }
  const results = await session.batch(statements)
  const afterCards = query.filler === null ? 2 : 3
  const expanded = results.slice(afterCards)
  const state = results[0]!.results[0] as { epoch: number; at: number } | undefined
  // Without replicas D1 does not say who served: then the primary did.
  const servedByPrimary = (results[0]!.meta as { served_by_primary?: boolean }).served_by_primary !== false
  // A primary without the shop would make an empty shelf look whole.
  if (state === undefined && servedByPrimary) throw new Error('the catalogue does not have the shop')
  const cards = cardsOf(results[1]!)
  if (expanded[2]) {
    const known = new Set(cards.map((card) => card.id))
    cards.push(...cardsOf(expanded[2]).filter((card) => !known.has(card.id)))
  }
  const finalists: Finalists = {
    cards,
    filler: query.filler === null ? [] : cardsOf(results[2]!),
    neighbours: expanded[0] ? readNeighbours(expanded[0]) : new Map(),
    context: expanded[1] ? readContext(expanded[1]) : new Map(),
    state: {
      epoch: state?.epoch ?? 0,
      asOfMs: servedByPrimary ? query.nowMs : (state?.at ?? 0),
    },
  }
  return { finalists, servedByPrimary }
}

function neighbourStatement(session: D1DatabaseSession, shop: string, ids: readonly string[]): D1PreparedStatement {
  return session
    .prepare(
      'SELECT item, bought, similar, complements, arrivals FROM neighbours WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))',
    )
    .bind(shop, JSON.stringify(ids))
}

function contextStatement(session: D1DatabaseSession, shop: string, ids: readonly string[]): D1PreparedStatement {
  return session
    .prepare(
      `SELECT i.id, i.title, i.brand, i.categories, i.attributes,
         (SELECT json_group_object(o.market, o.title) FROM offers o
           WHERE o.shop = i.shop AND o.item = i.id AND o.title IS NOT NULL) AS titles
       FROM items i WHERE i.shop = ?1 AND i.id IN (SELECT value FROM json_each(?2)) AND i.title <> ''`,
    )
    .bind(shop, JSON.stringify(ids))
}

/**
 * The youngest live items, with what tells whether being new means anything in this shop: how many came to life since
 * the new were last counted. The index gives the rows in order, so as many are read as are asked for.
 */
function newestStatement(
  session: D1DatabaseSession,
  shop: string,
  { nowMs, limit }: { nowMs: number; limit: number },
): D1PreparedStatement {
  return session
    .prepare(
      `SELECT i.id, i.created_at FROM shops s CROSS JOIN items i INDEXED BY items_by_age
         ON i.shop = s.shop AND i.deleted_at IS NULL AND i.created_at > ?2 AND i.created_at <= ?3
       WHERE s.shop = ?1 AND ${newMatters('?2', '?3')}
       ORDER BY i.created_at DESC LIMIT ?4`,
    )
    .bind(shop, nowMs - NEW_FOR_MS, nowMs, limit)
}

function readNewest(result: D1Result, nowMs: number): ListEntry[] {
  return (result.results as Array<{ id: string; created_at: number }>).map((row) => [
    row.id,
    newScore(nowMs - row.created_at),
    0,
  ])
}

/** As much as says what an item is. */
const TEXT_COLUMN = ', substr(COALESCE(o.description, i.description), 1, 1500) AS text'

function cardStatement(session: D1DatabaseSession, query: FinalistQuery): D1PreparedStatement {
  return session
    .prepare(
      `SELECT ${CARD_COLUMNS}${query.texts ? TEXT_COLUMN : ''} FROM json_each(?4) wanted CROSS JOIN items i ON i.shop = ?1 AND i.id = wanted.value ${CARD_JOIN}
       WHERE ${CARD_CONDITION}`,
    )
    .bind(query.shop, query.market, query.nowMs, JSON.stringify(query.ids))
}

/**
 * The items that the expanded ones lead on to with the largest summed weight; the ranking proper happens in memory. A row
 * that nobody has summed up is summed up here.
 */
function expansionStatement(session: D1DatabaseSession, query: FinalistQuery): D1PreparedStatement {
  return session
    .prepare(
      `WITH reached AS (
         SELECT n.key AS id, SUM(n.value) AS weight
         FROM json_each(?4) past CROSS JOIN neighbours nb ON nb.shop = ?1 AND nb.item = past.value,
           json_each(COALESCE(nb.reach, ${reachOf({ bought: 'nb.bought', similar: 'nb.similar', arrivals: 'nb.arrivals' })})) n
         GROUP BY 1 ORDER BY 2 DESC LIMIT ${EXPANSION_CARDS})
       SELECT ${CARD_COLUMNS} FROM reached CROSS JOIN items i ON i.shop = ?1 AND i.id = reached.id ${CARD_JOIN} WHERE ${CARD_CONDITION}`,
    )
    .bind(query.shop, query.market, query.nowMs, JSON.stringify(query.expand))
}

function fillerStatement(
  session: D1DatabaseSession,
  query: FinalistQuery,
  filler: NonNullable<FinalistQuery['filler']>,
): D1PreparedStatement {
  const filter = filler.filter === null ? { sql: '1', values: '[]' } : compileFilter(filler.filter, '?6')
  return session
    .prepare(
      `SELECT ${CARD_COLUMNS} FROM items i INDEXED BY items_by_popularity ${CARD_JOIN}
       WHERE i.shop = ?1 AND ${CARD_CONDITION} AND shown IS NOT NULL
         AND i.id NOT IN (SELECT value FROM json_each(?4)) AND json_valid(?6) AND ${filter.sql}
       ORDER BY i.popularity DESC LIMIT ?5`,
    )
    .bind(query.shop, query.market, query.nowMs, JSON.stringify(filler.exclude), filler.limit, filter.values)
}

function cardsOf(result: D1Result): Card[] {
  return (result.results as unknown as CardRow[]).map(toCard).filter((card) => card !== null)
}

function readNeighbours(result: D1Result): Map<string, Neighbours> {
  const rows = result.results as Array<{
    item: string
    bought: string
    similar: string
    complements: string
    arrivals: string
  }>
  return new Map(
    rows.map((row) => [
      row.item,
      {
        bought: readBought(JSON.parse(row.bought)),
        similar: JSON.parse(row.similar) as SimilarNeighbour[],
        complements: JSON.parse(row.complements) as ComplementNeighbour[],
        arrivals: JSON.parse(row.arrivals) as ArrivalNeighbour[],
      },
    ]),
  )
}

function readContext(result: D1Result): Map<string, ContextItem> {
  const rows = result.results as Array<{
    id: string
    title: string
    brand: string | null
    categories: string
    attributes: string
    titles: string
  }>
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        title: row.title,
        titles: JSON.parse(row.titles) as Record<string, string>,
        brand: row.brand,
        categories: JSON.parse(row.categories) as string[],
        attributes: JSON.parse(row.attributes) as Attributes,
      },
    ]),
  )
}
