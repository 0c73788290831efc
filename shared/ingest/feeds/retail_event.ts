import { canonicalJson, sha256 } from '../../base/hash.ts'
import { parseMoney } from '../../base/money.ts'
import { isObject, type JsonLine, textIn } from './json_lines.ts'
import { parseMoment } from './moment.ts'
import { createOccurrences } from './occurrences.ts'
import { type FeedRecord, reject } from './record.ts'

type Json = Record<string, unknown>

/** Types of Google Retail's user events (googleapis: google/cloud/retail/v2/user_event.proto) that say what a shopper did with a product. */
const KEPT: Readonly<Record<string, string>> = {
  'detail-page-view': 'view',
  'add-to-cart': 'add_to_cart',
  'purchase-complete': 'purchase',
  refund: 'refund',
}
/** Those that are valid and name no product, or say nothing of wanting it. */
const IGNORED = new Set([
  'home-page-view',
  'category-page-view',
  'search',
  'shopping-cart-page-view',
  'page-visit',
  'checkout-start',
  'promotion-offered',
  'promotion-not-offered',
  'remove-from-cart',
  'add-to-list',
  'remove-from-list',
])
/** 128 bits. */
const ID_CHARS = 22
const QUANTITY_MAX = 100_000

/** Turns lines into events; equal lines stay different events, and a second reading gives the same ids. */
export function createRetailEvents(currency: string | null) {
  const occurrences = createOccurrences()
  return async ({ line, value }: JsonLine): Promise<FeedRecord[]> => {
    const eventType = textIn(value.eventType)
    const type = KEPT[eventType]
    if (type === undefined && !IGNORED.has(eventType)) {
      const detail = eventType === '' ? 'no event type' : `"${eventType.slice(0, 60)}" is no event type`
      return [reject(line, null, '/eventType', detail)]
    }
    const shopper = shopperOf(value)
    if (shopper === null) return [reject(line, null, '/visitorId', 'no visitor')]
    const atMs = parseMoment(textIn(value.eventTime))
    if (atMs === null) return [reject(line, null, '/eventTime', 'not a moment')]
    if (type === undefined) return [{ kind: 'ignored', line, reason: eventType }]
    const text = canonicalJson(value)
    // Each line owns itself: under one owner for all, every line of the file would stay in memory.
    const id = (await sha256(`${text}#${occurrences.next(text, '')}`)).slice(0, ID_CHARS)
    const base = { type, ...shopper, occurred_at: new Date(atMs).toISOString() }
    return detailEvents(value, base, id, line, currency)
  }
}

function shopperOf(value: Json): Json | null {
  const user = isObject(value.userInfo) ? textIn(value.userInfo.userId) : ''
  const visitor = textIn(value.visitorId)
  const session = textIn(value.sessionId)
  if (user === '' && visitor === '') return null
  return {
    ...(user === '' ? {} : { user_id: user }),
    ...(visitor === '' ? {} : { anonymous_id: visitor }),
    ...(session === '' ? {} : { session_id: session }),
  }
}

function detailEvents(value: Json, base: Json, id: string, line: number, currency: string | null): FeedRecord[] {
  const given = value.productDetails
  const details = (Array.isArray(given) ? given : given === undefined ? [] : [given]).filter(isObject)
  if (details.length === 0) return [reject(line, null, '/productDetails', `${base.type} names a product`)]
  const transaction = isObject(value.purchaseTransaction) ? value.purchaseTransaction : {}
  const code = textIn(transaction.currencyCode) || currency
  const counts = base.type !== 'view'
  const buys = base.type === 'purchase' || base.type === 'refund'
  return details.map((detail, at): FeedRecord => {
    const pointer = Array.isArray(given) ? `/productDetails/${at}` : '/productDetails'
    const product = isObject(detail.product) ? detail.product : {}
    const item = textIn(product.id)
    if (item === '') return reject(line, null, `${pointer}/product/id`, 'no product')
    const quantity = textIn(detail.quantity) || '1'
    if (counts && !(/^\d+$/.test(quantity) && Number(quantity) >= 1 && Number(quantity) <= QUANTITY_MAX))
      return reject(line, item, `${pointer}/quantity`, 'not a whole number of one or more')
    const priceInfo = isObject(product.priceInfo) ? product.priceInfo : {}
    const price = code === null || !buys ? null : parseMoney(textIn(priceInfo.price), code)
    const order = textIn(transaction.id)
    const event = {
      event_id: details.length === 1 ? id : `${id}.${at}`,
      ...base,
      item_id: item,
      ...(counts ? { quantity: Number(quantity) } : {}),
      ...(buys && order !== '' ? { order_id: order } : {}),
      ...(price === null ? {} : { price, currency: code }),
    }
    return { kind: 'event', line, value: event }
  })
}
