import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import type { BoughtNeighbour } from '../../domain/card.ts'
import { type ComplementStore, createComplementStore } from './complements.ts'
import { createItemStatsStore, type ItemStatsStore } from './item_stats.ts'
import { clearNeighboursBefore, putNeighbours } from './neighbour_writes.ts'

/** Entries of a shop-wide list: id, score, and the count that a reason may cite. */
export type ListEntry = readonly [id: string, score: number, count: number]
export const LIST_NAMES = ['trending', 'new'] as const
export type ListName = (typeof LIST_NAMES)[number]

/** What learning writes, and the lists that shelves read. */
export interface LearningStore extends ComplementStore, ItemStatsStore {
  putBought(
    shop: string,
    rows: ReadonlyArray<readonly [string, readonly BoughtNeighbour[]]>,
    nowMs: number,
  ): Promise<void>
  /** Removes the purchase neighbours of items that no longer have any. */
  clearBoughtBefore(shop: string, nowMs: number): Promise<void>
  /** Popularity in [0, 1] of each item; items not named become 0. */
  putPopularity(shop: string, rows: ReadonlyArray<readonly [string, number]>): Promise<void>
  putLists(
    shop: string,
    lists: ReadonlyArray<{ list: ListName; market: string; entries: readonly ListEntry[] }>,
    nowMs: number,
  ): Promise<void>
  /** Removes the lists of markets that no longer have one. */
  clearListsBefore(shop: string, list: ListName, nowMs: number): Promise<void>
  /** Of the named items those that the shop has or had. */
  knownItems(shop: string, ids: readonly string[]): Promise<Set<string>>
  lists(shop: string, market: string): Promise<Record<ListName, ListEntry[]>>
  /** Live items by age, youngest first. */
  newest(shop: string, limit: number): Promise<Array<{ id: string; createdAtMs: number }>>
  mostPopular(shop: string, limit: number): Promise<string[]>
  noteNewestEvent(shop: string, atMs: number): Promise<void>
}

/** Rows packed into one statement's JSON parameter: below the 2 MB value limit with the longest ids there may be. */
const BOUGHT_PER_STATEMENT = 25
const SCORES_PER_STATEMENT = 1_000
const LISTS_PER_STATEMENT = 20

/** The entries for a market that they were not counted in. */
export const withoutCounts = (entries: readonly ListEntry[]): ListEntry[] =>
  entries.map(([id, score]) => [id, score, 0])

export function createLearningStore(db: D1Database): LearningStore {
  return {
    ...createComplementStore(db),
    ...createItemStatsStore(db),
    async putBought(shop, rows, nowMs) {
      for (const part of chunk(rows, BOUGHT_PER_STATEMENT)) {
        const own = part.map(([item, bought]) => [item, JSON.stringify(bought)] as const)
        await putNeighbours(db, shop, 'bought', own, nowMs).run()
      }
    },
    async clearBoughtBefore(shop, nowMs) {
      await clearNeighboursBefore(db, shop, 'bought', nowMs).run()
    },
    async putPopularity(shop, rows) {
      const named = new Set(rows.map(([item]) => item))
      const { results } = await db
        .prepare('SELECT id FROM items WHERE shop = ?1 AND popularity > 0')
        .bind(shop)
        .all<{ id: string }>()
      const forgotten = results.filter((row) => !named.has(row.id)).map((row) => [row.id, 0] as const)
      for (const part of chunk([...forgotten, ...rows], SCORES_PER_STATEMENT)) {
        await db
          .prepare(
            // Materialized: else the list is parsed again for every item of the shop.
            `WITH new AS MATERIALIZED
               (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS score FROM json_each(?2))
             UPDATE items SET popularity = new.score FROM new
             WHERE items.shop = ?1 AND items.id = new.id AND items.popularity <> new.score`,
          )
          .bind(shop, JSON.stringify(part))
          .run()
      }
    },
    async putLists(shop, lists, nowMs) {
      for (const part of chunk(lists, LISTS_PER_STATEMENT)) {
        await db
          .prepare(
            `INSERT OR REPLACE INTO lists (shop, list, market, entries, computed_at)
             SELECT ?1, json_extract(value, '$.list'), json_extract(value, '$.market'), json_extract(value, '$.entries'), ?3 FROM json_each(?2)`,
          )
          .bind(shop, JSON.stringify(part.map((list) => ({ ...list, entries: JSON.stringify(list.entries) }))), nowMs)
          .run()
      }
    },
    async clearListsBefore(shop, list, nowMs) {
      await db
        .prepare('DELETE FROM lists WHERE shop = ?1 AND list = ?2 AND computed_at < ?3')
        .bind(shop, list, nowMs)
        .run()
    },
    async knownItems(shop, ids) {
      const known = new Set<string>()
      for (const part of chunk(ids, SCORES_PER_STATEMENT)) {
        const { results } = await db
          .prepare('SELECT id FROM items WHERE shop = ?1 AND id IN (SELECT value FROM json_each(?2))')
          .bind(shop, JSON.stringify(part))
          .all<{ id: string }>()
        for (const { id } of results) known.add(id)
      }
      return known
    },
    async lists(shop, market) {
      const { results } = await db
        .withSession('first-unconstrained')
        .prepare(
          `SELECT list, market, entries FROM lists WHERE shop = ?1 AND market IN (?2, '*') AND list IN ('${LIST_NAMES.join("', '")}')`,
        )
        .bind(shop, market)
        .all<{ list: ListName; market: string; entries: string }>()
      const read = (list: ListName): ListEntry[] => {
        const own = results.find((row) => row.list === list && row.market === market)
        const row = own ?? results.find((any) => any.list === list && any.market === '*')
        const entries = row ? (JSON.parse(row.entries) as ListEntry[]) : []
        // The whole shop's buyers are not this market's: a reason must not cite them.
        return own ? entries : withoutCounts(entries)
      }
      return { trending: read('trending'), new: read('new') }
    },
    async newest(shop, limit) {
      const { results } = await db
        .prepare(
          'SELECT id, created_at FROM items INDEXED BY items_by_age WHERE shop = ?1 AND deleted_at IS NULL ORDER BY created_at DESC, seq DESC LIMIT ?2',
        )
        .bind(shop, limit)
        .all<{ id: string; created_at: number }>()
      return results.map((row) => ({ id: row.id, createdAtMs: row.created_at }))
    },
    async mostPopular(shop, limit) {
      const { results } = await db
        .prepare(
          'SELECT id FROM items INDEXED BY items_by_popularity WHERE shop = ?1 AND deleted_at IS NULL ORDER BY popularity DESC LIMIT ?2',
        )
        .bind(shop, limit)
        .all<{ id: string }>()
      return results.map((row) => row.id)
    },
    async noteNewestEvent(shop, atMs) {
      await db
        .prepare('UPDATE shops SET newest_event_at = ?2 WHERE shop = ?1 AND newest_event_at < ?2')
        .bind(shop, atMs)
        .run()
    },
  }
}
