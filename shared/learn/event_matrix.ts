import { INTENT, type Interaction } from '../domain/event.ts'

/** Numbers for names, in the order of first sight. */
export interface Index {
  of(name: string): number
  readonly names: string[]
}

export function createIndex(): Index {
  const numbers = new Map<string, number>()
  const names: string[] = []
  return {
    names,
    of(name) {
      let number = numbers.get(name)
      if (number === undefined) {
        number = names.length
        numbers.set(name, number)
        names.push(name)
      }
      return number
    },
  }
}

/** A growing column of numbers: an eighth of the memory of an array of objects. */
export class Column<A extends Int32Array | Float64Array | Uint8Array> {
  values: A
  length = 0
  constructor(empty: A) {
    this.values = empty
  }
  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new (this.values.constructor as new (length: number) => A)(Math.max(1024, this.values.length * 2))
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }
}

/** A shop's positive interactions in columns. */
export interface EventMatrix {
  shoppers: Index
  items: Index
  markets: Index
  shopper: Column<Int32Array>
  item: Column<Int32Array>
  /** -1 when the event named no market. */
  market: Column<Int32Array>
  /** Milliseconds. */
  at: Column<Float64Array>
  /** INTENT of the event's type, in (0, 1]. */
  intent: Column<Float64Array>
  /** Units bought; 1 for every other event. */
  quantity: Column<Float64Array>
  /** Units given back, by shopper and item: they may be told before the purchase. */
  returned: Map<string, Map<string, number>>
  newestMs: number
}

export function createEventMatrix(): EventMatrix {
  return {
    shoppers: createIndex(),
    items: createIndex(),
    markets: createIndex(),
    shopper: new Column(new Int32Array(0)),
    item: new Column(new Int32Array(0)),
    market: new Column(new Int32Array(0)),
    at: new Column(new Float64Array(0)),
    intent: new Column(new Float64Array(0)),
    quantity: new Column(new Float64Array(0)),
    returned: new Map(),
    newestMs: 0,
  }
}

/** Adds what says that somebody wanted something, and what was given back; impressions and dislikes say neither. */
export function addInteractions(matrix: EventMatrix, interactions: Iterable<Interaction>): void {
  for (const one of interactions) {
    // A like is no purchase: only purchases reach 1, which is what reasons count.
    const intent = INTENT[one.type] * (one.type === 'feedback' ? (one.value ?? 0) : 1)
    matrix.newestMs = Math.max(matrix.newestMs, one.atMs)
    if (one.type === 'refund') addReturn(matrix, one)
    if (intent <= 0) continue
    matrix.shopper.push(matrix.shoppers.of(one.shopper))
    matrix.item.push(matrix.items.of(one.item))
    matrix.market.push(one.market === null ? -1 : matrix.markets.of(one.market))
    matrix.at.push(one.atMs)
    matrix.intent.push(intent)
    matrix.quantity.push(one.type === 'purchase' ? one.quantity : 1)
  }
}

function addReturn({ returned }: EventMatrix, { shopper, item, quantity }: Interaction): void {
  let own = returned.get(shopper)
  if (own === undefined) {
    own = new Map()
    returned.set(shopper, own)
  }
  own.set(item, (own.get(item) ?? 0) + quantity)
}

/**
 * The intent of every row, with 0 for purchases of which nothing was kept: as many units given back as bought, by one
 * shopper of one item, over all orders. A sum, so that the order of events changes nothing.
 */
export function keptIntents(matrix: EventMatrix): Float64Array {
  const { intent, item, items, quantity, returned, shopper, shoppers } = matrix
  if (returned.size === 0) return intent.values
  const returnedBy = (row: number) =>
    returned.get(shoppers.names[shopper.values[row]!]!)?.get(items.names[item.values[row]!]!) ?? 0
  const pairOf = (row: number) => shopper.values[row]! * items.names.length + item.values[row]!
  const bought = new Map<number, number>()
  for (let row = 0; row < item.length; row++) {
    if (intent.values[row] !== INTENT.purchase || returnedBy(row) === 0) continue
    bought.set(pairOf(row), (bought.get(pairOf(row)) ?? 0) + quantity.values[row]!)
  }
  const kept = intent.values.slice()
  for (let row = 0; row < item.length; row++) {
    if (
      intent.values[row] === INTENT.purchase &&
      returnedBy(row) >= (bought.get(pairOf(row)) ?? Number.POSITIVE_INFINITY)
    )
      kept[row] = 0
  }
  return kept
}
