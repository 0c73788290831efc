import { createGram } from './gram.ts'
import { CrossSums, type Moments } from './moments.ts'
import { DECAY, RUN, RunProducts } from './run_products.ts'
import { VISIT_DECAY, VISITS_BACK, type VisitSequences } from './visit_sequences.ts'

/**
 * Of what was wanted before and what is wanted now. A row is a visit that is not the shopper's first; an anchor's value
 * is the intent of its last earlier visit, decayed by the visits that have passed, the target's the visit's own. Rows
 * are never made: between two visits with an item its value is a geometric run, and products of runs have a closed sum,
 * so that time and memory follow the entries, however long the past of each visit is.
 */
export function nextMoments(sequences: VisitSequences, entriesMax?: number): Moments {
  const { items, shopperStart, item, visit, intent, itemStart, itemShopper, itemVisit, itemIntent } = sequences
  const crossed = new CrossSums(items)
  const seen = new Int32Array(items)
  let stamp = 0
  const masses = massesOf(sequences)
  const products = new RunProducts(sequences)
  const gram = createGram({
    columns: { rows: sequences.shoppers, items, start: itemStart, row: itemShopper },
    mass: masses.anchorMass,
    adding(anchors, into, lists) {
      const ends = Int32Array.from(anchors, (anchor) => itemStart[anchor + 1]!)
      const { length } = anchors
      return (shopper, from, lights, to) => products.add(into, length, shopper, lists, from, lights, to, ends)
    },
    ...(entriesMax === undefined ? {} : { entriesMax }),
  })
  return {
    items,
    self: true,
    ...masses,
    crowding: crowdingOf(sequences),
    crossed,
    cross(target) {
      crossed.clear()
      let steps = 0
      for (let at = itemStart[target]!; at < itemStart[target + 1]!; at++) {
        const row = itemVisit[at]!
        if (row === 0) continue
        const shopper = itemShopper[at]!
        const oldest = Math.max(0, row - VISITS_BACK)
        stamp += 1
        let entry = shopperStart[shopper + 1]! - 1
        while (visit[entry]! >= row) entry -= 1
        for (; entry >= shopperStart[shopper]! && visit[entry]! >= oldest; entry--) {
          const other = item[entry]!
          if (seen[other] === stamp) continue
          seen[other] = stamp
          crossed.add(other, itemIntent[at]! * intent[entry]! * DECAY[row - 1 - visit[entry]!]!)
        }
        steps += shopperStart[shopper + 1]! - shopperStart[shopper]!
      }
      return steps
    },
    gram: (anchors, into) => 6 * gram(anchors, into),
  }
}

/** Sums of squares of each item: its decayed runs, and what it is in visits that are not a shopper's first. */
function massesOf({ items, itemStart, itemVisit, itemIntent, itemShopper, visits }: VisitSequences) {
  const anchorMass = new Float64Array(items)
  const targetMass = new Float64Array(items)
  for (let own = 0; own < items; own++) {
    for (let at = itemStart[own]!; at < itemStart[own + 1]!; at++) {
      if (itemVisit[at]! > 0) targetMass[own]! += itemIntent[at]! ** 2
      const shopper = itemShopper[at]!
      const last = at + 1 === itemStart[own + 1]! || itemShopper[at + 1] !== shopper
      const rows = Math.min((last ? visits[shopper]! - 1 : itemVisit[at + 1]!) - itemVisit[at]!, VISITS_BACK)
      anchorMass[own]! += itemIntent[at]! ** 2 * RUN[rows]!
    }
  }

  return { anchorMass, targetMass }
}

/** Of rows of decayed pasts; see Moments. */
function crowdingOf({ shoppers, items, shopperStart, item, visit, intent, visits }: VisitSequences): number {
  const last = new Int32Array(items)
  const value = new Uint8Array(items)
  let total = 0
  let totalSquares = 0
  let squares = 0
  for (let shopper = 0; shopper < shoppers; shopper++) {
    let sum = 0
    let square = 0
    let entry = shopperStart[shopper]!
    for (let row = 1; row < visits[shopper]!; row++) {
      sum *= VISIT_DECAY
      square *= VISIT_DECAY ** 2
      for (; visit[entry]! < row && entry < shopperStart[shopper + 1]!; entry++) {
        const own = item[entry]!
        if (value[own]! > 0) {
          const faded = value[own]! * (DECAY[row - 1 - last[own]!] ?? 0)
          sum -= faded
          square -= faded ** 2
        }
        last[own] = row - 1
        value[own] = intent[entry]!
        sum += value[own]!
        square += value[own]! ** 2
      }
      total += sum
      totalSquares += sum * sum
      squares += square
    }
    for (let at = shopperStart[shopper]!; at < shopperStart[shopper + 1]!; at++) value[item[at]!] = 0
  }
  return total === 0 ? 1 : (totalSquares / total) * (squares / total)
}
