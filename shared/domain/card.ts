import type { Attributes } from './item.ts'

/** An item as one market sees it right now: what ranking, filters, reasons and the answer need. */
export interface Card {
  id: string
  title: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Attributes
  locale: string
  url: string | null
  imageUrl: string | null
  createdAtMs: number
  /** Shop-wide popularity in [0, 1]. */
  popularity: number
  /** The beginning of its description, where words are looked for in it; absent elsewhere. */
  text?: string
  /** The shop's epoch at the item's last change. */
  epoch: number
  /** The market whose offer this is: the shopper's own, or `*`. */
  offerMarket: string
  currency: string
  /** The shown variant: in stock, cheapest first. */
  variant: string
  price: number
  listPrice: number | null
  /** Units in stock of all variants of this offer; null where a variant's stock is not tracked. */
  stock: number | null
  validFromMs: number | null
  validUntilMs: number | null
}

/** One offer of a stored item, for the rungs that answer without D1. */
export interface StoredOffer {
  market: string
  currency: string
  sellable: boolean
  title: string | null
  url: string | null
  validFromMs: number | null
  validUntilMs: number | null
  /** What another release wrote has no stock. */
  shown: { variant: string; price: number; listPrice: number | null; stock?: number | null } | null
}

/**
 * An item's neighbour by behaviour: its id, what the item adds to its score in ten-thousandths (that the shopper wants
 * it at all, that it comes on the same occasion, that it comes on one of the next visits: the item itself may stand
 * here), each below 0 where it speaks against it, and how many shoppers bought both.
 */
export type BoughtNeighbour = readonly [id: string, taste: number, together: number, next: number, buyers: number]
/** What another release wrote has fewer: missing ones would make every score of a shelf NaN. */
const BOUGHT_FIELDS = 5

/** Neighbours by behaviour as they were stored; none where another release wrote them in another form. */
export const readBought = (stored: ReadonlyArray<readonly unknown[]>): readonly BoughtNeighbour[] =>
  stored.every((one) => one.length === BOUGHT_FIELDS) ? (stored as readonly BoughtNeighbour[]) : []

/** An item's neighbour by text: id and cosine. */
export type SimilarNeighbour = readonly [id: string, cosine: number]

/** What goes with an item: id, 100 times the lift, and orders with both and with the item itself. */
export type ComplementNeighbour = readonly [id: string, lift: number, both: number, orders: number]

/** An item of few shoppers that who wanted this one may want: id, and how much more than others in standard deviations. */
export type ArrivalNeighbour = readonly [id: string, link: number]

/** What a cosine of one is worth beside weights in ten-thousandths, and an arrival's link of a standard deviation. */
export const COSINE_WORTH = 300
export const LINK_WORTH = 200
/** Items that one item leads on to, of all its lists together. */
export const REACH_KEPT = 60

export interface Neighbours {
  bought: readonly BoughtNeighbour[]
  similar: readonly SimilarNeighbour[]
  /** Absent in what another release wrote. */
  complements?: readonly ComplementNeighbour[]
  /** Absent in what KV keeps. */
  arrivals?: readonly ArrivalNeighbour[]
}

/** An item of the request's context: enough to name it and to compare with it. */
export interface ContextItem {
  id: string
  title: string
  /** By market, where it is called otherwise than `title`. */
  titles?: Readonly<Record<string, string>>
  brand: string | null
  categories: readonly string[]
  attributes: Attributes
}

/** What an item is called in a market. */
export const titleIn = (item: ContextItem, market: string): string =>
  item.titles !== undefined && Object.hasOwn(item.titles, market) ? item.titles[market]! : item.title

/** All of an item that KV keeps, so that a shelf can be made while D1 is down. */
export interface StoredItem
  extends Omit<
      Card,
      'offerMarket' | 'currency' | 'variant' | 'price' | 'listPrice' | 'stock' | 'validFromMs' | 'validUntilMs'
    >,
    Neighbours {
  offers: readonly StoredOffer[]
  /** Milliseconds: when D1 last said so. */
  asOfMs: number
}

/** The card of a stored item in a market; null when it cannot be sold there now. */
export function cardInMarket(item: StoredItem, market: string, nowMs: number): Card | null {
  const offer = item.offers.find((own) => own.market === market) ?? item.offers.find((any) => any.market === '*')
  if (!offer?.sellable || offer.shown === null || !withinWindow(offer, nowMs)) return null
  const { offers: _offers, asOfMs: _asOf, bought: _bought, similar: _similar, ...facts } = item
  return {
    ...facts,
    title: offer.title ?? item.title,
    url: offer.url ?? item.url,
    offerMarket: offer.market,
    currency: offer.currency,
    variant: offer.shown.variant,
    price: offer.shown.price,
    listPrice: offer.shown.listPrice,
    stock: offer.shown.stock ?? null,
    validFromMs: offer.validFromMs,
    validUntilMs: offer.validUntilMs,
  }
}

/** A stored item as context. */
export function contextOf(item: StoredItem): ContextItem {
  const { id, title, brand, categories, attributes } = item
  const titles = Object.fromEntries(
    item.offers.flatMap((offer) => (offer.title === null ? [] : [[offer.market, offer.title]])),
  )
  return { id, title, titles, brand, categories, attributes }
}

export function withinWindow(
  window: { validFromMs: number | null; validUntilMs: number | null },
  nowMs: number,
): boolean {
  return (
    (window.validFromMs === null || window.validFromMs <= nowMs) &&
    (window.validUntilMs === null || window.validUntilMs > nowMs)
  )
}
