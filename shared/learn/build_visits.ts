import { SECOND_MS } from '../base/clock.ts'
import { isAnotherVisit } from '../domain/visit.ts'
import { Column } from './arrays.ts'
import { type EventColumns, LIKED, RETURNED } from './event_columns.ts'
import { ITEMS_PER_SHOPPER_MAX } from './limits.ts'
import { VERDICT, type Visits } from './visits.ts'

const ROWS_PER_BREATH = 20_000
const BASKETS_MAX = 255

/** Groups a bucket's rows into visits (see Visits). The order of the rows changes nothing. */
export function* buildVisits(
  rows: EventColumns,
  items: number,
  itemsMax = ITEMS_PER_SHOPPER_MAX,
): Generator<void, Visits> {
  const { order, starts } = byShopper(rows)
  yield
  const out = createOutput()
  const visit = createVisit(rows, items, out)
  const inTime = (a: number, b: number) =>
    rows.at[a]! - rows.at[b]! ||
    rows.market[a]! - rows.market[b]! ||
    rows.item[a]! - rows.item[b]! ||
    rows.intent[a]! - rows.intent[b]! ||
    rows.quantity[a]! - rows.quantity[b]! ||
    told(rows.price[a]!) - told(rows.price[b]!)
  let sinceBreath = 0
  for (let shopper = 0; shopper + 1 < starts.length; shopper++) {
    const own = order.subarray(starts[shopper]!, starts[shopper + 1]!).sort(inTime)
    const leaves = leftOut(rows, own, itemsMax)
    for (const row of own) if (leaves === null || !leaves(row)) visit.add(row)
    visit.close()
    out.endShopper(rows.shopperHigh[own[0]!]!, rows.shopperLow[own[0]!]!)
    sinceBreath += own.length
    if (sinceBreath >= ROWS_PER_BREATH) {
      sinceBreath = 0
      yield
    }
  }
  return out.visits()
}

const told = (price: number) => (Number.isNaN(price) ? -1 : price)

/** Rows by shopper, shoppers by their hash: a radix sort of its upper half, and a look at the lower one. */
function byShopper({ shopperHigh, shopperLow }: EventColumns): { order: Int32Array; starts: Int32Array } {
  let order = Int32Array.from(shopperHigh.keys())
  for (const shift of [0, 16]) order = countingSort(order, (row) => (shopperHigh[row]! >>> shift) & 0xffff)
  const starts = new Column(new Int32Array(0))
  let from = 0
  while (from < order.length) {
    let to = from + 1
    while (to < order.length && shopperHigh[order[to]!] === shopperHigh[order[from]!]) to += 1
    const alike = order.subarray(from, to)
    if (alike.some((row) => shopperLow[row] !== shopperLow[alike[0]!]))
      alike.sort((a, b) => shopperLow[a]! - shopperLow[b]!)
    for (let at = from; at < to; at++)
      if (at === from || shopperLow[order[at]!] !== shopperLow[order[at - 1]!]) starts.push(at)
    from = to
  }
  starts.push(order.length)
  return { order, starts: starts.values }
}

/** Stable, by 16 bits. */
function countingSort(order: Int32Array, digitOf: (row: number) => number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(65_537)
  for (const row of order) next[digitOf(row) + 1]! += 1
  for (let digit = 0; digit < 65_536; digit++) next[digit + 1]! += next[digit]!
  const sorted = new Int32Array(order.length)
  for (const row of order) sorted[next[digitOf(row)]!++] = row
  return sorted
}

/**
 * Of one shopper's rows those that do not count: refunds, purchases of which as much was given back as was bought (over
 * all orders: they may be told in any order), and what a robot has beyond its due. Null: all count.
 */
function leftOut(rows: EventColumns, own: Int32Array, itemsMax: number): ((row: number) => boolean) | null {
  const returned = new Map<number, number>()
  for (const row of own) {
    if (rows.intent[row] !== RETURNED) continue
    const item = rows.item[row]!
    returned.set(item, (returned.get(item) ?? 0) + rows.quantity[row]!)
  }
  if (returned.size === 0 && own.length <= itemsMax) return null
  const bought = new Map<number, number>()
  for (const row of own) {
    const item = rows.item[row]!
    if (rows.intent[row] === 1 && returned.has(item)) bought.set(item, (bought.get(item) ?? 0) + rows.quantity[row]!)
  }
  const gone = (row: number) => {
    if (rows.intent[row] === RETURNED) return true
    const item = rows.item[row]!
    return rows.intent[row] === 1 && (returned.get(item) ?? 0) >= (bought.get(item) ?? Number.POSITIVE_INFINITY)
  }
  const items = new Set<number>()
  for (const row of own) if (!gone(row)) items.add(rows.item[row]!)
  if (items.size <= itemsMax) return gone
  const sorted = [...items].sort((a, b) => a - b)
  const step = sorted.length / itemsMax
  const counted = new Set(Array.from({ length: itemsMax }, (_, index) => sorted[Math.floor(index * step)]!))
  return (row) => gone(row) || !counted.has(rows.item[row]!)
}

