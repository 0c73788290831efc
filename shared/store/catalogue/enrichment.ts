import type { D1Database } from '@cloudflare/workers-types'
import type { BoughtNeighbour, SimilarNeighbour, StoredItem, StoredOffer } from '../../domain/card.ts'
import type { Attributes } from '../../domain/item.ts'
import { shownVariant } from './card_sql.ts'
import { RANKED_COLUMNS, type RankedRow, rankedOfRow, WORDS_COLUMNS, type WordsRow, wordsOfRow } from './item_row.ts'

/** An item's own words, for embedding. */
export interface ItemText {
  id: string
  /** Says which text was read: a vector of an older one does not count. */
  textHash: string
  title: string
  description: string
  brand: string | null
  categories: string[]
  tags: string[]
  attributes: Attributes
  /** The language of title and description. */
  locale: string
  /** Options of its variants: `Size: S, M, L`. */
  options: Record<string, string[]>
  /** Titles and descriptions in the markets' languages; the locale is null where the shop names no such market. */
  localised: Array<{ locale: string | null; title: string | null; description: string | null }>
}

export interface OutboxEntry {
  seq: number
  shop: string
  item: string
}

/** What `enrich` reads and writes of the catalogue. */
export interface EnrichmentStore {
  shops(): Promise<string[]>
  outbox(limit: number): Promise<OutboxEntry[]>
  clearOutbox(seqs: readonly number[]): Promise<void>
  /** Texts of the named live items. */
  texts(shop: string, ids: readonly string[]): Promise<ItemText[]>
  /** Texts of live items in the order of arrival, after a row number; for learning an embedder. */
  textsAfter(shop: string, afterSeq: number, limit: number): Promise<{ texts: ItemText[]; lastSeq: number }>
  counts(shop: string): Promise<{ live: number }>
  /** Everything KV keeps of these items; deleted ones are absent. */
  storedItems(shop: string, ids: readonly string[], nowMs: number): Promise<StoredItem[]>
  writePulse(nowMs: number): Promise<void>
}

const TEXT_COLUMNS = `${WORDS_COLUMNS}, i.seq, i.text_hash, i.description,
  (SELECT json_group_array(DISTINCT v.options) FROM variants v
    WHERE v.shop = i.shop AND v.item = i.id AND v.options <> '{}') AS options,
  (SELECT json_group_array(json_array(o.title, o.description, (SELECT json_extract(m.value, '$.locale') FROM shops s, json_each(s.markets) m
      WHERE s.shop = o.shop AND json_extract(m.value, '$.market') = o.market))) FROM offers o
    WHERE o.shop = i.shop AND o.item = i.id AND (o.title IS NOT NULL OR o.description IS NOT NULL)) AS localised`

interface TextRow extends WordsRow {
  seq: number
  text_hash: string
  description: string
  options: string
  localised: string
}

export function createEnrichmentStore(db: D1Database): EnrichmentStore {
  return {
    async shops() {
      return (await db.prepare('SELECT shop FROM shops ORDER BY shop').all<{ shop: string }>()).results.map(
        (row) => row.shop,
      )
    },
    async outbox(limit) {
      return (
        await db.prepare('SELECT seq, shop, item FROM outbox ORDER BY seq LIMIT ?1').bind(limit).all<OutboxEntry>()
      ).results
    },
    async clearOutbox(seqs) {
      await db
        .prepare('DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?1))')
        .bind(JSON.stringify(seqs))
        .run()
    },
    async texts(shop, ids) {
      const { results } = await db
        .prepare(
          `SELECT ${TEXT_COLUMNS} FROM items i WHERE i.shop = ?1 AND i.id IN (SELECT value FROM json_each(?2)) AND i.deleted_at IS NULL`,
        )
        .bind(shop, JSON.stringify(ids))
        .all<TextRow>()
      return results.map(toText)
    },
    async textsAfter(shop, afterSeq, limit) {
      const { results } = await db
        .prepare(
          `SELECT ${TEXT_COLUMNS} FROM items i WHERE i.shop = ?1 AND i.seq > ?2 AND i.deleted_at IS NULL ORDER BY i.seq LIMIT ?3`,
        )
        .bind(shop, afterSeq, limit)
        .all<TextRow>()
      return { texts: results.map(toText), lastSeq: results.at(-1)?.seq ?? afterSeq }
    },
    async counts(shop) {
      const row = await db
        .prepare('SELECT COUNT(*) AS live FROM items WHERE shop = ?1 AND deleted_at IS NULL')
        .bind(shop)
        .first<{ live: number }>()
      return { live: row?.live ?? 0 }
    },
    storedItems: (shop, ids, nowMs) => readStoredItems(db, shop, ids, nowMs),
    async writePulse(nowMs) {
      await db.prepare('UPDATE pulse SET at = ?1 WHERE id = 1 AND at < ?1').bind(nowMs).run()
    },
  }
}

