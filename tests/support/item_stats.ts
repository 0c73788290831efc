import { DAY_MS } from '../../shared/base/clock.ts'
import { ItemStats, packColumn, STAT_COLUMNS, type StatColumn, TIME_SCENES } from '../../shared/domain/item_stats.ts'

const DAYS: ReadonlySet<StatColumn> = new Set(['firstDay', 'lastDay', 'lastPurchaseDay'])

/** Statistics of items that differ in every column, without scenes. */
export function statsOfItems(ids: readonly string[], asOfMs: number): ItemStats {
  const sorted = [...ids].sort()
  const today = Math.floor(asOfMs / DAY_MS)
  const column = (name: StatColumn, place: number) =>
    DAYS.has(name)
      ? Uint16Array.from(sorted, (_, at) => today - ((at * (place + 3)) % 300))
      : Int16Array.from(sorted, (_, at) => (at * (place + 7) * 31) % 5_000)
  return new ItemStats({
    ...{ v: 1, asOfMs, yearKnown: false, ids: sorted },
    columns: Object.fromEntries(STAT_COLUMNS.map((name, place) => [name, packColumn(column(name, place))])) as Record<
      StatColumn,
      string
    >,
    scenes: { markets: [], shifts: [0], lifts: packColumn(new Int8Array(sorted.length * TIME_SCENES)) },
  })
}
