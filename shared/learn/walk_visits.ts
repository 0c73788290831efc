import type { Visits } from './visits.ts'

/** What is done along the way through a bucket. */
export interface Walk {
  /** Before a visit's entries. False: they are passed over. */
  visit?(visit: number): boolean
  entry(entry: number, item: number): void
  /** After a shopper's last visit. */
  end?(shopper: number): void
}

const ENTRIES_PER_BREATH = 200_000

/** Goes through a bucket, shopper by shopper, oldest visit first; yields now and then. */
export function* walkVisits(visits: Visits, walk: Walk): Generator<void, void> {
  let sinceBreath = 0
  for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
    for (let visit = visits.shopperStart[shopper]!; visit < visits.shopperStart[shopper + 1]!; visit++) {
      if (walk.visit?.(visit) === false) continue
      const end = visits.visitStart[visit + 1]!
      for (let entry = visits.visitStart[visit]!; entry < end; entry++) walk.entry(entry, visits.item[entry]!)
      sinceBreath += end - visits.visitStart[visit]!
    }
    walk.end?.(shopper)
    if (sinceBreath < ENTRIES_PER_BREATH) continue
    sinceBreath = 0
    yield
  }
}
