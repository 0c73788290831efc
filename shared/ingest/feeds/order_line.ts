import { lengthPrefixed, sha256 } from '../../base/hash.ts'
import { parseMoney } from '../../base/money.ts'
import type { FieldError } from '../../base/problem.ts'
import { LIMITS } from '../../domain/limits.ts'
import { emailShopper } from './email_shopper.ts'
import { isAmbiguousDate, parseMoment } from './moment.ts'
import type { Occurrences } from './occurrences.ts'
import { UNDONE } from './order_columns.ts'
import type { FeedOptions, FeedRecord } from './record.ts'

/** One line of an order as a source tells it: texts, blank where it says nothing. */
export interface OrderLine {
  line: number
  /** The source's own name of each field, for error messages. */
  pointer(field: OrderField): string
  text(field: OrderField): string
}
export type OrderField =
  | 'order'
  | 'item'
  | 'variant'
  | 'quantity'
  | 'price'
  | 'user'
  | 'email'
  | 'at'
  | 'market'
  | 'currency'
  | 'cancelled'
  | 'status'
  | 'kind'
  | 'line'

const QUANTITY_MAX = 100_000
/** An id stays readable up to here and is hashed beyond. */
const ID_CHARS_MAX = 100
const HASH_CHARS = 22

/**
 * An order's line as events: a purchase; a refund when the quantity is negative or the line is a return; both when the
 * order was cancelled later. The ids name order, line and content, so that a second import of the same or of a longer
 * history counts nothing twice.
 */
export async function orderEvents(
  line: OrderLine,
  occurrences: Occurrences,
  options: FeedOptions,
): Promise<FeedRecord[]> {
  const errors: FieldError[] = []
  const refuse = (field: OrderField, detail: string) => void errors.push({ pointer: line.pointer(field), detail })
  const order = idText(line.text('order'))
  const item = idText(line.text('item'))
  if (item === '') refuse('item', 'no item')
  if (item.length > LIMITS.idChars) refuse('item', `an id has at most ${LIMITS.idChars} characters`)
  const quantity = readQuantity(line, refuse)
  const price = readPrice(line, options, refuse)
  const atMs = readMoment(line, 'at', options, refuse)
  const shopper = await readShopper(line, order, options)
  if (shopper === null) refuse('user', 'neither a customer nor an order')
  const isReturn = quantity < 0 || UNDONE.has(line.text('kind').toLowerCase())
  if (isReturn && shopper !== null && shopper.session_id !== undefined) refuse('user', 'a return of no known shopper')
  const undoneAt = isReturn ? null : readUndone(line, atMs, options, refuse)
  if (errors.length > 0 || atMs === null || shopper === null)
    return [{ kind: 'reject', line: line.line, id: item || null, errors }]
  const market = line.text('market') || (options.market === '*' ? '' : options.market)
  const variant = idText(line.text('variant'))
  // Hashed: ids of events outlive a shopper who is forgotten, and must not name one.
  const owner =
    order || (await sha256(lengthPrefixed([String(Object.values(shopper)[0]), String(atMs)]))).slice(0, HASH_CHARS)
  const content = [owner, item, variant, line.text('line'), String(quantity), String(price?.amount ?? '')]
  const nth = occurrences.next(owner, lengthPrefixed(content))
  const event = async (type: 'purchase' | 'refund', moment: number): Promise<FeedRecord> => ({
    kind: 'event',
    line: line.line,
    value: {
      event_id: await eventId(type, content, nth),
      type,
      ...shopper,
      // A plain purchase has no place for the variant beside the item: it stands among its items.
      ...(variant === ''
        ? { item_id: item, quantity: Math.abs(quantity), ...(price === null ? {} : { price: price.amount }) }
        : { items: [listed(item, variant, quantity, price)] }),
      ...(price === null ? {} : { currency: price.currency }),
      ...(order === '' ? {} : { order_id: order }),
      ...(market === '' ? {} : { market }),
      occurred_at: new Date(moment).toISOString(),
    },
  })
  const first = await event(isReturn ? 'refund' : 'purchase', atMs)
  return undoneAt === null ? [first] : [first, await event('refund', undoneAt)]
}

const listed = (item: string, variant: string, quantity: number, price: { amount: number } | null) => ({
  item_id: item,
  variant_id: variant,
  quantity: Math.abs(quantity),
  ...(price === null ? {} : { price: price.amount }),
})

/** Spreadsheets turn the customer 17850 into 17850.0. */
const idText = (text: string): string => text.replace(/^(\d+)\.0+$/, '$1')

type Refuse = (field: OrderField, detail: string) => void

function readQuantity(line: OrderLine, refuse: Refuse): number {
  const text = line.text('quantity')
  const quantity = text === '' ? 1 : Number(text)
  if (!/^[-+]?\d+(?:\.0+)?$/.test(text || '1') || quantity === 0 || Math.abs(quantity) > QUANTITY_MAX)
    refuse('quantity', `"${text.slice(0, 40)}" is no whole number of units up to ${QUANTITY_MAX}`)
  return quantity
}

function readPrice(line: OrderLine, options: FeedOptions, refuse: Refuse) {
  const text = line.text('price')
  if (text === '') return null
  const currency = line.text('currency').toUpperCase() || options.currency
  // Without a currency an amount has no minor units; the purchase itself still counts.
  if (currency === null) return null
  const amount = parseMoney(text, currency)
  if (amount === null) refuse('price', `"${text.slice(0, 40)}" is not a price of zero or more`)
  return amount === null ? null : { amount, currency }
}

function readMoment(line: OrderLine, field: 'at' | 'cancelled', options: FeedOptions, refuse: Refuse): number | null {
  const text = line.text(field)
  const atMs = parseMoment(text, options.dateOrder)
  if (atMs === null) {
    const hint = isAmbiguousDate(text) ? '; say which comes first, the day or the month' : ''
    refuse(field, text === '' ? 'no moment' : `"${text.slice(0, 40)}" is not a moment${hint}`)
  }
  return atMs
}

/** When a cancelled order was undone; null while it stands. */
function readUndone(line: OrderLine, atMs: number | null, options: FeedOptions, refuse: Refuse): number | null {
  if (line.text('cancelled') !== '') return readMoment(line, 'cancelled', options, refuse)
  return UNDONE.has(line.text('status').toLowerCase()) ? atMs : null
}

interface OrderShopper {
  user_id?: string
  session_id?: string
}

/** The customer; else the salted hash of an address, which itself is never kept; else the order is a visit of its own. */
async function readShopper(line: OrderLine, order: string, options: FeedOptions): Promise<OrderShopper | null> {
  const user = idText(line.text('user'))
  // Some exports write the address into the customer column.
  const email = user.includes('@') ? user : line.text('email')
  if (user !== '' && !user.includes('@')) return { user_id: user.slice(0, LIMITS.idChars) }
  if (email !== '' && options.salt !== null) return { user_id: await emailShopper(options.salt, email) }
  return order === '' ? null : { session_id: `order:${order}`.slice(0, LIMITS.idChars) }
}

async function eventId(type: 'purchase' | 'refund', content: readonly string[], nth: number): Promise<string> {
  const parts = [
    type === 'purchase' ? 'p' : 'r',
    ...content.map((part) => encodeURIComponent(part.toWellFormed())),
    ...(nth === 0 ? [] : [String(nth + 1)]),
  ]
  const readable = parts.join('|')
  return readable.length <= ID_CHARS_MAX ? readable : `${parts[0]}|${(await sha256(readable)).slice(0, HASH_CHARS)}`
}
