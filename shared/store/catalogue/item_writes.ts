import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import type { ItemTombstone, ItemWrite, StoredWrite, WriteOutcome } from '../../domain/stored_write.ts'
import { tenantToken } from '../keys.ts'
import { type BulkPart, foundStatements } from './bulk_parts.ts'
import { type DeliveryRow, deliveryStatement, type WaitingEffect, waitingStatements } from './deliveries.ts'
import { type InventoryName, keepingStatements, type StockLevel, stockStatements } from './stock.ts'

/** Writes of one batch: larger ones hold the database's single writer too long. */
export const WRITES_PER_BATCH = 200

/** What is committed together with items, or alone: a platform's stock keeping and the memory of a delivery. */
export interface Beside {
  /** Whose inventory items these are. */
  source: string
  /** Names that the written snapshots tell; those of items that are not among the writes are left out. */
  inventory: readonly InventoryName[]
  levels: readonly StockLevel[]
  delivery: DeliveryRow | null
  waiting: readonly WaitingEffect[]
}

export interface ItemWriter {
  /**
   * Applies up to 200 writes of different items as one transaction: items, offers, stock, full text and outbox
   * together, and what stands beside them. An older source clock, or an older version of the same moment, changes
   * nothing; equal content changes nothing but the clock.
   * @param part of a request that may come again: then outcomes are those of the first time
   */
  apply(
    shop: string,
    writes: readonly StoredWrite[],
    nowMs: number,
    beside?: Beside,
    part?: BulkPart,
  ): Promise<WriteOutcome[]>
  /** What `apply` would come to, without writing. */
  preview(shop: string, writes: readonly StoredWrite[]): Promise<WriteOutcome[]>
}

/** The items that this transaction changed carry the epoch that it is about to give the shop. */
const NEXT_EPOCH = '(SELECT epoch + 1 FROM shops WHERE shop = ?1)'
const CHANGED = `(SELECT id FROM items WHERE shop = ?1 AND epoch = ${NEXT_EPOCH})`

export function createItemWriter(db: D1Database): ItemWriter {
  return {
    async apply(shop, writes, nowMs, beside, part) {
      if (writes.length > WRITES_PER_BATCH) throw new RangeError(`at most ${WRITES_PER_BATCH} writes a batch`)
      if (writes.length === 0 && beside === undefined) return []
      const live = writes.filter((write): write is ItemWrite => !write.deleted)
      const gone = writes.filter((write): write is ItemTombstone => write.deleted)
      const ids = writes.map((write) => write.id)
      const statements = part ? foundStatements(db, shop, ids, part) : [beforeStatement(db, shop, writes)]
      const foundAt = statements.length - 1
      const touchesStock = writes.length > 0 || (beside !== undefined && beside.levels.length > 0)
      if (live.length > 0) statements.push(...liveStatements(db, shop, live, nowMs))
      if (gone.length > 0) statements.push(...tombstoneStatements(db, shop, gone, nowMs))
      if (beside !== undefined) statements.push(...besideStatements(db, shop, live, beside))
      if (touchesStock) {
        statements.push(
          ...stockStatements(db, shop, ids, beside ?? null, NEXT_EPOCH),
          ...closingStatements(db, shop, nowMs),
        )
      }
      const before = (await db.batch(statements))[foundAt]!
      return outcomes(writes, before.results as unknown as BeforeRow[])
    },
    async preview(shop, writes) {
      const before = await beforeStatement(db, shop, writes).all<BeforeRow>()
      return outcomes(writes, before.results)
    },
  }
}

function besideStatements(
  db: D1Database,
  shop: string,
  live: readonly ItemWrite[],
  beside: Beside,
): D1PreparedStatement[] {
  const clocks = new Map(live.map((write) => [write.id, write]))
  return [
    ...keepingStatements(db, shop, beside.source, beside.inventory, clocks, beside.levels),
    ...(beside.delivery === null ? [] : [deliveryStatement(db, shop, beside.delivery)]),
    ...waitingStatements(db, shop, beside.waiting),
  ]
}

const beforeStatement = (db: D1Database, shop: string, writes: readonly StoredWrite[]) =>
  db
    .prepare(
      'SELECT id, source_at, source_version, content_hash, deleted_at FROM items WHERE shop = ?1 AND id IN (SELECT value FROM json_each(?2))',
    )
    .bind(shop, JSON.stringify(writes.map((write) => write.id)))

interface BeforeRow {
  id: string
  source_at: number
  source_version: number
  content_hash: string
  deleted_at: number | null
}

/** How a write stands to a stored row: above zero when it is newer. Clock, then version, then hash: no two differ and tie. */
const newness = (write: StoredWrite, row: BeforeRow): number => {
  const hash = hashOf(write)
  return (
    write.sourceAtMs - row.source_at ||
    write.sourceVersion - row.source_version ||
    Number(hash > row.content_hash) - Number(hash < row.content_hash)
  )
}

