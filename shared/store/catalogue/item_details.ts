import type { D1Database } from '@cloudflare/workers-types'
import { withinWindow } from '../../domain/card.ts'
import type { Understanding } from '../../domain/enrichment.ts'
import type { ItemDetails } from '../../domain/item_details.ts'
import { type ItemRow, OFFERED_ITEM_COLUMNS, wordsOfRow } from './item_row.ts'

/** One item as a market sees it. */
export interface ItemDetailsReader {
  /** Null where the shop has no such item, or does not show it in this market. */
  read(shop: string, id: string, market: string, locale: string, nowMs: number): Promise<ItemDetails | null>
}

interface DetailsRow extends ItemRow {
  description: string
  currency: string
  sellable: number
  valid_from: number | null
  valid_until: number | null
  understanding: string | null
}

interface VariantRow {
  variant: string
  title: string | null
  options: string | null
  price: number
  list_price: number | null
  stock: number | null
}

/** The offer of a market: its own, which hides the general one, else the general one. */
const OFFER = `(SELECT COALESCE((SELECT market FROM offers WHERE shop = ?1 AND item = ?2 AND market = ?3), '*'))`

export function createItemDetailsReader(db: D1Database): ItemDetailsReader {
  return {
    async read(shop, id, market, locale, nowMs) {
      const session = db.withSession('first-unconstrained')
      const [items, variants] = await session.batch([
        session
          .prepare(
            `SELECT ${OFFERED_ITEM_COLUMNS}, COALESCE(o.description, i.description) AS description,
               o.currency, o.sellable, o.valid_from, o.valid_until, e.understanding
             FROM items i JOIN offers o ON o.shop = i.shop AND o.item = i.id AND o.market = ${OFFER} AND o.visible = 1
             LEFT JOIN enrichments e ON e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash
             WHERE i.shop = ?1 AND i.id = ?2 AND i.deleted_at IS NULL`,
          )
          .bind(shop, id, market),
        session
          .prepare(
            `SELECT p.variant, v.title, v.options, p.price, p.list_price, p.stock
             FROM prices p LEFT JOIN variants v ON v.shop = p.shop AND v.item = p.item AND v.variant = p.variant
             WHERE p.shop = ?1 AND p.item = ?2 AND p.market = ${OFFER} ORDER BY v.position, p.variant`,
          )
          .bind(shop, id, market),
      ])
      const row = (items!.results as unknown as DetailsRow[])[0]
      return row === undefined
        ? null
        : toDetails(row, variants!.results as unknown as VariantRow[], market, locale, nowMs)
    },
  }
}

function toDetails(
  row: DetailsRow,
  variants: readonly VariantRow[],
  market: string,
  locale: string,
  nowMs: number,
): ItemDetails {
  const inWindow = withinWindow({ validFromMs: row.valid_from, validUntilMs: row.valid_until }, nowMs)
  return {
    ...wordsOfRow(row),
    url: row.url,
    description: row.description,
    image_url: row.image_url,
    market,
    currency: row.currency,
    available: row.sellable === 1 && inWindow,
    variants: variants.map((one) => ({
      id: one.variant,
      title: one.title,
      options: JSON.parse(one.options ?? '{}') as Record<string, string>,
      price: one.price,
      list_price: one.list_price,
      available: one.stock === null || one.stock > 0,
    })),
    understanding: row.understanding === null ? null : shown(row.understanding, locale, row.locale),
  }
}

const languageOf = (locale: string) => locale.split('-', 1)[0]!.toLowerCase()

/**
 * What the asked language may be shown of it. Everything but the summary is in the item's own language, and a shopper of
 * another one is not shown half a page in it.
 */
function shown(text: string, locale: string, itemLocale: string): ItemDetails['understanding'] {
  const all = JSON.parse(text) as Partial<Understanding>
  const summaries = Object.entries(all.summary ?? {})
  const summary =
    summaries.find(([own]) => own === locale)?.[1] ??
    summaries.find(([own]) => languageOf(own) === languageOf(locale))?.[1] ??
    null
  const isOwn = languageOf(locale) === languageOf(itemLocale)
  return {
    summary,
    selling_points: isOwn ? (all.selling_points ?? []) : [],
    attributes: isOwn ? (all.attributes ?? {}) : {},
    use_cases: isOwn ? (all.use_cases ?? []) : [],
    audience: isOwn ? (all.audience ?? []) : [],
    questions: isOwn ? (all.questions ?? []) : [],
  }
}
