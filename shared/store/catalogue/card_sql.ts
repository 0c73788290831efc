import type { Card } from '../../domain/card.ts'
import { OFFERED_RANKED_COLUMNS, type RankedRow, rankedOfRow } from './item_row.ts'

/**
 * An offer's cheapest variant in stock, as [variant, price, list price, units in stock of all]; NULL when none is. Units are
 * NULL where a variant's stock is not tracked. One pass in the order of the key: the row with the minimum gives the
 * other columns (SQLite, "Bare columns in an aggregate query"), the first of equal prices.
 * @param offer the alias of a row with shop, item and market
 */
export const shownVariant = (offer: string): string =>
  `(SELECT json_array(p.variant, MIN(p.price), p.list_price, CASE COUNT(*) WHEN COUNT(p.stock) THEN SUM(p.stock) END)
    FROM prices p WHERE p.shop = ${offer}.shop AND p.item = ${offer}.item AND p.market = ${offer}.market
      AND (p.stock IS NULL OR p.stock > 0) HAVING COUNT(*) > 0)`

/**
 * The columns and joins that turn an item into its card in one market: `?1` shop, `?2` market, `?3` now.
 * A market's own offer hides the `*` offer even when it cannot be sold: a shop that closed an item in one
 * country does not want the general offer there.
 * CROSS JOIN fixes the order: left to itself the planner walks all offers of the shop first.
 */
export const CARD_COLUMNS = `${OFFERED_RANKED_COLUMNS}, o.market AS offer_market, o.currency, o.valid_from, o.valid_until,
  ${shownVariant('o')} AS shown`

export const CARD_JOIN = `CROSS JOIN offers o ON o.shop = i.shop AND o.item = i.id AND o.market = COALESCE(
  (SELECT own.market FROM offers own WHERE own.shop = i.shop AND own.item = i.id AND own.market = ?2), '*')`

export const CARD_CONDITION = `i.deleted_at IS NULL AND o.sellable = 1
  AND (o.valid_from IS NULL OR o.valid_from <= ?3) AND (o.valid_until IS NULL OR o.valid_until > ?3)`

export interface CardRow extends RankedRow {
  offer_market: string
  currency: string
  valid_from: number | null
  valid_until: number | null
  shown: string | null
  /** Only where it was asked for. */
  text?: string
}

/** Null when no variant is in stock. */
export function toCard(row: CardRow): Card | null {
  if (row.shown === null) return null
  const [variant, price, listPrice, stock] = JSON.parse(row.shown) as [string, number, number | null, number | null]
  return {
    ...rankedOfRow(row),
    offerMarket: row.offer_market,
    currency: row.currency,
    variant,
    price,
    listPrice,
    stock,
    validFromMs: row.valid_from,
    validUntilMs: row.valid_until,
    ...(row.text === undefined ? {} : { text: row.text }),
  }
}