/** The same rule as the upsert's, so that order never matters. */
function outcomes(writes: readonly StoredWrite[], before: readonly BeforeRow[]): WriteOutcome[] {
  const known = new Map(before.map((row) => [row.id, row]))
  return writes.map((write) => {
    const row = known.get(write.id)
    if (!row) return { id: write.id, outcome: write.deleted ? 'deleted' : 'created' }
    if (row.content_hash === hashOf(write)) return { id: write.id, outcome: 'unchanged' }
    if (newness(write, row) < 0) return { id: write.id, outcome: 'stale' }
    if (write.deleted) return { id: write.id, outcome: 'deleted' }
    return { id: write.id, outcome: row.deleted_at === null ? 'updated' : 'created' }
  })
}

/** Sorts above every hexadecimal hash: on equal clocks and versions a delete wins over an update. */
const TOMBSTONE_HASH = 'tombstone'
const hashOf = (write: StoredWrite) => (write.deleted ? TOMBSTONE_HASH : write.contentHash)

const UPSERT_GUARD = `WHERE (excluded.source_at, excluded.source_version, excluded.content_hash)
  > (items.source_at, items.source_version, items.content_hash)`
/** Equal content keeps its epoch: nothing downstream has work to do. */
const KEPT_EPOCH =
  'epoch = CASE WHEN excluded.content_hash = items.content_hash THEN items.epoch ELSE excluded.epoch END'

function liveStatements(
  db: D1Database,
  shop: string,
  writes: readonly ItemWrite[],
  nowMs: number,
): D1PreparedStatement[] {
  const items = JSON.stringify(writes.map(itemRow))
  const offers = JSON.stringify(writes.flatMap((write) => write.offers.map((offer) => ({ item: write.id, ...offer }))))
  const prices = JSON.stringify(writes.flatMap((write) => write.prices.map((price) => ({ item: write.id, ...price }))))
  const variants = JSON.stringify(
    writes.flatMap((write) =>
      write.variants.map((variant, position) => ({
        item: write.id,
        position,
        ...variant,
        options: JSON.stringify(variant.options),
      })),
    ),
  )
  const field = (name: string) => `json_extract(value, '$.${name}')`
  const isChanged = `${field('item')} IN ${CHANGED}`
  const sameItem = "json_extract(new.value, '$.item') = offers.item"
  return [
    db
      .prepare(
        `INSERT INTO items (shop, id, title, description, brand, categories, tags, attributes, locale, url, image_url,
           created_at, source_at, source_version, content_hash, text_hash, epoch)
         SELECT ?1, ${['id', 'title', 'description', 'brand', 'categories', 'tags', 'attributes', 'locale', 'url', 'imageUrl'].map(field).join(', ')},
           COALESCE(${field('createdAtMs')},
             (SELECT own.created_at FROM items own WHERE own.shop = ?1 AND own.id = ${field('id')} AND own.deleted_at IS NULL), ?3),
           ${['sourceAtMs', 'sourceVersion', 'contentHash', 'textHash'].map(field).join(', ')}, ${NEXT_EPOCH}
         FROM json_each(?2) WHERE true
         ON CONFLICT (shop, id) DO UPDATE SET title = excluded.title, description = excluded.description, brand = excluded.brand,
           categories = excluded.categories, tags = excluded.tags, attributes = excluded.attributes, locale = excluded.locale,
           url = excluded.url, image_url = excluded.image_url, created_at = excluded.created_at, source_at = excluded.source_at,
           source_version = excluded.source_version, content_hash = excluded.content_hash, ${KEPT_EPOCH}, deleted_at = NULL, text_hash = excluded.text_hash,
           vector_version = CASE WHEN excluded.text_hash = items.text_hash THEN items.vector_version END,
           similar_version = CASE WHEN excluded.text_hash = items.text_hash THEN items.similar_version END
         ${UPSERT_GUARD}`,
      )
      .bind(shop, items, nowMs),
    // A market that lost its offer keeps a row that cannot be sold, so that it is known to be unavailable there;
    // unless the general offer now covers it. Its words go: the item is no longer described by them.
    db
      .prepare(
        `DELETE FROM offers WHERE shop = ?1 AND item IN ${CHANGED}
           AND EXISTS (SELECT 1 FROM json_each(?2) new WHERE ${sameItem} AND json_extract(new.value, '$.market') = '*')`,
      )
      .bind(shop, offers),
    db
      .prepare(
        `UPDATE offers SET sellable = 0, visible = 0, title = NULL, description = NULL WHERE shop = ?1 AND item IN ${CHANGED}`,
      )
      .bind(shop),
    db
      .prepare(
        `INSERT OR REPLACE INTO offers (shop, item, market, currency, visible, sellable, valid_from, valid_until, url, title, description)
         SELECT ?1, ${['item', 'market', 'currency', 'visible', 'sellable', 'validFromMs', 'validUntilMs', 'url', 'title', 'description'].map(field).join(', ')}
         FROM json_each(?2) WHERE ${isChanged}`,
      )
      .bind(shop, offers),
    db.prepare(`DELETE FROM prices WHERE shop = ?1 AND item IN ${CHANGED}`).bind(shop),
    db
      .prepare(
        `INSERT INTO prices (shop, item, market, variant, price, list_price, stock, told)
         SELECT ?1, ${['item', 'market', 'variant', 'price', 'listPrice', 'stock', 'stock'].map(field).join(', ')} FROM json_each(?2) WHERE ${isChanged}`,
      )
      .bind(shop, prices),
    db.prepare(`DELETE FROM variants WHERE shop = ?1 AND item IN ${CHANGED}`).bind(shop),
    db
      .prepare(
        `INSERT INTO variants (shop, item, variant, position, title, options, sku, image_url)
         SELECT ?1, ${['item', 'variant', 'position', 'title', 'options', 'sku', 'imageUrl'].map(field).join(', ')} FROM json_each(?2) WHERE ${isChanged}`,
      )
      .bind(shop, variants),
    db
      .prepare(`DELETE FROM item_text WHERE rowid IN (SELECT seq FROM items WHERE shop = ?1 AND epoch = ${NEXT_EPOCH})`)
      .bind(shop),
    db
      .prepare(
        `INSERT INTO item_text (rowid, tenant, title, body, segmented)
         SELECT i.seq, ?3, json_extract(w.value, '$.text.title'), json_extract(w.value, '$.text.body'), json_extract(w.value, '$.text.segmented')
         FROM json_each(?2) w CROSS JOIN items i ON i.shop = ?1 AND i.id = json_extract(w.value, '$.id') WHERE i.epoch = ${NEXT_EPOCH}`,
      )
      .bind(shop, items, tenantToken(shop)),
  ]
}

