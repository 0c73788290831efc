import type { Card } from '../../domain/card.ts'
import { itemOfRow } from './item_row.ts'

/**
 * The columns and joins that turn an item into its card in one market: `?1` shop, `?2` market, `?3` now.
 * A market's own offer hides the `*` offer even when it cannot be sold: a shop that closed an item in one
 * country does not want the general offer there.
 * CROSS JOIN fixes the order: left to itself the planner walks all offers of the shop first.
 */
export const CARD_COLUMNS = `i.id, COALESCE(o.title, i.title) AS title, i.brand, i.categories, i.tags, i.attributes, i.locale,
  COALESCE(o.url, i.url) AS url, i.image_url, i.created_at, i.popularity, i.epoch, o.market AS offer_market, o.currency, o.valid_from, o.valid_until,
  (SELECT json_array(p.variant, p.price, p.list_price) FROM prices p
    WHERE p.shop = i.shop AND p.item = i.id AND p.market = o.market AND (p.stock IS NULL OR p.stock > 0)
    ORDER BY p.price, p.variant LIMIT 1) AS shown`

export const CARD_JOIN = `CROSS JOIN offers o ON o.shop = i.shop AND o.item = i.id AND o.market = COALESCE(
  (SELECT own.market FROM offers own WHERE own.shop = i.shop AND own.item = i.id AND own.market = ?2), '*')`

export const CARD_CONDITION = `i.deleted_at IS NULL AND o.sellable = 1
  AND (o.valid_from IS NULL OR o.valid_from <= ?3) AND (o.valid_until IS NULL OR o.valid_until > ?3)`

export interface CardRow {
  id: string
  title: string
  brand: string | null
  categories: string
  tags: string
  attributes: string
  locale: string
  url: string | null
  image_url: string | null
  created_at: number
  popularity: number
  epoch: number
  offer_market: string
  currency: string
  valid_from: number | null
  valid_until: number | null
  shown: string | null
}

/** Null when no variant is in stock. */
export function toCard(row: CardRow): Card | null {
  if (row.shown === null) return null
  const [variant, price, listPrice] = JSON.parse(row.shown) as [string, number, number | null]
  return {
    ...itemOfRow(row),
    imageUrl: row.image_url,
    createdAtMs: row.created_at,
    popularity: row.popularity,
    epoch: row.epoch,
    offerMarket: row.offer_market,
    currency: row.currency,
    variant,
    price,
    listPrice,
    validFromMs: row.valid_from,
    validUntilMs: row.valid_until,
  }
}
