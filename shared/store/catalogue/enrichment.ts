import type { D1Database } from '@cloudflare/workers-types'
import type { BoughtNeighbour, SimilarNeighbour, StoredItem, StoredOffer } from '../../domain/card.ts'
import type { Attributes } from '../../domain/item.ts'

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
  /** Titles and descriptions in the markets' languages. */
  localised: Array<{ title: string | null; description: string | null }>
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
  /** Live items whose vector is not of this embedder. */
  withoutVector(shop: string, version: string, limit: number): Promise<string[]>
  /** Of the named live items those whose vector is not of this embedder. */
  filterWithoutVector(shop: string, version: string, ids: readonly string[]): Promise<string[]>
  countWithoutVector(shop: string, version: string): Promise<number>
  /** Notes that these texts have vectors; a text that has changed since it was read stays due. */
  markVectors(shop: string, texts: ReadonlyArray<Pick<ItemText, 'id' | 'textHash'>>, version: string): Promise<void>
  /** Live items with a vector of this embedder whose neighbours are not. */
  withoutSimilar(shop: string, version: string, limit: number): Promise<Array<Pick<ItemText, 'id' | 'textHash'>>>
  putSimilar(
    shop: string,
    version: string,
    rows: ReadonlyArray<readonly [string, readonly SimilarNeighbour[]]>,
  ): Promise<void>
  /** Everything KV keeps of these items; deleted ones are absent. */
  storedItems(shop: string, ids: readonly string[], nowMs: number): Promise<StoredItem[]>
  writePulse(nowMs: number): Promise<void>
}

const TEXT_COLUMNS = `i.seq, i.id, i.text_hash, i.title, i.description, i.brand, i.categories, i.tags, i.attributes,
  (SELECT json_group_array(json_array(o.title, o.description)) FROM offers o
    WHERE o.shop = i.shop AND o.item = i.id AND (o.title IS NOT NULL OR o.description IS NOT NULL)) AS localised`

interface TextRow {
  seq: number
  id: string
  text_hash: string
  title: string
  description: string
  brand: string | null
  categories: string
  tags: string
  attributes: string
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
    async withoutVector(shop, version, limit) {
      const { results } = await db
        .prepare(
          `SELECT id FROM items WHERE shop = ?1 AND deleted_at IS NULL AND vector_version IS NOT ?2 ORDER BY seq LIMIT ?3`,
        )
        .bind(shop, version, limit)
        .all<{ id: string }>()
      return results.map((row) => row.id)
    },
    async filterWithoutVector(shop, version, ids) {
      const { results } = await db
        .prepare(
          `SELECT id FROM items WHERE shop = ?1 AND deleted_at IS NULL AND vector_version IS NOT ?2 AND id IN (SELECT value FROM json_each(?3))`,
        )
        .bind(shop, version, JSON.stringify(ids))
        .all<{ id: string }>()
      return results.map((row) => row.id)
    },
    async countWithoutVector(shop, version) {
      const row = await db
        .prepare(
          'SELECT COUNT(*) AS pending FROM items WHERE shop = ?1 AND deleted_at IS NULL AND vector_version IS NOT ?2',
        )
        .bind(shop, version)
        .first<{ pending: number }>()
      return row?.pending ?? 0
    },
    async markVectors(shop, texts, version) {
      await db
        .prepare(
          `UPDATE items SET vector_version = ?2 FROM
             (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS text_hash FROM json_each(?3)) AS done
           WHERE items.shop = ?1 AND items.id = done.id AND items.text_hash = done.text_hash`,
        )
        .bind(shop, version, JSON.stringify(texts.map((text) => [text.id, text.textHash])))
        .run()
    },
    async withoutSimilar(shop, version, limit) {
      const { results } = await db
        .prepare(
          'SELECT id, text_hash FROM items WHERE shop = ?1 AND vector_version = ?2 AND deleted_at IS NULL AND similar_version IS NOT ?2 ORDER BY seq LIMIT ?3',
        )
        .bind(shop, version, limit)
        .all<{ id: string; text_hash: string }>()
      return results.map((row) => ({ id: row.id, textHash: row.text_hash }))
    },
    async putSimilar(shop, version, rows) {
      const packed = JSON.stringify(rows.map(([item, similar]) => ({ item, similar: JSON.stringify(similar) })))
      await db.batch([
        db
          .prepare(
            `INSERT INTO neighbours (shop, item, similar)
             SELECT ?1, json_extract(value, '$.item'), json_extract(value, '$.similar') FROM json_each(?2) WHERE true
             ON CONFLICT (shop, item) DO UPDATE SET similar = excluded.similar`,
          )
          .bind(shop, packed),
        db
          // Not where the text has changed meanwhile: its new vector will have other neighbours.
          .prepare(
            'UPDATE items SET similar_version = ?2 WHERE shop = ?1 AND vector_version = ?2 AND id IN (SELECT value FROM json_each(?3))',
          )
          .bind(shop, version, JSON.stringify(rows.map(([item]) => item))),
      ])
    },
    storedItems: (shop, ids, nowMs) => readStoredItems(db, shop, ids, nowMs),
    async writePulse(nowMs) {
      await db.prepare('UPDATE pulse SET at = ?1 WHERE id = 1 AND at < ?1').bind(nowMs).run()
    },
  }
}