function itemRow(write: ItemWrite) {
  const { variants: _variants, offers: _offers, prices: _prices, ...row } = write
  return {
    ...row,
    categories: JSON.stringify(write.categories),
    tags: JSON.stringify(write.tags),
    attributes: JSON.stringify(write.attributes),
  }
}

function tombstoneStatements(
  db: D1Database,
  shop: string,
  gone: readonly ItemTombstone[],
  nowMs: number,
): D1PreparedStatement[] {
  const rows = JSON.stringify(
    gone.map((write) => ({ id: write.id, at: write.sourceAtMs, version: write.sourceVersion })),
  )
  const deleted = `(SELECT id FROM items WHERE shop = ?1 AND epoch = ${NEXT_EPOCH} AND deleted_at IS NOT NULL)`
  return [
    db
      .prepare(
        `INSERT INTO items (shop, id, title, description, categories, tags, attributes, locale, created_at, source_at, source_version,
           content_hash, text_hash, epoch, deleted_at)
         SELECT ?1, json_extract(value, '$.id'), '', '', '[]', '[]', '{}', '', ?3, json_extract(value, '$.at'), json_extract(value, '$.version'),
           '${TOMBSTONE_HASH}', '', ${NEXT_EPOCH}, ?3
         FROM json_each(?2) WHERE true
         ON CONFLICT (shop, id) DO UPDATE SET source_at = excluded.source_at, source_version = excluded.source_version, content_hash = excluded.content_hash, ${KEPT_EPOCH},
           deleted_at = COALESCE(items.deleted_at, excluded.deleted_at), text_hash = '', vector_version = NULL, similar_version = NULL
         ${UPSERT_GUARD}`,
      )
      .bind(shop, rows, nowMs),
    db.prepare(`UPDATE offers SET sellable = 0, visible = 0 WHERE shop = ?1 AND item IN ${deleted}`).bind(shop),
    db.prepare(`DELETE FROM prices WHERE shop = ?1 AND item IN ${deleted}`).bind(shop),
    db.prepare(`DELETE FROM variants WHERE shop = ?1 AND item IN ${deleted}`).bind(shop),
    db
      .prepare(`DELETE FROM inventory_items INDEXED BY inventory_items_of_item WHERE shop = ?1 AND item IN ${deleted}`)
      .bind(shop),
    db
      .prepare(
        `DELETE FROM item_text WHERE rowid IN (SELECT seq FROM items WHERE shop = ?1 AND epoch = ${NEXT_EPOCH} AND deleted_at IS NOT NULL)`,
      )
      .bind(shop),
  ]
}

function closingStatements(db: D1Database, shop: string, nowMs: number): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `INSERT INTO outbox (shop, item, created_at) SELECT ?1, id, ?2 FROM items WHERE shop = ?1 AND epoch = ${NEXT_EPOCH}`,
      )
      .bind(shop, nowMs),
    db
      .prepare(
        `UPDATE shops SET epoch = epoch + 1
         WHERE shop = ?1 AND EXISTS (SELECT 1 FROM items WHERE items.shop = ?1 AND items.epoch = shops.epoch + 1)`,
      )
      .bind(shop),
  ]
}
