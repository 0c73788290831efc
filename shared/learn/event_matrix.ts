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
    newestMs: 0,
  }
}

/** Adds what says that somebody wanted something; impressions, refunds and dislikes do not. */
export function addInteractions(matrix: EventMatrix, interactions: Iterable<Interaction>): void {
  for (const one of interactions) {
    // A like is no purchase: only purchases reach 1, which is what reasons count.
    const intent = INTENT[one.type] * (one.type === 'feedback' ? (one.value ?? 0) : 1)
    matrix.newestMs = Math.max(matrix.newestMs, one.atMs)
    if (intent <= 0) continue
    matrix.shopper.push(matrix.shoppers.of(one.shopper))
    matrix.item.push(matrix.items.of(one.item))
    matrix.market.push(one.market === null ? -1 : matrix.markets.of(one.market))
    matrix.at.push(one.atMs)
    matrix.intent.push(intent)
  }
}