/** What a visit did with one item: as `Visits` has it. */
interface VisitEntry {
  item: number
  intent: number
  basket: number
  verdict: number
  judgedAt: number
  quantity: number
  price: number
}

/** Gathers rows, oldest first, into one visit after the other. */
function createVisit(rows: EventColumns, items: number, out: ReturnType<typeof createOutput>) {
  const slotOf = new Int32Array(items)
  const found: VisitEntry[] = []
  let startMs = 0
  let lastMs = 0
  let market = -1
  let baskets = 0
  let basketMs = Number.NaN
  const visit = {
    add(row: number) {
      const at = rows.at[row]!
      const own = rows.market[row]!
      const another = own !== -1 && market !== -1 && own !== market
      if (found.length > 0 && (isAnotherVisit(lastMs, at) || another)) visit.close()
      if (found.length === 0) startMs = at
      lastMs = at
      if (own !== -1) market = own
      const item = rows.item[row]!
      let slot = slotOf[item]!
      if (slot === 0) {
        found.push({ item, intent: 0, basket: 0, verdict: 0, judgedAt: 0, quantity: 0, price: Number.NaN })
        slot = found.length
        slotOf[item] = slot
      }
      const entry = found[slot - 1]!
      const liked = rows.intent[row]! >= LIKED
      const intent = liked ? rows.intent[row]! - LIKED : rows.intent[row]!
      // The last word counts: rows come in the order of time.
      if (intent < 0) entry.verdict = VERDICT.against
      else if (liked) entry.verdict = VERDICT.for
      if (intent < 0 || liked) entry.judgedAt = Math.ceil(at / SECOND_MS)
      entry.intent = Math.max(entry.intent, intent)
      if (intent !== 1) return
      if (at !== basketMs) {
        basketMs = at
        baskets = Math.min(BASKETS_MAX, baskets + 1)
      }
      if (entry.basket === 0) entry.basket = baskets
      entry.quantity += rows.quantity[row]!
      if (!Number.isNaN(rows.price[row]!)) entry.price = rows.price[row]!
    },
    close() {
      if (found.length === 0) return
      found.sort((a, b) => a.item - b.item)
      for (const entry of found) {
        out.entry(entry)
        slotOf[entry.item] = 0
      }
      out.endVisit(startMs, lastMs, market)
      found.length = 0
      market = -1
      baskets = 0
      basketMs = Number.NaN
    },
  }
  return visit
}

function createOutput() {
  const columns = {
    shopperHigh: new Column(new Uint32Array(0)),
    shopperLow: new Column(new Uint32Array(0)),
    shopperStart: new Column(new Int32Array(0)),
    visitStart: new Column(new Int32Array(0)),
    visitAt: new Column(new Float64Array(0)),
    visitEnd: new Column(new Float64Array(0)),
    visitMarket: new Column(new Int16Array(0)),
    item: new Column(new Int32Array(0)),
    intent: new Column(new Float32Array(0)),
    basket: new Column(new Uint8Array(0)),
    verdict: new Column(new Uint8Array(0)),
    judgedAt: new Column(new Uint32Array(0)),
    quantity: new Column(new Float32Array(0)),
    price: new Column(new Float64Array(0)),
  }
  columns.shopperStart.push(0)
  columns.visitStart.push(0)
  let closed = 0
  return {
    entry(one: VisitEntry) {
      columns.item.push(one.item)
      columns.intent.push(one.intent)
      columns.basket.push(one.basket)
      columns.verdict.push(one.verdict)
      columns.judgedAt.push(one.judgedAt)
      columns.quantity.push(one.quantity)
      columns.price.push(one.price)
    },
    endVisit(atMs: number, endMs: number, market: number) {
      columns.visitAt.push(atMs)
      columns.visitEnd.push(endMs)
      columns.visitMarket.push(market)
      columns.visitStart.push(columns.item.length)
    },
    /** A shopper of whom nothing is left is none. */
    endShopper(high: number, low: number) {
      if (columns.visitAt.length === closed) return
      closed = columns.visitAt.length
      columns.shopperHigh.push(high)
      columns.shopperLow.push(low)
      columns.shopperStart.push(closed)
    },
    visits: () =>
      Object.fromEntries(Object.entries(columns).map(([name, own]) => [name, own.values])) as unknown as Visits,
  }
}
