import { INTENT, type Interaction } from '../domain/event.ts'
import { shopperHigh, shopperLow } from '../domain/shopper_hash.ts'
import type { InteractionRow } from '../store/operations/event_inbox.ts'
import { allocateArrays, Column, decodeArrays, type NumberArray, release } from './arrays.ts'

/** Events in columns, 40 bytes each. A shopper is two halves of a hash: nobody's name is kept. */
export interface EventColumns {
  shopperHigh: Uint32Array
  shopperLow: Uint32Array
  /** A number of the chunk's, or the run's, items. */
  item: Int32Array
  /** -1 when not named. */
  market: Int32Array
  at: Float64Array
  /** In [-1, 1]: INTENT of the type, for feedback by its value; a like has LIKED added; RETURNED for what was given back. */
  intent: Float32Array
  quantity: Float32Array
  price: Float64Array
}

/**
 * Added to the intent of a like and of a rating that is not below the middle: it was had, and need not be looked at again. One
 * in the middle says that and no more.
 */
export const LIKED = 4

/** The intent of a refund: what was given back is counted against what was bought, and says nothing else. */
export const RETURNED = -2

const SHAPE = {
  shopperHigh: 'Uint32',
  shopperLow: 'Uint32',
  item: 'Int32',
  market: 'Int32',
  at: 'Float64',
  intent: 'Float32',
  quantity: 'Float32',
  price: 'Float64',
} as const satisfies Record<keyof EventColumns, string>
export const COLUMN_NAMES = Object.keys(SHAPE) as Array<keyof EventColumns>

/** Numbers for names, in the order of first sight. */
export class Names {
  readonly list: string[] = []
  readonly #numbers = new Map<string, number>()
  of(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.list.length
      this.list.push(name)
      this.#numbers.set(name, number)
    }
    return number
  }
}

export const allocateColumns = (rows: number) =>
  allocateArrays(
    SHAPE,
    Object.fromEntries(COLUMN_NAMES.map((name) => [name, rows])) as Record<keyof EventColumns, number>,
  )
export const decodeColumns = (bytes: Uint8Array): EventColumns => decodeArrays(bytes, SHAPE).arrays

function intentOf(type: Interaction['type'], value: number | null): number {
  if (type === 'refund') return RETURNED
  if (type !== 'feedback') return INTENT[type]
  if (value === null) return 0
  const own = INTENT.feedback * value
  return own < 0 ? own : own + LIKED
}

/** Reads partitions' lines into columns; impressions only say how new the newest event is. */
export class EventReader {
  readonly items = new Names()
  readonly markets = new Names()
  newestMs = 0
  readonly #columns = {
    shopperHigh: new Column(new Uint32Array(0)),
    shopperLow: new Column(new Uint32Array(0)),
    item: new Column(new Int32Array(0)),
    market: new Column(new Int32Array(0)),
    at: new Column(new Float64Array(0)),
    intent: new Column(new Float32Array(0)),
    quantity: new Column(new Float32Array(0)),
    price: new Column(new Float64Array(0)),
  }

  get rows(): number {
    return this.#columns.item.length
  }

  add(line: string): void {
    const [, shopper, item, type, atMs, market, quantity, price, value] = JSON.parse(line) as InteractionRow
    this.newestMs = Math.max(this.newestMs, atMs)
    const intent = intentOf(type, value)
    if (intent === 0) return
    const columns = this.#columns
    columns.shopperHigh.push(shopperHigh(shopper))
    columns.shopperLow.push(shopperLow(shopper))
    columns.item.push(this.items.of(item))
    columns.market.push(market === null ? -1 : this.markets.of(market))
    columns.at.push(atMs)
    columns.intent.push(intent)
    columns.quantity.push(quantity)
    columns.price.push(price ?? Number.NaN)
  }

  /** The rows as they were read. */
  columns(): EventColumns {
    const own = Object.entries(this.#columns).map(([name, column]) => [name, column.values])
    return Object.fromEntries(own) as unknown as EventColumns
  }

  /** Lets the columns go. */
  release(): void {
    release(...Object.values(this.#columns).map((column) => column.values))
  }

  /** The rows by bucket of shoppers: one buffer of arrays a bucket, end to end, and where each begins. */
  *byBucket(buckets: number): Generator<void, { bytes: Uint8Array; offsets: Float64Array; rows: Int32Array }> {
    const high = this.#columns.shopperHigh.values
    const rows = new Int32Array(buckets)
    for (const shopper of high) rows[bucketOf(shopper, buckets)]! += 1
    const start = new Int32Array(buckets + 1)
    for (let bucket = 0; bucket < buckets; bucket++) start[bucket + 1] = start[bucket]! + rows[bucket]!
    const next = start.slice(0, buckets)
    const order = new Int32Array(high.length)
    for (let row = 0; row < high.length; row++) order[next[bucketOf(high[row]!, buckets)]!++] = row
    yield
    const parts: Uint8Array[] = []
    const offsets = new Float64Array(buckets + 1)
    for (let bucket = 0; bucket < buckets; bucket++) {
      const { bytes, arrays } = allocateColumns(rows[bucket]!)
      const own = order.subarray(start[bucket]!, start[bucket + 1]!)
      for (const name of COLUMN_NAMES) gatherRows(this.#columns[name].values, own, arrays[name])
      parts.push(bytes)
      offsets[bucket + 1] = offsets[bucket]! + bytes.length
      yield
    }
    const bytes = new Uint8Array(offsets[buckets]!)
    for (const [bucket, part] of parts.entries()) bytes.set(part, offsets[bucket]!)
    release(...parts)
    return { bytes, offsets, rows }
  }
}

const bucketOf = (shopperHigh: number, buckets: number) => shopperHigh % buckets

function gatherRows(from: NumberArray, rows: Int32Array, to: NumberArray): void {
  for (let at = 0; at < rows.length; at++) to[at] = from[rows[at]!]!
}
