import type { D1Database } from '@cloudflare/workers-types'
import type { Card } from '../../domain/card.ts'
import { CARD_JOIN, type CardRow, shownVariant, toCard } from './card_sql.ts'
import { OFFERED_RANKED_COLUMNS } from './item_row.ts'

/** What the catalogue says of an item in one market, whether it can be sold or not. */
export interface ItemStanding {
  deleted: boolean
  /** Its offer in the market, the general one where it has none of its own; null where neither is there. */
  offer: ItemOffer | null
}

export interface ItemOffer {
  visible: boolean
  priced: boolean
  inStock: boolean
  validFromMs: number | null
  validUntilMs: number | null
  /** As shelves would see it with the given units in stock; null without a price. */
  card(units: number): Card | null
}

export interface ItemStandings {
  /** Null where the shop never had the item. One batch. */
  read(shop: string, id: string, market: string): Promise<ItemStanding | null>
}

interface StandingRow extends CardRow {
  visible: number
  /** The cheapest variant, in stock or not, in the form of `shown`. */
  priced: string | null
}

const CHEAPEST = `(SELECT json_array(p.variant, MIN(p.price), p.list_price, 0) FROM prices p
  WHERE p.shop = o.shop AND p.item = o.item AND p.market = o.market HAVING COUNT(*) > 0)`

export function createItemStandings(db: D1Database): ItemStandings {
  return {
    async read(shop, id, market) {
      const session = db.withSession('first-unconstrained')
      const [items, offers] = await session.batch([
        session.prepare('SELECT deleted_at FROM items WHERE shop = ?1 AND id = ?2').bind(shop, id),
        session
          .prepare(
            `SELECT ${OFFERED_RANKED_COLUMNS}, o.market AS offer_market, o.currency, o.valid_from, o.valid_until, o.visible,
               substr(COALESCE(o.description, i.description), 1, 1500) AS text,
               ${shownVariant('o')} AS shown, ${CHEAPEST} AS priced
             FROM items i ${CARD_JOIN} WHERE i.shop = ?1 AND i.id = ?3`,
          )
          .bind(shop, market, id),
      ])
      const item = (items!.results as Array<{ deleted_at: number | null }>)[0]
      if (item === undefined) return null
      const row = (offers!.results as unknown as StandingRow[])[0]
      return { deleted: item.deleted_at !== null, offer: row === undefined ? null : offerOf(row) }
    },
  }
}

function offerOf({ visible, priced, ...row }: StandingRow): ItemOffer {
  return {
    visible: visible === 1,
    priced: priced !== null,
    inStock: row.shown !== null,
    validFromMs: row.valid_from,
    validUntilMs: row.valid_until,
    card(units) {
      const card = toCard({ ...row, shown: row.shown ?? priced })
      return card === null || row.shown !== null ? card : { ...card, stock: units }
    },
  }
}
