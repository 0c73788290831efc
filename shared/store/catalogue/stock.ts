import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'

/** A variant's name in its platform's stock keeping, as an item's snapshot tells it. */
export interface InventoryName {
  inventoryItem: string
  item: string
  variant: string
}

/** Units at one location; null: no longer stocked there. */
export interface StockLevel {
  inventoryItem: string
  location: string
  available: number | null
  atMs: number
}

/** The clock of the snapshot that told an inventory name. */
export type SnapshotClocks = ReadonlyMap<string, { sourceAtMs: number; sourceVersion: number }>

const field = (name: string) => `json_extract(value, '$.${name}')`

/**
 * Stock of a row of prices `p`: units that the snapshot told, or, once any level of its inventory items is newer than
 * the snapshot, the sum of the newest levels. A pure function of the newest snapshot and the newest level a location,
 * so that the order of arrival never shows. What is not tracked stays so, whatever the levels.
 * A version that is a moment within the clock's own second tells a snapshot from a level of that second.
 * The planner does not know how few names a variant has: CROSS JOIN keeps it from reading a shop's levels a row.
 */
const SNAPSHOT_CLOCK = `CASE WHEN n.source_version >= n.source_at AND n.source_version < n.source_at + 1000
  THEN n.source_version ELSE n.source_at END`
const EFFECTIVE = `CASE WHEN p.told IS NOT NULL THEN COALESCE((
    SELECT CASE WHEN MAX(l.source_at) > MAX(${SNAPSHOT_CLOCK}) THEN MAX(0, SUM(COALESCE(l.available, 0))) END
    FROM inventory_items n INDEXED BY inventory_items_of_item
    CROSS JOIN items i ON i.shop = n.shop AND i.id = n.item AND i.source_at = n.source_at AND i.source_version = n.source_version
    CROSS JOIN inventory_levels l ON l.shop = n.shop AND l.source = n.source AND l.inventory_item = n.inventory_item
    WHERE n.shop = p.shop AND n.item = p.item AND n.variant = p.variant), p.told) END`

const SELLABLE = `(visible = 1 AND EXISTS (SELECT 1 FROM prices p
  WHERE p.shop = ?1 AND p.item = offers.item AND p.market = offers.market AND (p.stock IS NULL OR p.stock > 0)))`

/**
 * Keeps names and levels; runs after the items themselves. Of two levels with one clock the smaller stays: what may not
 * be there is not promised.
 */
export function keepingStatements(
  db: D1Database,
  shop: string,
  source: string,
  names: readonly InventoryName[],
  clocks: SnapshotClocks,
  levels: readonly StockLevel[],
): D1PreparedStatement[] {
  const rows = names.flatMap((name) => {
    const clock = clocks.get(name.item)
    return clock === undefined
      ? []
      : [[name.inventoryItem, name.item, name.variant, clock.sourceAtMs, clock.sourceVersion]]
  })
  const statements: D1PreparedStatement[] = []
  if (rows.length > 0) {
    const items = JSON.stringify([...new Set(rows.map(([, item]) => item))])
    statements.push(
      db
        .prepare(
          `INSERT INTO inventory_items (shop, source, inventory_item, item, variant, source_at, source_version)
           SELECT ?1, ?2, ${[0, 1, 2, 3, 4].map((at) => `json_extract(value, '$[${at}]')`).join(', ')}
           FROM json_each(?3) WHERE true
           ON CONFLICT (shop, source, inventory_item, item, variant) DO UPDATE SET
             source_at = excluded.source_at, source_version = excluded.source_version
           WHERE (excluded.source_at, excluded.source_version) > (inventory_items.source_at, inventory_items.source_version)`,
        )
        .bind(shop, source, JSON.stringify(rows)),
      // Names of older snapshots count no more, and snapshots that came too late never did.
      db
        .prepare(
          `DELETE FROM inventory_items INDEXED BY inventory_items_of_item WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))
             AND (source_at, source_version) < (SELECT source_at, source_version FROM items WHERE items.shop = ?1 AND items.id = inventory_items.item)`,
        )
        .bind(shop, items),
    )
  }
  if (levels.length > 0) {
    statements.push(
      db
        .prepare(
          `INSERT INTO inventory_levels (shop, source, inventory_item, location, available, source_at)
           SELECT ?1, ?2, ${['inventoryItem', 'location', 'available', 'atMs'].map(field).join(', ')} FROM json_each(?3) WHERE true
           ON CONFLICT (shop, source, inventory_item, location) DO UPDATE SET available = excluded.available, source_at = excluded.source_at
           WHERE excluded.source_at > inventory_levels.source_at OR (excluded.source_at = inventory_levels.source_at
             AND COALESCE(excluded.available, -1e18) < COALESCE(inventory_levels.available, -1e18))`,
        )
        .bind(shop, source, JSON.stringify(levels)),
    )
  }
  return statements
}

/**
 * Brings stock up to date of the items that were written and of those that levels were told of; the rest of the batch
 * sees them as changed where their stock differs. Shops without inventory names pay one index probe an item.
 */
export function stockStatements(
  db: D1Database,
  shop: string,
  ids: readonly string[],
  told: { source: string; levels: readonly StockLevel[] } | null,
  nextEpoch: string,
): D1PreparedStatement[] {
  const byItem = `SELECT n.item FROM json_each(?2) own CROSS JOIN inventory_items n INDEXED BY inventory_items_of_item
    ON n.shop = ?1 AND n.item = own.value`
  const byLevel = `SELECT n.item FROM json_each(?4) own CROSS JOIN inventory_items n
    ON n.shop = ?1 AND n.source = ?3 AND n.inventory_item = own.value`
  const hasLevels = told !== null && told.levels.length > 0
  const scope = `(${hasLevels ? `${byItem} UNION ${byLevel}` : byItem})`
  const bound: unknown[] = [shop, JSON.stringify(ids)]
  if (hasLevels) bound.push(told.source, JSON.stringify([...new Set(told.levels.map((level) => level.inventoryItem))]))
  const changed = `SELECT i.id FROM items i WHERE i.shop = ?1 AND i.epoch = ${nextEpoch} AND i.id IN ${scope}`
  const sql = [
    `UPDATE items SET epoch = ${nextEpoch} WHERE shop = ?1 AND deleted_at IS NULL AND id IN (
       SELECT p.item FROM prices p WHERE p.shop = ?1 AND p.item IN ${scope} AND p.stock IS NOT ${EFFECTIVE})`,
    `UPDATE prices AS p SET stock = ${EFFECTIVE} WHERE p.shop = ?1 AND p.item IN (${changed}) AND p.stock IS NOT ${EFFECTIVE}`,
    `UPDATE offers SET sellable = ${SELLABLE} WHERE shop = ?1 AND item IN (${changed}) AND sellable <> ${SELLABLE}`,
  ]
  return sql.map((text) => db.prepare(text).bind(...bound))
}
