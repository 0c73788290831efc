import { allocateArrays, decodeArrays, itemNumbers } from '../arrays.ts'
import type { Gathering, LearnInput } from '../learner.ts'
import type { Visits } from '../visits.ts'

/** Of a shopper with more only the newest visits count: a shelf looks at fewer, and sums over pairs stay linear. */
const ENTRIES_PER_SHOPPER_MAX = 3_000
const ENTRIES_PER_BREATH = 200_000
/** Intents are kept in steps of a two-hundredth: all that there are, ratings apart, are multiples of it. */
const INTENT_STEPS = 200

/** What is n visits old counts this to the power of n. */
export const VISIT_DECAY = 0.8
/** What is older counts nothing: 0.8^30 is a thousandth. */
export const VISITS_BACK = 30

/**
 * What shoppers of two visits or more wanted in which of their visits, by shopper and by item. Visits of a shopper are
 * numbered from 0, oldest first; those with nothing but dislikes are none.
 */
export interface VisitSequences {
  shoppers: number
  items: number
  /** Visits of each shopper. */
  visits: Uint16Array
  /** shoppers + 1 offsets; entries by visit, then by item. */
  shopperStart: Int32Array
  item: Uint16Array | Int32Array
  visit: Uint16Array
  /** In steps of 1 / INTENT_STEPS. */
  intent: Uint8Array
  /** items + 1 offsets; entries by shopper, then by visit. */
  itemStart: Int32Array
  itemShopper: Int32Array
  itemVisit: Uint16Array
  itemIntent: Uint8Array
}

const shapeOf = (items: number) =>
  ({
    visits: 'Uint16',
    shopperStart: 'Int32',
    item: itemNumbers(items),
    visit: 'Uint16',
    intent: 'Uint8',
    itemStart: 'Int32',
    itemShopper: 'Int32',
    itemVisit: 'Uint16',
    itemIntent: 'Uint8',
  }) as const

/** Both orders in one buffer: one pass counts, a second fills; 12 bytes an entry. */
export function gatherSequences(input: LearnInput): Gathering {
  const items = input.items.length
  const perItem = new Int32Array(items)
  let shoppers = 0
  let entries = 0
  const allocate = () => {
    const lengths = {
      visits: shoppers,
      shopperStart: shoppers + 1,
      item: entries,
      visit: entries,
      intent: entries,
      itemStart: items + 1,
      itemShopper: entries,
      itemVisit: entries,
      itemIntent: entries,
    }
    const { bytes, arrays } = allocateArrays(shapeOf(items), lengths, { shoppers, items })
    for (let item = 0; item < items; item++) arrays.itemStart[item + 1] = arrays.itemStart[item]! + perItem[item]!
    return { bytes, arrays, next: arrays.itemStart.slice(0, items), shopper: 0, entry: 0 }
  }
  let filled: ReturnType<typeof allocate> | null = null
  const fill = (visits: Visits, chosen: readonly number[]) => {
    filled ??= allocate()
    const { arrays, next } = filled
    for (const [number, visit] of chosen.entries()) {
      for (const entry of wanted(visits, visit)) {
        const item = visits.item[entry]!
        const intent = Math.max(1, Math.round(visits.intent[entry]! * INTENT_STEPS))
        arrays.item[filled.entry] = item
        arrays.visit[filled.entry] = number
        arrays.intent[filled.entry++] = intent
        const slot = next[item]!++
        arrays.itemShopper[slot] = filled.shopper
        arrays.itemVisit[slot] = number
        arrays.itemIntent[slot] = intent
      }
    }
    arrays.visits[filled.shopper++] = chosen.length
    arrays.shopperStart[filled.shopper] = filled.entry
  }
  const count = (visits: Visits, chosen: readonly number[]) => {
    shoppers += 1
    for (const visit of chosen) {
      for (const entry of wanted(visits, visit)) {
        perItem[visits.item[entry]!]! += 1
        entries += 1
      }
    }
  }
  return {
    passes: 2,
    bucket: (pass, _bucket, visits) => eachSequence(visits, pass === 0 ? count : fill),
    // biome-ignore lint/correctness/useYield: the buffer was filled in place
    *finish() {
      return (filled ?? allocate()).bytes
    },
  }
}

/** Shoppers of two visits or more. */
function* eachSequence(visits: Visits, use: (visits: Visits, chosen: readonly number[]) => void): Generator<void> {
  const { shopperStart, visitStart } = visits
  let work = 0
  for (let shopper = 0; shopper + 1 < shopperStart.length; shopper++) {
    const chosen = newestVisits(visits, shopper)
    if (chosen.length > 1) use(visits, chosen)
    work += 1 + visitStart[shopperStart[shopper + 1]!]! - visitStart[shopperStart[shopper]!]!
    if (work < ENTRIES_PER_BREATH) continue
    work = 0
    yield
  }
}

/** Entries of a visit that somebody wanted. */
function* wanted(visits: Visits, visit: number): Generator<number> {
  for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++)
    if (visits.intent[entry]! > 0) yield entry
}

/** A shopper's visits that count, oldest first. */
function newestVisits(visits: Visits, shopper: number): number[] {
  const chosen: number[] = []
  let room = ENTRIES_PER_SHOPPER_MAX
  for (let visit = visits.shopperStart[shopper + 1]! - 1; visit >= visits.shopperStart[shopper]!; visit--) {
    let size = 0
    for (let entry = visits.visitStart[visit]!; entry < visits.visitStart[visit + 1]!; entry++)
      if (visits.intent[entry]! > 0) size += 1
    if (size === 0) continue
    room -= size
    if (room < 0) break
    chosen.push(visit)
  }
  return chosen.reverse()
}

/** Views of a state; nothing is copied. */
export function openSequences(state: Uint8Array): VisitSequences {
  const { shoppers, items } = decodeArrays(state, {}).meta as { shoppers: number; items: number }
  return { shoppers, items, ...decodeArrays(state, shapeOf(items)).arrays }
}
