import * as z from 'zod'
import { idSchema, marketSchema } from '../domain/ids.ts'
import { ItemStats, type ItemStatsText, packColumn, STAT_COLUMNS, TIME_SCENES } from '../domain/item_stats.ts'
import { kind } from './row_kind.ts'

const base64Schema = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/)
const textSchema = z
  .strictObject({
    v: z.literal(1),
    asOfMs: z.int().min(0),
    yearKnown: z.boolean(),
    ids: z.array(idSchema).min(1).max(50_000),
    columns: z.strictObject(Object.fromEntries(STAT_COLUMNS.map((name) => [name, base64Schema]))),
    scenes: z.strictObject({
      markets: z.array(marketSchema).max(50),
      shifts: z.array(z.number().min(-24).max(24)),
      lifts: base64Schema,
    }),
  })
  .refine(isWhole, 'a number for every item, in the order of their ids')

/** Whether every column has a number for every item, and ids can be found by halving. */
function isWhole(text: unknown): boolean {
  const { ids, columns, scenes } = text as ItemStatsText
  const bytes = (base64: string) => (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)
  return (
    ids.every((id, at) => at === 0 || ids[at - 1]! < id) &&
    STAT_COLUMNS.every((name) => bytes(columns[name]) === ids.length * 2) &&
    bytes(scenes.lifts) === ids.length * (TIME_SCENES + scenes.markets.length) &&
    scenes.shifts.length === scenes.markets.length + 1
  )
}

type StatsRow = ['item_stats', ItemStatsText]

/** ['item_stats', statistics]: the whole of shared/domain/item_stats.ts in one row. */
export const itemStatsRows = kind<StatsRow>({
  schema: z.tuple([z.literal('item_stats'), textSchema]) as unknown as z.ZodType<StatsRow>,
  whole: true,
  known([name, text], knows) {
    const rows = [...text.ids.keys()].filter((row) => knows(text.ids[row]!))
    if (rows.length === text.ids.length) return [name, text]
    return rows.length === 0 ? null : [name, rowsOf(text, rows)]
  },
  async publish(rows, { shop, stampMs }, { learning, cache }) {
    const text = JSON.stringify(rows[0]![1])
    await learning.putStats(shop, text, stampMs)
    await cache.putStats(shop, text)
  },
  finish: ({ shop, stampMs }, { learning }) => learning.clearStatsBefore(shop, stampMs),
})

function rowsOf(text: ItemStatsText, rows: readonly number[]): ItemStatsText {
  const stats = new ItemStats(text)
  const width = TIME_SCENES + stats.markets.length
  const columns = STAT_COLUMNS.map((name) => [
    name,
    packColumn(Int16Array.from(rows, (row) => stats.columns[name][row]!)),
  ])
  const lifts = Int8Array.from(rows.flatMap((row) => [...stats.lifts.subarray(row * width, (row + 1) * width)]))
  return {
    ...text,
    ids: rows.map((row) => text.ids[row]!),
    columns: Object.fromEntries(columns) as ItemStatsText['columns'],
    scenes: { ...text.scenes, lifts: packColumn(lifts) },
  }
}