const toText = (row: TextRow): ItemText => ({
  id: row.id,
  textHash: row.text_hash,
  title: row.title,
  description: row.description,
  brand: row.brand,
  categories: JSON.parse(row.categories) as string[],
  tags: JSON.parse(row.tags) as string[],
  attributes: JSON.parse(row.attributes) as Attributes,
  localised: (JSON.parse(row.localised) as Array<[string | null, string | null]>).map(([title, description]) => ({
    title,
    description,
  })),
})

interface StoredRow extends TextRow {
  locale: string
  url: string | null
  image_url: string | null
  created_at: number
  popularity: number
  epoch: number
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
      `SELECT i.id, i.title, i.brand, i.categories, i.tags, i.attributes, i.locale, i.url, i.image_url, i.created_at, i.popularity, i.epoch,
         nb.bought, nb.similar,
         (SELECT json_group_array(json_array(o.market, o.currency, o.sellable, o.title, o.url, o.valid_from, o.valid_until,
            (SELECT json_array(p.variant, p.price, p.list_price) FROM prices p WHERE p.shop = o.shop AND p.item = o.item
               AND p.market = o.market AND (p.stock IS NULL OR p.stock > 0) ORDER BY p.price, p.variant LIMIT 1)))
          FROM offers o WHERE o.shop = i.shop AND o.item = i.id) AS offers
       FROM items i LEFT JOIN neighbours nb ON nb.shop = i.shop AND nb.item = i.id
       WHERE i.shop = ?1 AND i.id IN (SELECT value FROM json_each(?2)) AND i.deleted_at IS NULL`,
    )
    .bind(shop, JSON.stringify(ids))
    .all<StoredRow>()
  return results.map((row) => ({
    id: row.id,
    title: row.title,
    brand: row.brand,
    categories: JSON.parse(row.categories) as string[],
    tags: JSON.parse(row.tags) as string[],
    attributes: JSON.parse(row.attributes) as Attributes,
    locale: row.locale,
    url: row.url,
    imageUrl: row.image_url,
    createdAtMs: row.created_at,
    popularity: row.popularity,
    epoch: row.epoch,
    bought: JSON.parse(row.bought ?? '[]') as BoughtNeighbour[],
    similar: JSON.parse(row.similar ?? '[]') as SimilarNeighbour[],
    offers: (JSON.parse(row.offers) as OfferTuple[]).map(toStoredOffer),
    asOfMs: nowMs,
  }))
}

function toStoredOffer(tuple: OfferTuple): StoredOffer {
  const [market, currency, sellable, title, url, validFromMs, validUntilMs, shown] = tuple
  // json_array() inside json_array() arrives as text when it comes from a subquery, as an array when inlined.
  const parsed = (typeof shown === 'string' ? JSON.parse(shown) : shown) as [string, number, number | null] | null
  return {
    market,
    currency,
    sellable: sellable === 1,
    title,
    url,
    validFromMs,
    validUntilMs,
    shown: parsed === null ? null : { variant: parsed[0], price: parsed[1], listPrice: parsed[2] },
  }
}