const toText = (row: TextRow): ItemText => ({
  ...wordsOfRow(row),
  textHash: row.text_hash,
  description: row.description,
  options: mergedOptions(JSON.parse(row.options) as string[]),
  localised: (JSON.parse(row.localised) as Array<[string | null, string | null, string | null]>).map(
    ([title, description, locale]) => ({ locale, title, description }),
  ),
})

/** The variants' options together: every value that a name has somewhere. */
function mergedOptions(variants: readonly string[]): Record<string, string[]> {
  const merged = new Map<string, Set<string>>()
  for (const options of variants)
    for (const [name, value] of Object.entries(JSON.parse(options) as Record<string, string>))
      merged.set(name, (merged.get(name) ?? new Set()).add(value))
  return Object.fromEntries([...merged].map(([name, values]) => [name, [...values]]))
}

interface StoredRow extends RankedRow {
  bought: string | null
  similar: string | null
  offers: string
}

type OfferTuple = [string, string, number, string | null, string | null, number | null, number | null, string | null]

async function readStoredItems(
  db: D1Database,
  shop: string,
  ids: readonly string[],
  nowMs: number,
): Promise<StoredItem[]> {
  const { results } = await db
    .prepare(
      `SELECT ${RANKED_COLUMNS},
         nb.bought, nb.similar,
         (SELECT json_group_array(json_array(o.market, o.currency, o.sellable, o.title, o.url, o.valid_from, o.valid_until,
            ${shownVariant('o')}))
          FROM offers o WHERE o.shop = i.shop AND o.item = i.id) AS offers
       FROM items i LEFT JOIN neighbours nb ON nb.shop = i.shop AND nb.item = i.id
       WHERE i.shop = ?1 AND i.id IN (SELECT value FROM json_each(?2)) AND i.deleted_at IS NULL`,
    )
    .bind(shop, JSON.stringify(ids))
    .all<StoredRow>()
  return results.map((row) => ({
    ...rankedOfRow(row),
    bought: JSON.parse(row.bought ?? '[]') as BoughtNeighbour[],
    similar: JSON.parse(row.similar ?? '[]') as SimilarNeighbour[],
    offers: (JSON.parse(row.offers) as OfferTuple[]).map(toStoredOffer),
    asOfMs: nowMs,
  }))
}

type ShownTuple = readonly [variant: string, price: number, listPrice: number | null, stock: number | null]

function toStoredOffer(tuple: OfferTuple): StoredOffer {
  const [market, currency, sellable, title, url, validFromMs, validUntilMs, shown] = tuple
  // json_array() inside json_array() arrives as text when it comes from a subquery, as an array when inlined.
  const parsed = (typeof shown === 'string' ? JSON.parse(shown) : shown) as ShownTuple | null
  return {
    market,
    currency,
    sellable: sellable === 1,
    title,
    url,
    validFromMs,
    validUntilMs,
    shown: parsed === null ? null : { variant: parsed[0], price: parsed[1], listPrice: parsed[2], stock: parsed[3] },
  }
}
