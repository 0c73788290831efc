import { allocateArrays, Column, decodeArrays, itemNumbers } from './arrays.ts'
import type { Gathering, LearnInput } from './learner.ts'
import type { Visits } from './visits.ts'
import { walkVisits } from './walk_visits.ts'

/** Who ordered what, both ways, without weights: six bytes an item of an order, eight an order. */
export interface Baskets {
  /** Orders + 1 offsets into `item`; a shopper's orders stand together. */
  start: Int32Array
  item: Uint16Array | Int32Array
  /** Items + 1 offsets into `order`, which is ascending for each item. */
  itemStart: Int32Array
  order: Int32Array
  shopperOf: Int32Array
  /** Shoppers + 1 offsets into orders. */
  shopperStart: Int32Array
}

const shapeOf = (items: number) =>
  ({
    start: 'Int32',
    item: itemNumbers(items),
    itemStart: 'Int32',
    order: 'Int32',
    shopperOf: 'Int32',
    shopperStart: 'Int32',
  }) as const

export const openBaskets = (state: Uint8Array, items: number): Baskets => decodeArrays(state, shapeOf(items)).arrays

/** One pass counts, a second fills the buffer in place. */
export function gatherBaskets(input: LearnInput): Gathering {
  const items = input.items.length
  const shape = shapeOf(items)
  const perItem = new Int32Array(items)
  const ordersOf = new Column(new Int32Array(0))
  let entries = 0
  let filled: ReturnType<typeof allocate> | null = null
  const allocate = () => {
    const orders = ordersOf.values.reduce((sum, own) => sum + own, 0)
    const made = allocateArrays(shape, {
      start: orders + 1,
      item: entries,
      itemStart: items + 1,
      order: entries,
      shopperOf: orders,
      shopperStart: ordersOf.length + 1,
    })
    const { itemStart, shopperStart } = made.arrays
    for (let item = 0; item < items; item++) itemStart[item + 1] = itemStart[item]! + perItem[item]!
    for (const [shopper, own] of ordersOf.values.entries()) shopperStart[shopper + 1] = shopperStart[shopper]! + own
    return { ...made, next: itemStart.slice(0, items), order: 0, entry: 0, shopper: 0 }
  }
  return {
    passes: 2,
    *bucket(pass, _bucket, visits) {
      if (pass === 1) filled ??= allocate()
      let orders = 0
      yield* walkVisits(visits, {
        visit(visit) {
          const [from, to] = [visits.visitStart[visit]!, visits.visitStart[visit + 1]!]
          const own = ordersIn(visits, from, to)
          orders += own.length
          if (pass === 1) for (const order of own) addOrder(filled!, visits, from, to, order)
          // The entries were read here.
          return pass === 0
        },
        entry(entry, item) {
          if (visits.basket[entry] === 0) return
          entries += 1
          perItem[item]! += 1
        },
        end() {
          if (orders > 0 && pass === 0) ordersOf.push(orders)
          if (orders > 0 && pass === 1) filled!.shopper += 1
          orders = 0
        },
      })
    },
    // biome-ignore lint/correctness/useYield: the buffer was filled in place
    *finish() {
      return (filled ?? allocate()).bytes
    },
  }
}

type Filled = { arrays: Baskets; next: Int32Array; order: number; entry: number; shopper: number }

function addOrder(filled: Filled, visits: Visits, from: number, to: number, order: number): void {
  const { arrays, next } = filled
  for (let entry = from; entry < to; entry++) {
    if (visits.basket[entry] !== order) continue
    const item = visits.item[entry]!
    arrays.item[filled.entry++] = item
    arrays.order[next[item]!++] = filled.order
  }
  arrays.shopperOf[filled.order] = filled.shopper
  arrays.start[++filled.order] = filled.entry
}

/** The numbers of a visit's orders. */
function ordersIn(visits: Visits, from: number, to: number): number[] {
  const found: number[] = []
  for (let entry = from; entry < to; entry++) {
    const order = visits.basket[entry]!
    if (order > 0 && !found.includes(order)) found.push(order)
  }
  return found.sort((a, b) => a - b)
}
